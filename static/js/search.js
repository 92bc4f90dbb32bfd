/* Search over everything: opens over the page, asks while one types, arrows walk the results. */

const PAUSE_MS = 150;

const sheet = document.querySelector("[data-search]");
const field = sheet?.querySelector("input[name=q]");
const results = sheet?.querySelector("[data-search-results]");
const emptyResults = results?.innerHTML;
let timer = 0;
let request = null;

export function openSearch() {
  if (!sheet || sheet.open || document.querySelector("dialog[open]")) return;
  sheet.showModal();
  field.select();
}

async function ask() {
  request?.abort();
  const words = field.value.trim();
  if (!words) {
    results.innerHTML = emptyResults;
    return;
  }
  request = new AbortController();
  const { signal } = request;
  sheet.classList.add("is-asking");
  try {
    const url = `${sheet.dataset.url}?${new URLSearchParams({ q: words })}`;
    const answer = await fetch(url, { headers: { "X-Fragment": "1" }, signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    // While the answer was on its way something newer may have been asked.
    if (signal.aborted) return;
    results.innerHTML = html;
    results.scrollTop = 0;
  } catch (error) {
    if (error.name === "AbortError") return;
    const note = document.createElement("p");
    note.className = "search-status";
    note.setAttribute("role", "status");
    note.textContent = sheet.dataset.textOffline;
    results.replaceChildren(note);
  }
  sheet.classList.remove("is-asking");
}

const rows = () => [...results.querySelectorAll("a")];

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const found = rows();
  if (step && found.length) {
    event.preventDefault();
    const at = found.indexOf(document.activeElement) + step;
    (found[Math.min(at, found.length - 1)] ?? field).focus();
  } else if (event.key === "Escape") {
    // By itself the field would only be emptied.
    event.preventDefault();
    sheet.close();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.target !== field) {
    field.focus();
  }
}

function openFirst(event) {
  event.preventDefault();
  const first = rows()[0];
  if (first && !timer && !sheet.classList.contains("is-asking")) first.click();
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    ask();
  }, PAUSE_MS);
}

if (sheet) {
  field.addEventListener("input", askSoon);
  sheet.addEventListener("keydown", walk);
  sheet.querySelector("form").addEventListener("submit", openFirst);
  sheet.addEventListener("click", (event) => {
    // The backdrop belongs to the dialog itself.
    if (event.target === sheet || event.target.closest("[data-search-close]")) sheet.close();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-search-open]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openSearch();
  });
  document.addEventListener("keydown", (event) => {
    // By place on the keyboard: the key says «л» when Russian is switched on.
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK") {
      event.preventDefault();
      openSearch();
    }
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    document.querySelector(".search-opener kbd").textContent = "⌘ K";
  }
}
