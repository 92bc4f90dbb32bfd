/* The field where an answer or a note is written: kept while one types, sent knowingly. */

import { randomId } from "./ids.js";
import { startCanned } from "./thread-canned.js";

const KEEP_MS = 800;

/** Where CSS can't size the field by its content yet. */
function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 200)}px`;
}

/** `lastId` is the newest message on the screen; `refreshNow` fetches what came since. */
export function startComposer(composer, { submit, lastId, refreshNow, onSent }) {
  const { text, seen, files, client_key: key, csrfmiddlewaretoken: token } = composer.elements;
  const problem = composer.querySelector("[data-problem]");
  const isNote = () => composer.elements.kind.value === "note";

  function say(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  /* --- the half-typed answer is kept on the server; a note never is, or it would come back as an answer --- */

  let kept = isNote() ? "" : text.value;
  let timer = 0;

  function keep() {
    clearTimeout(timer);
    timer = 0;
    const now = isNote() ? "" : text.value;
    if (now === kept) return;
    kept = now;
    const body = new FormData();
    body.set("text", now);
    const headers = { Accept: "application/json", "X-CSRFToken": token.value };
    // Without connection the text stays in the field, and the next key tries again.
    fetch(composer.dataset.typingUrl, { method: "POST", headers, body, keepalive: true }).catch(() => {
      kept = null;
    });
  }

  function keepSoon() {
    if (!timer) timer = setTimeout(keep, KEEP_MS);
  }

  addEventListener("pagehide", keep);

  /* --- writing --- */

  let wasEmpty = !text.value;

  function onInput() {
    // What stood on the screen when the answer was begun: a colleague's later words are news.
    if (wasEmpty && text.value) seen.value = lastId();
    wasEmpty = !text.value;
    say("");
    grow(text);
    keepSoon();
  }

  function write(value) {
    text.value = value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  function send() {
    if (!text.value.trim() && !files?.files.length) return text.focus();
    const sent = text.value;
    say("");
    submit(composer, undefined, {
      onDone: () => {
        if (!isNote()) kept = "";
        // What was typed while it was being sent stays in the field.
        text.value = text.value.startsWith(sent) ? text.value.slice(sent.length) : text.value;
        wasEmpty = !text.value;
        key.value = randomId();
        dropFiles();
        grow(text);
        text.focus();
        keep();
        onSent();
      },
      onRefused: explain,
    });
  }

  function nameFiles() {
    composer.querySelector("[data-files]").textContent = [...files.files].map(({ name }) => name).join(", ");
  }

  function dropFiles() {
    if (!files) return;
    files.value = "";
    nameFiles();
  }

  async function explain({ code, detail }) {
    say(detail);
    if (code !== "colleague_answered") return;
    await refreshNow();
    seen.value = lastId();
    onSent();
  }

  function onKind() {
    const { placeholderNote, placeholderReply } = text.dataset;
    text.placeholder = isNote() ? placeholderNote : placeholderReply;
    say("");
    keepSoon();
    text.focus();
  }

  composer.addEventListener("input", (event) => event.target === text && onInput());
  composer.addEventListener("change", (event) => event.target.name === "kind" && onKind());
  files?.addEventListener("change", nameFiles);
  const canned = startCanned(composer, { write });
  text.addEventListener("keydown", (event) => {
    if (canned.onKey(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  });
  grow(text);
  return { send, write };
}
