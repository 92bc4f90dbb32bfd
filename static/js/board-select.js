/* Choosing many cards: by checkbox, Shift for all between, Ctrl, X, or a long press of a finger. */

import { board, cardOf, refreshSoon, settings } from "./board-cards.js";
import { askWhere } from "./board-dialog.js";
import { post } from "./sheet.js";
import { toast } from "./toast.js";

const LONG_PRESS_MS = 550;
const MOVED_PX = 8;
const bar = document.getElementById("pick-bar");
const chosen = new Set();
let last = "";

const boxOf = (card) => card?.querySelector("input[type=checkbox]");

export function startSelecting() {
  board.addEventListener("click", (event) => {
    const box = event.target.closest(".lead-card input[type=checkbox]");
    if (box) choose(box.closest(".lead-card"), box.checked, event.shiftKey);
  });
  // Before the card opens: with something chosen or a key held, a click chooses.
  board.addEventListener("click", (event) => {
    const card = event.target.closest(".lead-card");
    if (!card || event.target.closest("input, .lead-card__move, .lead-card__chat")) return;
    if (!(event.ctrlKey || event.metaKey || event.shiftKey || isTouchPicking())) return;
    event.preventDefault();
    event.stopPropagation();
    choose(card, !chosen.has(card.dataset.lead), event.shiftKey);
  }, true);
  board.addEventListener("card-shown", ({ detail }) => {
    if (chosen.has(detail.dataset.lead)) boxOf(detail).checked = true;
    count();
  });
  watchLongPress();
}

export const toggle = (card) => choose(card, !chosen.has(card.dataset.lead));

/** Returns whether there was anything to let go. */
export function clear() {
  const had = chosen.size > 0;
  chosen.forEach((lead) => { if (boxOf(cardOf(lead))) boxOf(cardOf(lead)).checked = false; });
  chosen.clear();
  count();
  return had;
}

const isTouchPicking = () => chosen.size > 0 && window.matchMedia("(hover: none)").matches;

function choose(card, isOn, isRange = false) {
  const cards = isRange ? between(card, cardOf(last)) : [card];
  for (const one of cards) {
    boxOf(one).checked = isOn;
    if (isOn) chosen.add(one.dataset.lead);
    else chosen.delete(one.dataset.lead);
  }
  last = card.dataset.lead;
  count();
}

function between(card, other) {
  const cards = [...card.closest(".stage").querySelectorAll(".lead-card")];
  if (!other || !cards.includes(other)) return [card];
  const [from, to] = [cards.indexOf(card), cards.indexOf(other)].sort((a, b) => a - b);
  return cards.slice(from, to + 1);
}

async function count() {
  chosen.forEach((lead) => { if (!cardOf(lead)) chosen.delete(lead); });
  board.classList.toggle("is-picking", chosen.size > 0);
  if (chosen.size && !bar.childElementCount) await fillBar();
  bar.hidden = chosen.size === 0;
  const place = bar.querySelector("[data-pick-count]");
  if (place) place.textContent = chosen.size;
}

async function fillBar() {
  bar.textContent = "…";
  try {
    const answer = await fetch(settings.manyUrl);
    if (!answer.ok) throw new Error(String(answer.status));
    bar.innerHTML = await answer.text();
  } catch {
    bar.textContent = "";
    toast(settings.textOffline);
    return;
  }
  bar.querySelector("[data-pick-clear]").addEventListener("click", clear);
  bar.querySelector("[data-pick-move]").addEventListener("click", moveAll);
  bar.querySelector("[data-pick-assign]").addEventListener("change", ({ target }) => {
    act({ action: "assign", assignee: target.value === "nobody" ? "" : target.value });
    target.selectedIndex = 0;
  });
  bar.querySelector("[data-pick-tag]").addEventListener("submit", (event) => {
    event.preventDefault();
    act({ action: "tag", tag: event.target.elements.tag.value });
    event.target.reset();
  });
}

async function moveAll() {
  const first = cardOf([...chosen][0]);
  const title = bar.querySelector(".pick-bar__count").textContent;
  const wish = await askWhere({ title, stage: first.dataset.stage });
  if (wish) act({ action: "move", ...wish });
}

async function act(fields) {
  const wish = new URLSearchParams(fields);
  chosen.forEach((lead) => wish.append("lead", lead));
  let answer;
  try {
    answer = await post(settings.manyUrl, wish, settings.csrf);
  } catch {
    toast(settings.textOffline);
    return;
  }
  if (!answer.isOk) return toast(answer.detail);
  clear();
  answer.done.forEach((lead) => refreshSoon(lead, { isArrival: true }));
  toast(answer.said, answer.undo.length ? { onUndo: () => undo(answer.undo) } : {});
}

/** Each card goes back by itself: one that somebody has changed since stays where it is. */
async function undo(moves) {
  let failed = "";
  for (const move of moves) {
    try {
      const answer = await post(settings.moveUrl, new URLSearchParams(move), settings.csrf);
      if (!answer.isOk) failed = answer.detail;
    } catch {
      failed = settings.textOffline;
    }
    refreshSoon(move.lead, { isArrival: true });
  }
  toast(failed || settings.textUndone);
}

function watchLongPress() {
  let timer = 0;
  let start = null;
  const stop = () => clearTimeout(timer);
  board.addEventListener("pointerdown", (event) => {
    const card = event.pointerType === "touch" && event.target.closest(".lead-card");
    if (!card) return;
    start = event;
    timer = setTimeout(() => {
      toggle(card);
      // The finger's own click at the end must not open the card, nor choose it back.
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 1000);
    }, LONG_PRESS_MS);
  });
  board.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.x - start.x, event.y - start.y) > MOVED_PX) stop();
  });
  for (const name of ["pointerup", "pointercancel", "scroll"]) board.addEventListener(name, stop, true);
  board.addEventListener("contextmenu", (event) => {
    if (event.pointerType === "touch" && event.target.closest(".lead-card")) event.preventDefault();
  });
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
