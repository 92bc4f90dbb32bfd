/* One conversation: new words appear by themselves, the manager's half-typed text stays. */

import { onListEvent } from "./chats.js";
import { connect } from "./live.js";
import { startComposer } from "./thread-composer.js";
import { showPart } from "./thread-parts.js";
import { toast } from "./toast.js";

const REFRESH_MS = 120;
const NEAR_END_PX = 120;
const TYPING_MS = 15000;
// As many messages as one answer brings at most: there may be more.
const FULL_PAGE = 200;

const talk = document.getElementById("talk");
const settings = talk.dataset;
const scroller = talk.querySelector("[data-bubbles]");
const inner = talk.querySelector("[data-bubbles-inner]");
const toEnd = talk.querySelector("[data-to-end]");
const composer = talk.querySelector("[data-composer]");

/* --- bubbles --- */

const isAtEnd = () =>
  scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;

function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  toEnd.hidden = true;
}

const allBubbles = () => [...inner.querySelectorAll("[data-message]")];
const lastId = () => Number(allBubbles().at(-1)?.dataset.message ?? 0);
const idOf = (bubble) => Number(bubble.dataset.message);

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function showMessage({ id, html }) {
  const fresh = parse(html);
  const old = inner.querySelector(`[data-message="${Number(id)}"]`);
  if (old) {
    old.replaceWith(fresh);
    return;
  }
  const next = allBubbles().find((bubble) => idOf(bubble) > id);
  // Older than all that is loaded: it will come with «Earlier messages».
  if (next && next === allBubbles()[0]) return;
  fresh.classList.add("is-new");
  inner.insertBefore(fresh, next ?? null);
}

/** One separator above the first bubble of each day, whatever was added or loaded. */
function separateDays() {
  inner.querySelectorAll(".day").forEach((line) => line.remove());
  let day = "";
  for (const bubble of allBubbles()) {
    if (bubble.dataset.day !== day) {
      day = bubble.dataset.day;
      const line = Object.assign(document.createElement("h2"), { className: "day" });
      line.textContent = bubble.dataset.dayLabel;
      bubble.before(line);
    }
  }
}

/* --- what changed --- */

const changed = new Set();
let refreshTimer = 0;
let isFetching = false;

function refreshSoon(message = 0) {
  if (message) changed.add(message);
  if (!refreshTimer) refreshTimer = setTimeout(refresh, REFRESH_MS);
}

async function refresh() {
  refreshTimer = 0;
  // Answers that overtake each other would show older parts over newer ones.
  if (isFetching) return refreshSoon();
  isFetching = true;
  const named = [...changed].slice(0, 100);
  const query = new URLSearchParams({ after: lastId() });
  named.forEach((id) => query.append("changed", id));
  try {
    const answer = await fetch(`${settings.updatesUrl}?${query}`);
    if (answer.status === 403) return location.assign(settings.listPage);
    if (!answer.ok) throw new Error(String(answer.status));
    const update = await answer.json();
    named.forEach((id) => changed.delete(id));
    apply(update);
  } catch {
    setTimeout(refreshSoon, 3000);
  } finally {
    isFetching = false;
  }
}

function apply({ messages, parts }) {
  const wasAtEnd = isAtEnd();
  const before = lastId();
  messages.forEach(showMessage);
  separateDays();
  for (const [name, html] of Object.entries(parts)) {
    showPart(talk.querySelector(`[data-part="${name}"]`), html);
  }
  waitForTyping();
  if (messages.length >= FULL_PAGE) refreshSoon();
  const isNews = lastId() > before;
  if (wasAtEnd) scrollToEnd();
  else if (isNews) toEnd.hidden = false;
}

/** «Марина пишет…» goes away by itself when she stops. */
let typingTimer = 0;

function waitForTyping() {
  clearTimeout(typingTimer);
  if (talk.querySelector("[data-typing]")) typingTimer = setTimeout(refreshSoon, TYPING_MS);
}

/** Fetch what came since, now, and wait until it is shown. */
async function refreshNow() {
  while (isFetching) await new Promise((done) => setTimeout(done, 50));
  clearTimeout(refreshTimer);
  await refresh();
}

