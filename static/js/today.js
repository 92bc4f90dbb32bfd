/* «Сегодня»: one tap on a row, taken back from a toast; the list keeps itself fresh. */

import { connect } from "./live.js";
import { toast } from "./toast.js";

const REFRESH_MS = 400;
const CONCERNS = /^(lead|message|conversation|draft)\./;

const page = document.querySelector("[data-today]");
const list = page.querySelector("[data-today-list]");
const form = document.getElementById("today-form");
const dialog = document.getElementById("give-dialog");
const settings = page.dataset;

let timer = 0;
let isBusy = false;

/* --- the list as it is now --- */

function place() {
  const rows = [...list.querySelectorAll("[data-key]")];
  const first = rows.find((row) => row.getBoundingClientRect().bottom > 0);
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  return {
    key: first?.dataset.key,
    top: first?.getBoundingClientRect().top,
    focus: focused?.value || focused?.dataset.give || focused?.getAttribute("href"),
    index: rows.indexOf(focused?.closest("[data-key]")),
  };
}

/** Keep what the person looks at where it is, and the focus on the same button or row. */
function restore({ key, top, focus, index }) {
  const row = key && list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (row) window.scrollBy(0, row.getBoundingClientRect().top - top);
  if (!focus) return;
  const buttons = [...list.querySelectorAll("a, button")];
  const same = buttons.find((one) => [one.value, one.dataset.give, one.getAttribute("href")].includes(focus));
  const rows = list.querySelectorAll("[data-key]");
  const next = rows[Math.min(index, rows.length - 1)]?.querySelector("a");
  (same || next)?.focus({ preventScroll: true });
}

async function refresh() {
  if (isBusy) return later();
  isBusy = true;
  try {
    const query = settings.who ? `?who=${settings.who}` : "";
    const answer = await fetch(settings.listUrl + query, { cache: "no-store" });
    if (!answer.ok) return;
    const html = await answer.text();
    const before = place();
    list.innerHTML = html;
    restore(before);
  } catch {
    // The next notice tries again.
  } finally {
    isBusy = false;
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, REFRESH_MS);
}

/* --- one tap --- */

async function send(fields) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value ?? "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) return toast(told.detail);
    const hasUndo = Object.keys(told.undo).length > 0;
    toast(told.said, { onUndo: hasUndo ? () => send(told.undo) : null });
  } catch {
    toast(settings.textOffline);
  } finally {
    await refresh();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.submitter.closest("[data-key]")?.classList.add("is-leaving");
  send({ do: event.submitter.value });
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-give]");
  if (!button) return;
  dialog.querySelector("[name=do]").value = button.dataset.give;
  dialog.querySelector("[data-give-who]").textContent = button.dataset.name;
  dialog.showModal();
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-give-cancel]")) dialog.close();
});

dialog?.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  dialog.close();
  send({ do: dialog.querySelector("[name=do]").value, to: event.submitter.value });
});

document.querySelector("[data-today-who]")?.addEventListener("change", (event) => {
  event.target.form.requestSubmit();
});

connect({
  cursor: settings.cursor,
  eventsUrl: settings.eventsUrl,
  pollUrl: settings.pollUrl,
  onEvent: ({ kind }) => {
    if (CONCERNS.test(kind)) later();
  },
});
// Waits grow and steps become due without any notice.
setInterval(later, 60000);
