/* The inside of a lead's sheet: its forms, and keeping it fresh without losing what is being typed.
   Used over the board (board-sheet.js) and on the sheet's own page (sheet-page.js). */

import { toast } from "./toast.js";

const REFRESH_MS = 200;
const FIELDS = "input:not([type=hidden]), textarea, select";
// Notes begun and not sent, by lead: another card may be opened in between.
const begun = new Map();

function isChanged(field) {
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const options = [...field.options];
  return !(options.find((option) => option.defaultSelected) ?? options[0])?.selected;
}

/** Somebody is in the middle of something here. */
function isBusy(part) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const isInField = focused?.matches(FIELDS) || focused?.closest("details[open]");
  return Boolean(isInField) || [...part.querySelectorAll(FIELDS)].some(isChanged);
}

export class Sheet {
  /** `onGone()`: the person may not see the lead any more. `onMove(lead)`: asks for a stage. */
  constructor(root, { csrf, textOffline, onGone, onMove = null }) {
    Object.assign(this, { root, csrf, textOffline, onGone });
    this.timer = 0;
    root.addEventListener("submit", (event) => this.submit(event));
    root.addEventListener("input", (event) => this.remember(event.target));
    root.addEventListener("focusout", () => setTimeout(() => this.refreshStale(), 0));
    if (onMove) {
      root.addEventListener("click", (event) => {
        if (!event.target.closest("[data-sheet-move]")) return;
        event.preventDefault();
        onMove(this.lead);
      });
    }
  }

  get body() {
    return this.root.querySelector("[data-body]");
  }

  get lead() {
    return this.body?.dataset.lead ?? "";
  }

  /** Does a live notice concern the lead on show, or its chat? */
  hears(event) {
    if (event.lead && String(event.lead) === this.lead) return true;
    const talk = Number(event.conversation);
    return Boolean(talk) && this.root.querySelector(`[data-talk="${talk}"]`) !== null;
  }

  /** Show another lead. */
  fill(html) {
    this.root.querySelector("[data-body]")?.remove();
    this.root.append(parse(html));
    window.htmx?.process(this.body);
    const note = begun.get(this.lead);
    const field = this.root.querySelector("textarea[name=text]");
    if (note && field) field.value = note;
    this.root.scrollTop = 0;
  }

  remember(field) {
    if (field.matches("textarea[name=text]")) begun.set(this.lead, field.value);
  }

  /** Put what changed in its place; a part somebody works in waits until they have left it. */
  freshen(html, own = null) {
    const fresh = parse(html);
    if (fresh.dataset.lead !== this.lead) return;
    this.latest = html;
    this.isStale = false;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = this.root.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old || same(old, part)) continue;
      if (isBusy(old) && !old.contains(own)) this.isStale = true;
      else this.replace(old, part);
    }
    this.growHistory(fresh);
  }

  /** New rows come on top; what has been loaded below stays. */
  growHistory(fresh) {
    const list = this.root.querySelector("[data-history]");
    const known = new Set([...list.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
    const rows = [...fresh.querySelectorAll("[data-history] [data-row]")];
    list.prepend(...rows.filter((row) => !known.has(row.dataset.row)));
  }

  /** The focus stays on the same field or button, or at least in the sheet. */
  replace(old, fresh) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceChildren(...fresh.childNodes);
    if (!focused) return;
    const same = focused.name && old.querySelector(`[name="${CSS.escape(focused.name)}"]`);
    (same || old.querySelector("button") || this.root.querySelector("[data-sheet-title]")).focus();
  }

  refreshStale() {
    if (this.isStale) this.freshen(this.latest);
  }

  refreshSoon() {
    if (!this.timer) this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
  }

  async refresh() {
    this.timer = 0;
    if (!this.body) return;
    const lead = this.lead;
    try {
      const answer = await fetch(`${this.body.dataset.url}?fragment=1`, { cache: "no-store" });
      if (lead !== this.lead) return;
      if (answer.status === 403 || answer.status === 404) this.onGone();
      else if (answer.ok) this.freshen(await answer.text());
    } catch {
      setTimeout(() => this.refreshSoon(), 3000);
    }
  }

  async submit(event) {
    const form = event.target.closest("[data-act]");
    if (!form) return;
    event.preventDefault();
    const lead = this.lead;
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    let answer;
    try {
      answer = await post(form.action, fields, this.csrf);
    } catch {
      toast(this.textOffline);
      return;
    } finally {
      delete form.dataset.sending;
    }
    if (!answer.isOk) {
      toast(answer.detail);
      form.elements[answer.field]?.focus?.();
      return;
    }
    toast(answer.said);
    if (!answer.html) return this.onGone();
    if (lead === this.lead) this.accept(form, answer.html);
  }

  /** The form has done its work: it is empty again, and what it changed is shown. */
  accept(form, html) {
    form.reset();
    if (form.matches(".lead-sheet__note")) begun.delete(this.lead);
    if (form.matches("[data-closes]")) form.closest("details").open = false;
    form.closest(".lead-sheet__give")?.removeAttribute("open");
    this.freshen(html, form);
  }
}

export async function post(url, fields, csrf) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
    body: fields,
  });
  return { isOk: answer.ok, ...(await answer.json()) };
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("[data-body]");
}

/** A page's forms carry a token that is another one in each answer. */
function same(old, fresh) {
  const bare = old.cloneNode(true);
  bare.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => field.remove());
  return bare.innerHTML.replace(/\s+/g, " ") === fresh.innerHTML.replace(/\s+/g, " ");
}
