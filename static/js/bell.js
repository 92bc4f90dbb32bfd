/* What surrounds the page stays true: counters of the menu and the bell follow the live feed. */

import { setCounter } from "./frame.js";
import { connectFrame } from "./live.js";
import { toast } from "./toast.js";

const PAUSE_MS = 700;
// Far from all notices change a number; these can.
const COUNTED = /^(lead|conversation|message|notification)\./;

const bell = document.querySelector("[data-bell]");
const panel = bell?.querySelector("[data-bell-panel]");
const { stateUrl } = document.body.dataset;
let timer = 0;
let hasNews = false;

function refreshSoon() {
  if (!timer) timer = setTimeout(refresh, PAUSE_MS);
}

async function refresh() {
  timer = 0;
  const answer = await fetch(stateUrl, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { counters, unread, newest } = await answer.json();
  Object.entries(counters).forEach(([key, count]) => setCounter(key, count));
  showUnread(unread);
  if (hasNews && newest) tell(newest);
  hasNews = false;
}

/** Whoever has the page itself open need not be told of it. */
function tell({ text, url }) {
  if (document.hidden) return;
  if (url === location.pathname) markRead(url);
  else toast(text);
}

function showUnread(count) {
  const badge = bell.querySelector("[data-unread]");
  badge.textContent = count > 99 ? "99+" : String(count);
  badge.hidden = count === 0;
}

async function fillPanel() {
  try {
    const answer = await fetch(bell.dataset.url, { headers: { "X-Fragment": "1" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    panel.innerHTML = await answer.text();
  } catch {
    panel.textContent = bell.dataset.textOffline;
  }
}

async function markRead(url = "") {
  const body = new URLSearchParams(url ? { url } : {});
  const headers = { "X-Fragment": "1", "X-CSRFToken": bell.dataset.csrf };
  const answer = await fetch(bell.dataset.readUrl, { method: "POST", headers, body }).catch(() => null);
  if (!answer?.ok) return;
  refreshSoon();
  if (panel.classList.contains("show")) fillPanel();
}

function readThisPage() {
  if (!document.hidden) markRead(location.pathname);
}

document.addEventListener("live", ({ detail: { kind } }) => {
  if (!bell || !COUNTED.test(kind)) return;
  hasNews ||= kind === "notification.created";
  refreshSoon();
  if (kind.startsWith("notification.") && panel.classList.contains("show")) fillPanel();
});

if (bell) {
  bell.addEventListener("show.bs.dropdown", fillPanel);
  panel.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-read-all]")) return;
    event.preventDefault();
    markRead();
  });
  // One who comes to a page by another way has no need of the note that leads there.
  const hasUnread = () => !bell.querySelector("[data-unread]").hidden;
  document.addEventListener("visibilitychange", () => hasUnread() && readThisPage());
  if (hasUnread()) readThisPage();
  // After the page's own scripts, which may want the one stream for themselves.
  window.addEventListener("load", connectFrame);
}
