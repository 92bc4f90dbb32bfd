/* The board without a mouse: arrows go from card to card, M moves, X chooses, Enter opens. */

import { board } from "./board-cards.js";
import { clear, toggle } from "./board-select.js";

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export function startKeys({ onMove }) {
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".lead-card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) goTo(event, neighbour(card, ...arrow));
    // By place: on a Russian keyboard the same key writes «ь».
    if (!onMove || event.target.matches("input, select, textarea")) return;
    if (event.code === "KeyM") {
      event.preventDefault();
      onMove(card);
    }
    if (event.code === "KeyX") toggle(card);
  });
  board.addEventListener("keydown", (event) => {
    // One Esc lets the chosen cards go, the next closes the sheet.
    if (event.key === "Escape" && onMove && clear()) event.stopPropagation();
  });
}

function goTo(event, card) {
  if (!card) return;
  event.preventDefault();
  card.querySelector("h3 a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function neighbour(card, across, down) {
  const column = card.closest(".stage");
  const cards = [...column.querySelectorAll(".lead-card")];
  const place = cards.indexOf(card);
  if (down) return cards[place + down];
  const columns = [...board.querySelectorAll(".stage")];
  // Empty columns are passed over.
  for (let at = columns.indexOf(column) + across; columns[at]; at += across) {
    const others = columns[at].querySelectorAll(".lead-card");
    if (others.length) return others[Math.min(place, others.length - 1)];
  }
  return null;
}
