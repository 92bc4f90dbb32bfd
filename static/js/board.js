/* The board: moving cards by mouse, finger and keyboard, and keeping it as fresh as the database. */

import { askWhere } from "./board-dialog.js";
import { connect } from "./live.js";
import { toast } from "./toast.js";

const REFRESH_MS = 150;
const WAITING_MS = 60000;
const LEADS_PER_REQUEST = 50;

const board = document.getElementById("board");
const settings = board.dataset;
const mayMove = settings.mayMove === "yes";

const cardOf = (lead) => document.getElementById(`lead-${lead}`);
const columnOf = (stage) => board.querySelector(`[data-cards="${CSS.escape(stage)}"]`);

/* --- showing what the server says --- */

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".lead-card");
}

/** Put a card where it belongs. A card that stays in its column keeps its place in it. */
function show({ lead, stage, html }) {
  const old = cardOf(lead);
  const fresh = parse(html);
  const column = columnOf(stage);
  if (old && column.contains(old) && old.dataset.stage === stage) {
    if (old.outerHTML === fresh.outerHTML) return;
    withFocusKept(old, fresh, () => old.replaceWith(fresh));
    return;
  }
  withFocusKept(old, fresh, () => {
    old?.remove();
    column.prepend(fresh);
  });
  fresh.classList.add("is-new");
  fresh.addEventListener("animationend", () => fresh.classList.remove("is-new"), { once: true });
}

function withFocusKept(old, fresh, change) {
  const focused = old?.contains(document.activeElement) ? document.activeElement : null;
  const selector = focused?.matches(".lead-card__move") ? ".lead-card__move" : "h3 a";
  change();
  if (focused) fresh.querySelector(selector)?.focus({ preventScroll: false });
}

function showHeads(heads) {
  for (const [stage, head] of Object.entries(heads)) {
    for (const place of document.querySelectorAll(`[data-count="${stage}"]`)) {
      place.textContent = head.count;
    }
    document.querySelector(`[data-total="${stage}"]`).textContent = head.total;
  }
}

/* --- fetching cards that changed --- */

const stale = new Set();
const arrived = new Set();
let refreshTimer = 0;
let isDragging = false;

function refreshSoon(lead, { isArrival = false } = {}) {
  stale.add(String(lead));
  if (isArrival) arrived.add(String(lead));
  if (!refreshTimer) refreshTimer = setTimeout(refresh, REFRESH_MS);
}

async function refresh() {
  refreshTimer = 0;
  if (isDragging) return;
  const leads = [...stale].slice(0, LEADS_PER_REQUEST);
  leads.forEach((lead) => stale.delete(lead));
  const query = new URLSearchParams(settings.filters);
  leads.forEach((lead) => query.append("lead", lead));
  try {
    const answer = await fetch(`${settings.changesUrl}?${query}`);
    if (!answer.ok) throw new Error(String(answer.status));
    if (!isDragging) apply(leads, await answer.json());
    else leads.forEach((lead) => stale.add(lead));
  } catch {
    setTimeout(() => leads.forEach((lead) => refreshSoon(lead)), 3000);
    return;
  }
  if (stale.size && !refreshTimer) refreshTimer = setTimeout(refresh, REFRESH_MS);
}

function apply(leads, { cards, heads }) {
  const shown = new Map(cards.map((card) => [String(card.lead), card]));
  for (const lead of leads) {
    const card = shown.get(lead);
    // A card further down than what is loaded stays there until somebody asks for more.
    if (card && (cardOf(lead) || arrived.has(lead))) show(card);
    if (!card) cardOf(lead)?.remove();
    arrived.delete(lead);
  }
  showHeads(heads);
}

function onEvent(event) {
  if (event.lead) {
    const isArrival = event.kind === "lead.created" || event.kind === "lead.moved";
    refreshSoon(event.lead, { isArrival });
  }
  if (event.conversation) {
    const card = board.querySelector(`[data-watch="conversation:${Number(event.conversation)}"]`);
    if (card) refreshSoon(card.dataset.lead);
  }
}

/* --- moving --- */

async function post(fields) {
  const answer = await fetch(settings.moveUrl, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": settings.csrf },
    body: new URLSearchParams(fields),
  });
  return { isOk: answer.ok, ...(await answer.json()) };
}

