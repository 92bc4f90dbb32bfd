/* The public chat: sends, listens, and finds the talk again after a reload. */

import { randomId } from "./ids.js";
import { makeApi, recall, remember } from "./sitechat-api.js";
import { makeView } from "./sitechat-view.js";
import { pause } from "./stream.js";

const LIMIT = 4000;
const LEFT_SHOWN = 300;
const POLL_MS = 2500;
const FIRST_MS = 700;
const STREAM_AGAIN_MS = 60000;
const RETRY_MS = 5000;
const TYPING_AFTER_MS = 600;
// Read again with each look: an answer may be released after words that have a higher number.
const OVERLAP = 20;
const PAGE = 200;

const root = document.getElementById("chat");
const texts = JSON.parse(document.getElementById("chat-texts").textContent);
const language = document.documentElement.lang;
const api = makeApi({
  sessionUrl: root.dataset.api,
  messagesUrl: root.dataset.messagesUrl,
  eventsUrl: root.dataset.eventsUrl,
  language,
});
const view = makeView(root, texts, language);
const writer = root.querySelector("[data-writer]");
const field = writer.elements.text;

/* --- sending: one after another, in the order they were written --- */

let queue = Promise.resolve();
const refused = new Set();

function write(text) {
  const message = { client_id: randomId(), text, at: new Date().toISOString() };
  remember({ unsent: [...(recall().unsent ?? []), message] });
  view.showOwn(message);
  enqueue(message);
}

function enqueue(message) {
  queue = queue.then(() => deliver(message));
}

async function deliver(message) {
  const isUnsent = (recall().unsent ?? []).some((one) => one.client_id === message.client_id);
  if (!isUnsent || refused.has(message.client_id)) return;
  view.showSending(message.client_id);
  try {
    await api.send({ client_id: message.client_id, text: message.text });
  } catch (error) {
    onFailure(message, error);
    return;
  }
  forget(message);
  view.setNotice("");
  view.showAccepted(message.client_id);
  setTimeout(() => isBot && isWaiting() && view.setTyping(true), TYPING_AFTER_MS);
  lastWritten = performance.now();
  wakeUp();
}

const forget = ({ client_id: id }) =>
  remember({ unsent: (recall().unsent ?? []).filter((one) => one.client_id !== id) });

function onFailure(message, error) {
  const isHopeless = error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status);
  view.setNotice(error.detail || (error.status ? texts.broken : texts.offline));
  view.setTyping(false);
  if (isHopeless) {
    refused.add(message.client_id);
    forget(message);
    view.showFailed(message.client_id, null);
    return;
  }
  view.showFailed(message.client_id, () => enqueue(message));
  setTimeout(() => enqueue(message), RETRY_MS);
}

/* --- listening --- */

const numbers = [];
let isHeard = false;
let lastWritten = -Infinity;
let lastAnswered = -Infinity;
let controller = null;
let wake = () => {};

let isBot = true;
const isWaiting = () => lastWritten > lastAnswered;
const wakeUp = () => wake();
const rest = (ms) =>
  Promise.race([pause(ms), new Promise((done) => { wake = done; })]);

/** Fetch what is new; returns the place in the feed from where to listen. */
async function look() {
  let cursor = "";
  for (;;) {
    const after = numbers.at(-OVERLAP) ? numbers.at(-OVERLAP) - 1 : 0;
    const page = await api.read(after);
    cursor ||= page.cursor;
    // Where a person answers nobody is writing yet; only the bot answers at once.
    isBot = page.is_bot;
    if (!isBot) view.setTyping(false);
    take(page.messages.filter((message) => !numbers.includes(message.id)));
    if (page.messages.length < PAGE) return cursor;
  }
}

function take(fresh) {
  if (!fresh.length) return;
  isHeard = true;
  numbers.push(...fresh.map((message) => message.id));
  numbers.sort((left, right) => left - right);
  if (fresh.some((message) => message.author !== "customer")) lastAnswered = performance.now();
  view.showMessages(fresh);
}

let looking = Promise.resolve();

/** Looks never overtake each other. */
function lookInTurn() {
  looking = looking.catch(() => {}).then(look);
  return looking;
}

async function listenOnce() {
  const cursor = await lookInTurn();
  view.setConnected(true);
  if (!isHeard) return rest(FIRST_MS);
  if (performance.now() < streamAfter) return rest(POLL_MS);
  controller = new AbortController();
  return api.listen(cursor, () => lookInTurn().catch(() => {}), controller.signal);
}

let streamAfter = 0;

async function listen() {
  for (;;) {
    if (document.hidden || !recall().token) {
      await rest(60000);
      continue;
    }
    try {
      await listenOnce();
    } catch (error) {
      if (error.name === "AbortError") continue;
      await onLost(error);
    }
  }
}

async function onLost(error) {
  if (error.status === 401) remember({ token: "" });
  else if (error.status === 404) await rest(FIRST_MS);
  else if (error.status === 204) streamAfter = performance.now() + STREAM_AGAIN_MS;
  else {
    view.setConnected(false);
    streamAfter = performance.now() + STREAM_AGAIN_MS / 6;
    await rest(POLL_MS);
  }
}

/* --- the writing field --- */

const lengthOf = (text) => [...text.trim()].length;

function showLeft() {
  const left = LIMIT - lengthOf(field.value);
  const place = root.querySelector("[data-left]");
  place.classList.toggle("is-over", left < 0);
  const pattern = left < 0 ? texts.too_long : texts.left;
  place.textContent = left <= LEFT_SHOWN ? pattern.replace("%(count)s", Math.abs(left)) : "";
}

/** Where CSS can't size the field by its content yet. */
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function submit() {
  const text = field.value.trim();
  if (!text || lengthOf(text) > LIMIT) return field.focus();
  field.value = "";
  showLeft();
  grow();
  field.focus();
  write(text);
}

const closeFrame = () => window.parent.postMessage("crystalbay:close", "*");

writer.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("input", () => {
  showLeft();
  grow();
});
field.addEventListener("keydown", (event) => {
  // With a finger, Enter begins a new line, as in every messenger.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  submit();
});
root.addEventListener("click", (event) => {
  const start = event.target.closest("[data-start]");
  if (start) write(start.textContent);
  if (event.target.closest("[data-close]")) closeFrame();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && window.parent !== window) closeFrame();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) controller?.abort();
  else wakeUp();
});
window.addEventListener("online", () => (recall().unsent ?? []).forEach(enqueue));

/* --- start --- */

async function start() {
  if (recall().token) {
    await lookInTurn().catch(() => {});
    view.quietly(() => {});
  }
  for (const message of recall().unsent ?? []) {
    view.showOwn(message);
    enqueue(message);
  }
  if (matchMedia("(pointer: fine)").matches) field.focus();
  listen();
}

start();
