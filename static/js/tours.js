/* The page of tours: results as they come, names as they are typed, one tap into the selection. */

import { toast } from "./toast.js";

// The first rows must not wait for the next look; later pages may.
const FIRST_MS = 100;
const NEXT_MS = 600;
const TYPING_MS = 200;
const FLIGHTS_TRIES = 30;

const page = document.querySelector("[data-tours]");
const results = page.querySelector("[data-results]");
const form = document.getElementById("tours-post");
const { textOffline, textPicked, suggestionsUrl } = page.dataset;
const picked = new Set();

/* --- results --- */

async function look() {
  const url = new URL(results.dataset.url, location.href);
  url.searchParams.set("seen", results.dataset.seen);
  try {
    const answer = await fetch(url, { cache: "no-store" });
    if (answer.status === 200) show(await answer.text(), answer.headers);
  } catch {
    // The next look tries again.
  }
  if (results.dataset.over === "0") wait();
}

/** What was opened stays open, what was picked stays picked. */
function show(html, headers) {
  const open = [...results.querySelectorAll("details[open]")].map((one) => one.closest("li")?.querySelector("h2")?.textContent);
  results.innerHTML = html;
  results.dataset.seen = headers.get("X-Seen");
  results.dataset.over = headers.get("X-Over");
  results.setAttribute("aria-busy", results.dataset.over === "0");
  for (const hotel of results.querySelectorAll(".tours-hotel")) {
    const details = hotel.querySelector("details");
    if (details && open.includes(hotel.querySelector("h2").textContent)) details.open = true;
  }
  for (const offer of results.querySelectorAll("[data-offer]")) {
    if (picked.has(offer.dataset.offer)) mark(offer.querySelector("[data-pick]"));
  }
}

function wait() {
  const hasRows = results.querySelector(".tours-hotel");
  setTimeout(look, hasRows ? NEXT_MS : FIRST_MS);
}

/* --- one tap --- */

function mark(button) {
  if (!button) return;
  button.disabled = true;
  button.textContent = textPicked;
}

async function pick(button) {
  const offer = button.closest("[data-offer]");
  button.disabled = true;
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) {
      button.disabled = false;
      return toast(told.detail);
    }
    picked.add(offer.dataset.offer);
    mark(button);
    const draft = page.querySelector("[data-draft]");
    draft.hidden = false;
    draft.href = told.page;
    draft.querySelector("[data-draft-count]").textContent = told.count;
    toast(told.said);
  } catch {
    button.disabled = false;
    toast(textOffline);
  }
}

async function flights(button) {
  const here = button.closest("[data-offer]").querySelector("[data-flights-here]");
  here.hidden = !here.hidden;
  button.setAttribute("aria-expanded", String(!here.hidden));
  if (here.hidden || here.dataset.known) return;
  try {
    for (let tries = 0; tries < FLIGHTS_TRIES; tries += 1) {
      const first = tries === 0;
      const answer = await fetch(button.dataset.flights, first ? { method: "POST", body: new FormData(form) } : { cache: "no-store" });
      here.innerHTML = await answer.text();
      if (!here.querySelector("[data-not-yet]")) break;
      await new Promise((go) => setTimeout(go, NEXT_MS));
    }
    here.dataset.known = here.querySelector("[data-not-yet]") ? "" : "1";
  } catch {
    toast(textOffline);
  }
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick], [data-flights]");
  if (!button) return;
  event.preventDefault();
  if (button.matches("[data-pick]")) pick(button);
  else flights(button);
});

/* --- names while they are typed --- */

const list = document.getElementById("names");
let timer = 0;

async function suggest(field) {
  const before = field.value.includes(",") ? `${field.value.slice(0, field.value.lastIndexOf(",") + 1)} ` : "";
  const url = new URL(suggestionsUrl, location.href);
  url.searchParams.set("field", field.name);
  url.searchParams.set("q", field.value);
  try {
    const { names } = await (await fetch(url)).json();
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: before + name })));
  } catch {
    // Names may be typed without help.
  }
}

for (const field of page.querySelectorAll("[name=hotels], [name=resorts]")) {
  field.setAttribute("list", "names");
  field.autocomplete = "off";
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(field), TYPING_MS);
  });
}

page.querySelector("[data-lead-choice]")?.addEventListener("change", (event) => event.target.form.submit());

if (results && results.dataset.over === "0") wait();
