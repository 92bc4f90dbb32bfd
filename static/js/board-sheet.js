/* A card opens beside the board: the address tells which one, Back and Esc close it. */

import { Sheet } from "./sheet.js";
import { toast } from "./toast.js";

const panel = document.getElementById("lead-sheet");
const narrow = window.matchMedia("(max-width: 767.98px)");
let opener = "";
let isPushed = false;
let sheet = null;

const leadOf = () => new URLSearchParams(window.location.search).get("lead") ?? "";

function addressOf(lead) {
  const query = new URLSearchParams(window.location.search);
  if (lead) query.set("lead", lead);
  else query.delete("lead");
  const text = query.toString();
  return window.location.pathname + (text ? `?${text}` : "");
}

/** Begin to open cards in place. Returns what tells the open sheet of live events. */
export function startSheets({ csrf, textOffline, onMove }) {
  sheet = new Sheet(panel, { csrf, textOffline, onGone: close, onMove });
  panel.querySelector("[data-sheet-close]").addEventListener("click", close);
  window.addEventListener("popstate", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open && !document.querySelector("dialog:modal")) close();
  });
  narrow.addEventListener("change", coverBoard);
  if (leadOf()) show(leadOf());
  return (event) => {
    if (panel.open && sheet.hears(event)) sheet.refreshSoon();
  };
}

export const openLead = () => (panel.open ? sheet.lead : "");

/** Open a card by a click or Enter: Back will close it. */
export function open(lead) {
  opener = lead;
  if (panel.open && leadOf() === String(lead)) return;
  if (panel.open) window.history.replaceState({ lead }, "", addressOf(lead));
  else {
    window.history.pushState({ lead }, "", addressOf(lead));
    isPushed = true;
  }
  show(lead);
}

function follow() {
  isPushed = false;
  if (leadOf()) show(leadOf());
  else hide();
}

export function close() {
  if (!panel.open) return;
  if (isPushed) window.history.back();
  else {
    window.history.replaceState(null, "", addressOf(""));
    hide();
  }
}

async function show(lead) {
  opener = String(lead);
  const url = panel.dataset.url.replace(/0\/sheet/, `${Number(lead)}/sheet`);
  let answer;
  try {
    answer = await fetch(`${url}?fragment=1`, { cache: "no-store" });
  } catch {
    toast(panel.dataset.textOffline);
  }
  if (leadOf() !== String(lead)) return;
  if (!answer?.ok) {
    if (answer) toast(panel.dataset.textGone);
    window.history.replaceState(null, "", addressOf(""));
    hide();
    return;
  }
  sheet.fill(await answer.text());
  if (!panel.open) panel.show();
  coverBoard();
  mark(lead);
  panel.querySelector("[data-sheet-title]").focus({ preventScroll: true });
}

function hide() {
  if (!panel.open) return;
  panel.close();
  coverBoard();
  mark("");
  document.getElementById(`lead-${opener}`)?.querySelector("h3 a").focus({ preventScroll: true });
}

/** On a phone the sheet covers everything: what lies below can't be reached by Tab. */
function coverBoard() {
  document.querySelector(".frame").inert = panel.open && narrow.matches;
}

function mark(lead) {
  document.querySelector(".lead-card.is-open")?.classList.remove("is-open");
  if (lead) document.getElementById(`lead-${lead}`)?.classList.add("is-open");
}