/** Ask the server to move a card. `giveBack` puts it where it was if nobody answers. */
async function move(lead, fields, { giveBack = () => {}, said = "" } = {}) {
  cardOf(lead)?.classList.add("is-moving");
  let answer;
  try {
    answer = await post({ lead, ...fields });
  } catch {
    giveBack();
    toast(settings.textOffline);
    return;
  } finally {
    cardOf(lead)?.classList.remove("is-moving");
  }
  if (!answer.isOk) {
    giveBack();
    if (answer.card) show(answer.card);
    toast(answer.detail);
    return;
  }
  show(answer);
  refreshSoon(lead);
  cardOf(lead)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  toast(said || answer.said, said ? {} : { onUndo: () => undo(lead, answer.undo) });
}

function undo(lead, { stage, lost_reason: reason, version }) {
  move(lead, { stage, version, lost_reason: reason ?? "" }, { said: settings.textUndone });
}

async function moveByDialog(card) {
  const lead = card.dataset.lead;
  const wish = await askWhere({ title: titleOf(card), stage: card.dataset.stage });
  const current = cardOf(lead);
  current?.querySelector(".lead-card__move")?.focus();
  if (wish && current && wish.stage !== current.dataset.stage) {
    move(lead, { ...wish, version: current.dataset.version });
  }
}

const titleOf = (card) => card.querySelector("h3").textContent;

async function onDrop({ item, from, to }, giveBack) {
  isDragging = false;
  if (stale.size) refreshSoon([...stale][0]);
  const stage = to.dataset.cards;
  if (from === to) return;
  const fields = { stage, version: item.dataset.version };
  if (stage === "lost") {
    const wish = await askWhere({ title: titleOf(item), stage, isReasonOnly: true });
    if (!wish) return giveBack();
    fields.lost_reason = wish.lost_reason;
  }
  move(item.dataset.lead, fields, { giveBack });
}

function makeDraggable(column) {
  let home = null;
  const giveBack = () => {
    const card = home && cardOf(home.lead);
    if (card && !home.column.contains(card)) home.column.insertBefore(card, home.next);
  };
  window.Sortable.create(column, {
    group: "leads",
    sort: false,
    draggable: ".lead-card",
    animation: 150,
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 6,
    scrollSensitivity: 80,
    onStart({ item }) {
      isDragging = true;
      const next = item.nextElementSibling;
      home = { lead: item.dataset.lead, column, next };
    },
    onEnd: (event) => onDrop(event, giveBack),
  });
}

/* --- stage tabs of a phone --- */

let tabFrame = 0;

function watchTabs() {
  const later = () => {
    cancelAnimationFrame(tabFrame);
    tabFrame = requestAnimationFrame(markTab);
  };
  board.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", later);
}

/** The tab of the column nearest to the left edge is the one being looked at. */
function markTab() {
  const bar = document.querySelector(".stage-tabs");
  const stages = [...board.querySelectorAll(".stage")];
  const edge = board.getBoundingClientRect().left;
  const away = stages.map((stage) => Math.abs(stage.getBoundingClientRect().left - edge - 16));
  const current = stages[away.indexOf(Math.min(...away))].dataset.stage;
  for (const tab of bar.children) {
    const isCurrent = tab.dataset.tab === current;
    if (isCurrent === tab.hasAttribute("aria-current")) continue;
    tab.toggleAttribute("aria-current", isCurrent);
    if (isCurrent) bar.scrollTo({ left: tab.offsetLeft - 16, behavior: "smooth" });
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (tab) {
    event.preventDefault();
    document.getElementById(`stage-${tab.dataset.tab}`).scrollIntoView({
      behavior: "smooth", block: "nearest", inline: "start",
    });
  }
  const opener = event.target.closest(".lead-card__move");
  if (opener && mayMove) {
    event.preventDefault();
    moveByDialog(opener.closest(".lead-card"));
  }
});

if (mayMove) {
  board.classList.add("may-move");
  board.querySelectorAll("[data-cards]").forEach(makeDraggable);
}
watchTabs();
setInterval(() => {
  if (!document.hidden) {
    board.querySelectorAll(".is-waiting").forEach((card) => refreshSoon(card.dataset.lead));
  }
}, WAITING_MS);
connect({ cursor: settings.cursor, eventsUrl: settings.eventsUrl, pollUrl: settings.pollUrl, onEvent });
