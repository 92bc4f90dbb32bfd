// Keeps what a client types on the page for tourists' data, a moment after each change.
const form = document.querySelector("[data-tourists]");
const state = form.querySelector("[data-state]");
const PAUSE_MS = 700;
let timer = 0;
let isHandedIn = false;

async function keep() {
  const answer = await fetch(form.dataset.keepUrl, { method: "POST", body: new FormData(form) });
  if (!answer.ok) throw new Error("not kept");
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (isHandedIn) return;
    try {
      await keep();
      state.textContent = form.dataset.kept;
    } catch {
      state.textContent = form.dataset.lost;
    }
  }, PAUSE_MS);
}

form.addEventListener("input", later);
form.addEventListener("submit", () => {
  isHandedIn = true;
  clearTimeout(timer);
});
