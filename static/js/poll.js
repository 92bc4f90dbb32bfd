/* A part of a page that changes while the worker works: asked for again until it says it is over.
   `data-poll-again` may name the pause in ms. What has not changed is not drawn anew. */

const NEXT_MS = 1000;
const part = document.querySelector("[data-poll]");
let shown = "";

async function look() {
  try {
    const answer = await fetch(part.dataset.poll, { cache: "no-store", headers: { "X-Fragment": "1" } });
    if (answer.ok) show(await answer.text());
  } catch {
    // The next look tries again.
  }
  later();
}

/** Whoever stands on a link goes on standing there. */
function show(html) {
  if (html === shown) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = shown = html;
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function later() {
  const again = part.querySelector("[data-poll-again]");
  if (again) setTimeout(look, Number(again.dataset.pollAgain) || NEXT_MS);
}

if (part) later();
