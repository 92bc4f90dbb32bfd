/* The list of chats: grows while one scrolls, and stays as fresh as the database. */

const REFRESH_MS = 250;
const RETRY_MS = 3000;
const WAITING_MS = 60000;
const PER_REQUEST = 50;
const MOST_RESTORED = 300;

const list = document.querySelector("[data-talks]");
const settings = list.dataset;
const nothing = list.querySelector("[data-talks-empty]");
const kept = `chats:${settings.filters}`;

const rows = () => [...list.querySelectorAll("[data-talk]")];
const isShown = () => list.offsetParent !== null;

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Change the list and leave what the person is reading where it is on the screen. */
function inPlace(change) {
  const top = list.getBoundingClientRect().top;
  const isAtTop = list.scrollTop < 4;
  const anchor = isAtTop ? null : rows().find((row) => row.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) list.scrollTop += anchor.getBoundingClientRect().top - before;
  nothing.hidden = rows().length > 0;
}

/* --- more on scroll --- */

let isLoading = false;

async function loadMore() {
  const link = list.querySelector("[data-more]");
  if (!link || isLoading) return false;
  isLoading = true;
  try {
    const query = new URLSearchParams(settings.filters);
    query.set("after", link.dataset.more);
    const answer = await fetch(`${settings.rowsUrl}?${query}`);
    if (!answer.ok) return false;
    const fresh = parse(await answer.text());
    // A chat that has moved meanwhile is on the page already.
    fresh.querySelectorAll("[data-talk]").forEach((row) => rowOf(row.dataset.talk) && row.remove());
    markOpen(fresh);
    link.replaceWith(fresh);
    watchEnd();
    return true;
  } catch {
    return false; // The link stays and can be pressed.
  } finally {
    isLoading = false;
  }
}

const end = new IntersectionObserver(
  (seen) => seen.some((entry) => entry.isIntersecting) && loadMore(),
  { root: list, rootMargin: "300px" },
);

function watchEnd() {
  end.disconnect();
  const link = list.querySelector("[data-more]");
  if (link) end.observe(link);
}

list.addEventListener("click", (event) => {
  if (!event.target.closest("[data-more]")) return;
  event.preventDefault();
  loadMore();
});

/* --- what changed --- */

const rowOf = (talk) => list.querySelector(`[data-talk="${Number(talk)}"]`);
const staleTalks = new Set();
const staleLeads = new Set();
let timer = 0;

function refreshSoon(pause = REFRESH_MS) {
  if (!timer) timer = setTimeout(refresh, pause);
}

async function refresh() {
  timer = 0;
  if (!isShown()) return;
  const talks = [...staleTalks].slice(0, PER_REQUEST);
  const leads = [...staleLeads].slice(0, PER_REQUEST);
  if (!talks.length && !leads.length) return;
  const query = new URLSearchParams(settings.filters);
  talks.forEach((talk) => query.append("conversation", talk));
  leads.forEach((lead) => query.append("lead", lead));
  talks.forEach((talk) => staleTalks.delete(talk));
  leads.forEach((lead) => staleLeads.delete(lead));
  try {
    const answer = await fetch(`${settings.changesUrl}?${query}`);
    if (!answer.ok) throw new Error(String(answer.status));
    apply(talks, leads, await answer.json());
  } catch {
    talks.forEach((talk) => staleTalks.add(talk));
    leads.forEach((lead) => staleLeads.add(lead));
    refreshSoon(RETRY_MS);
  }
  if (staleTalks.size || staleLeads.size) refreshSoon();
}

function apply(talks, leads, { rows: fresh, waiting }) {
  const found = new Set(fresh.map((row) => String(row.id)));
  inPlace(() => {
    for (const row of rows()) {
      const isAsked = talks.includes(row.dataset.talk) || leads.includes(row.dataset.lead);
      if (isAsked && !found.has(row.dataset.talk)) row.remove();
    }
    fresh.forEach(show);
  });
  for (const count of document.querySelectorAll("[data-waiting-count]")) {
    count.textContent = waiting;
    count.hidden = !waiting;
  }
}

function show({ id, place, html }) {
  const old = rowOf(id);
  const fresh = parse(html);
  markOpen(fresh);
  const row = fresh.querySelector("[data-talk]");
  if (old?.outerHTML === row.outerHTML) return;
  const hadFocus = old === document.activeElement;
  if (old?.dataset.place === place) old.replaceWith(row);
  else {
    old?.remove();
    insert(row, place);
  }
  if (hadFocus && row.isConnected) row.focus({ preventScroll: true });
}

function insert(row, place) {
  const isBefore = settings.order === "newest" ? (a, b) => a > b : (a, b) => a < b;
  const next = rows().find((other) => isBefore(place, other.dataset.place));
  const more = list.querySelector("[data-more]");
  // Further down than what is loaded: it comes when somebody scrolls there.
  if (!next && more) return;
  list.insertBefore(row, next ?? nothing);
}

function markOpen(fragment) {
  if (!settings.open) return;
  fragment.querySelector(`[data-talk="${settings.open}"]`)?.setAttribute("aria-current", "page");
}

/** Hear a notice of the live feed. */
export function onListEvent({ conversation, lead, kind }) {
  if (kind === "conversation.typing") return;
  if (conversation) staleTalks.add(String(conversation));
  if (lead) staleLeads.add(String(lead));
  if (conversation || lead) refreshSoon();
}

// «8 мин» becomes «9 мин» without any notice.
setInterval(() => {
  rows().filter((row) => row.matches(".is-waiting")).forEach((row) => staleTalks.add(row.dataset.talk));
  if (staleTalks.size && !document.hidden) refreshSoon();
}, WAITING_MS);

/* --- filters, and the place where the person was --- */

document.querySelector("[data-talks-filter]").addEventListener("change", (event) => {
  if (event.target.matches("select")) event.currentTarget.requestSubmit();
});

addEventListener("pagehide", () => {
  if (!isShown()) return;
  const place = { top: list.scrollTop, count: Math.min(rows().length, MOST_RESTORED) };
  sessionStorage.setItem(kept, JSON.stringify(place));
});

async function restore() {
  watchEnd();
  const place = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (!place || !isShown()) return;
  while (rows().length < place.count && (await loadMore()));
  list.scrollTop = place.top;
}

restore();