function onEvent(event) {
  const isOwnTyping = event.kind === "conversation.typing" && String(event.user) === settings.user;
  if (isOwnTyping) return;
  if (String(event.conversation) === settings.conversation) refreshSoon(event.message);
  else if (settings.lead && String(event.lead) === settings.lead) refreshSoon();
  onListEvent(event);
}

/* --- forms --- */

async function post(form, submitter) {
  const fields = new FormData(form, submitter);
  // Not form.action: the draft's buttons are called «action» and would hide it.
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { Accept: "application/json" },
    body: fields,
  });
  if (answer.status === 403) return { go: settings.listPage };
  return { isOk: answer.ok, ...(await answer.json()) };
}

function finish(form) {
  // Back to what the server rendered, or the part would wait for its half-filled form.
  form.reset();
  form.closest("details")?.removeAttribute("open");
}

async function submit(form, submitter, { onDone = () => finish(form), onRefused = showRefusal } = {}) {
  const buttons = form.querySelectorAll("button");
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  try {
    const answer = await post(form, submitter);
    if (answer.go) return location.assign(answer.go);
    if (answer.isOk) onDone();
    else await onRefused(answer);
    refreshSoon();
  } catch {
    toast(settings.textOffline);
  } finally {
    delete form.dataset.busy;
    buttons.forEach((button) => button.removeAttribute("aria-disabled"));
  }
}

function showRefusal({ detail }) {
  toast(detail);
}

const writing = composer && startComposer(composer, { submit, lastId, refreshNow, onSent: scrollToEnd });

/* --- the client card on narrow screens --- */

const side = talk.querySelector("[data-side]");
let sideOpener = null;

function openSide(opener) {
  sideOpener = opener;
  side.classList.add("is-open");
  side.querySelector("[data-close-side]").focus();
}

function closeSide() {
  if (!side.classList.contains("is-open")) return;
  side.classList.remove("is-open");
  (sideOpener?.isConnected ? sideOpener : talk.querySelector("[data-open-side]"))?.focus();
}

/* --- events --- */

talk.addEventListener("submit", (event) => {
  if (event.target.method === "get") return;
  event.preventDefault();
  if (event.target === composer) writing.send();
  else submit(event.target, event.submitter);
});
talk.addEventListener("click", (event) => {
  if (event.target.closest("[data-draft-edit]")) {
    writing.write(talk.querySelector("[data-draft-text]").textContent);
  }
  if (event.target.closest("[data-to-end]")) scrollToEnd();
  if (event.target.closest("[data-close-side]")) closeSide();
  const opener = event.target.closest("[data-open-side]");
  if (opener) openSide(opener);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const pop = document.activeElement?.closest("details.pop[open]");
  if (pop) {
    pop.removeAttribute("open");
    pop.querySelector("summary").focus();
  } else closeSide();
});
// What was typed into a small window and given up must not keep its part from refreshing.
talk.addEventListener("toggle", ({ target }) => {
  if (target.matches("details.pop:not([open])")) target.querySelector("form").reset();
}, true);
document.addEventListener("click", (event) => {
  for (const pop of talk.querySelectorAll("details.pop[open]")) {
    if (!pop.contains(event.target)) pop.removeAttribute("open");
  }
});
let isFollowing = true;
scroller.addEventListener("scroll", () => {
  isFollowing = isAtEnd();
  if (isFollowing) toEnd.hidden = true;
}, { passive: true });
// The keyboard of a phone makes the pane smaller: the last words stay in sight.
new ResizeObserver(() => isFollowing && scrollToEnd()).observe(scroller);

/* htmx puts earlier messages above; keep what the manager was reading where it was. */
let heightBefore = 0;
document.addEventListener("htmx:beforeSwap", () => {
  heightBefore = scroller.scrollHeight - scroller.scrollTop;
});
document.addEventListener("htmx:afterSwap", () => {
  separateDays();
  scroller.scrollTop = scroller.scrollHeight - heightBefore;
});

function showFound() {
  const found = inner.querySelector(`[data-message="${settings.found}"]`);
  if (!found) return scrollToEnd();
  found.classList.add("is-found");
  found.scrollIntoView({ block: "center" });
  isFollowing = false;
  refreshSoon();
}

showFound();
waitForTyping();
connect({ cursor: settings.cursor, eventsUrl: settings.eventsUrl, pollUrl: settings.pollUrl, onEvent });
