/* Keys that lead to places. By the place on the keyboard, so that they work in Russian layout too;
   never while somebody types, and never over an open dialog. */

import { openSearch } from "./search.js";

const WAIT_MS = 1500;
const sheet = document.querySelector("[data-keys]");
let isGoing = 0;

const isTyping = (target) =>
  target.closest?.("input, textarea, select, [contenteditable], [role=combobox]") !== null;

function place(code) {
  const letter = code.startsWith("Key") ? code.slice(3).toLowerCase() : "";
  return letter && document.querySelector(`.menu [data-shortcut="${letter}"]`);
}

/** The list's own field says «/»; a page without one has the search over everything. */
function searchHere() {
  const field = document.getElementById("searchbar");
  if (field?.offsetParent) field.focus();
  else openSearch();
}

function showSheet() {
  sheet.showModal();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], .offcanvas.show")) return;
  const isSecond = performance.now() < isGoing;
  isGoing = 0;
  const link = isSecond && place(event.code);
  if (link) {
    event.preventDefault();
    link.click();
  } else if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    event.preventDefault();
    showSheet();
  } else if (event.key === "/" || event.code === "Slash") {
    event.preventDefault();
    searchHere();
  } else if (event.code === "KeyG" && !event.shiftKey) {
    isGoing = performance.now() + WAIT_MS;
  } else if (event.code === "BracketLeft") {
    document.querySelector("[data-toggle-sidebar]")?.click();
  }
}

if (sheet) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) showSheet();
    if (event.target === sheet) sheet.close();
  });
}
