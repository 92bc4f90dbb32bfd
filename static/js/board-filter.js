/* The filter panel: fetched when it is asked for, so that the board itself need not draw it. */

import { toast } from "./toast.js";

const dialog = document.getElementById("filter-dialog");

export function startFilter({ textOffline }) {
  const opener = document.querySelector("[data-filter-open]");
  opener.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(opener.dataset.filterOpen, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      dialog.innerHTML = await answer.text();
    } catch {
      toast(textOffline);
      return;
    }
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-filter-close]")) dialog.close();
  });
  document.addEventListener("submit", tidy);
}

/** What is not filled in need not stand in the address. */
function tidy(event) {
  if (!event.target.matches("[data-filter-form], .board-filter")) return;
  for (const field of event.target.elements) {
    if (field.name && field.value === "") field.disabled = true;
  }
  // Back must find the fields open for typing again.
  setTimeout(() => {
    for (const field of event.target.elements) field.disabled = false;
  }, 0);
}
