/* The board: cards that move, open in place, and are as fresh as the database. */

import { board, cardOf, dress, hear, refreshSoon, settings } from "./board-cards.js";
import { startFilter } from "./board-filter.js";
import { startKeys } from "./board-keys.js";
import { makeDraggable, moveByDialog } from "./board-move.js";
import { startSelecting } from "./board-select.js";
import { open, startSheets } from "./board-sheet.js";
import { watchTabs } from "./board-tabs.js";
import { connect } from "./live.js";

const WAITING_MS = 60000;
const mayMove = settings.mayMove === "yes";

board.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const card = event.target.closest(".lead-card");
  if (card && mayMove && event.target.closest(".lead-card__move")) {
    event.preventDefault();
    moveByDialog(card);
  } else if (card && event.target.closest("h3 a")) {
    event.preventDefault();
    open(card.dataset.lead);
  }
});

const dressAll = (place) => place.querySelectorAll(".lead-card").forEach(dress);
// Links are dragged by browsers too; here only the card is.
board.addEventListener("dragstart", (event) => event.preventDefault());
dressAll(board);
board.addEventListener("htmx:afterSettle", () => dressAll(board));
if (mayMove) {
  board.classList.add("may-move");
  board.querySelectorAll("[data-cards]").forEach(makeDraggable);
  startSelecting();
}
watchTabs();
startFilter({ textOffline: document.getElementById("lead-sheet").dataset.textOffline });
startKeys({ onMove: mayMove ? moveByDialog : null });
const hearSheet = startSheets({
  csrf: settings.csrf,
  textOffline: document.getElementById("lead-sheet").dataset.textOffline,
  onMove: (lead) => cardOf(lead) && moveByDialog(cardOf(lead)),
});
setInterval(() => {
  if (!document.hidden) {
    board.querySelectorAll(".is-waiting").forEach((card) => refreshSoon(card.dataset.lead));
  }
}, WAITING_MS);
connect({
  cursor: settings.cursor,
  eventsUrl: settings.eventsUrl,
  pollUrl: settings.pollUrl,
  onEvent: (event) => {
    hear(event);
    hearSheet(event);
  },
});
