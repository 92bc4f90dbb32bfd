/* The cards of the board: showing what the server says, and fetching what has changed. */

const REFRESH_MS = 150;
const LEADS_PER_REQUEST = 50;

export const board = document.getElementById("board");
export const settings = board.dataset;
export const cardOf = (lead) => document.getElementById(`lead-${lead}`);
export const titleOf = (card) => card.querySelector("h3").textContent;
const columnOf = (stage) => board.querySelector(`[data-cards="${CSS.escape(stage)}"]`);

/* --- showing what the server says --- */

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return dress(template.content.querySelector(".lead-card"));
}

/** What needs a script anyway or only a mouse finds: two hundred times it would weigh on the page. */
export function dress(card) {
  card.querySelector(".lead-card__age").title = settings.textAge;
  const move = card.querySelector(".lead-card__move");
  if (!move || card.querySelector("input")) return card;
  const box = document.createElement("input");
  for (const [name, value] of Object.entries({ type: "checkbox", tabindex: "-1", "aria-label": settings.textChoose })) {
    box.setAttribute(name, value);
  }
  move.after(box);
  return card;
}

/** Put a card where it belongs. A card that stays in its column keeps its place in it. */
export function show({ lead, stage, html }) {
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
  board.dispatchEvent(new CustomEvent("card-shown", { detail: fresh }));
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

/** While a card hangs in the air nothing may change below it. */
export function setDragging(isOn) {
  isDragging = isOn;
  if (!isOn && stale.size) refreshSoon([...stale][0]);
}

export function refreshSoon(lead, { isArrival = false } = {}) {
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

export function hear(event) {
  if (event.lead) {
    const isArrival = event.kind === "lead.created" || event.kind === "lead.moved";
    refreshSoon(event.lead, { isArrival });
  }
  if (event.conversation) {
    const card = board.querySelector(`[data-watch="conversation:${Number(event.conversation)}"]`);
    if (card) refreshSoon(card.dataset.lead);
  }
}
