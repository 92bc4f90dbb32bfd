/* A part of a page that changes while the worker works: asked for again until it says it is over. */

const NEXT_MS = 1000;
const part = document.querySelector("[data-poll]");

async function look() {
  try {
    const answer = await fetch(part.dataset.poll, { cache: "no-store", headers: { "X-Fragment": "1" } });
    if (answer.ok) part.innerHTML = await answer.text();
  } catch {
    // The next look tries again.
  }
  later();
}

function later() {
  if (part.querySelector("[data-poll-again]")) setTimeout(look, NEXT_MS);
}

if (part) later();
