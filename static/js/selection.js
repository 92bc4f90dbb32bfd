/* The client's page of a selection: says that somebody looks, waits for the prices of this minute,
   sends taps. Without this script the same forms work, with a page for each tap. */

const LOOK_MS = 1200;
const LOOKS = 40;

const page = document.querySelector("[data-selection]");
const tours = page.querySelector("[data-tours]");
const said = page.querySelector("[data-said]");
const { openedUrl, toursUrl, textOffline, textChecking, textLate } = page.dataset;

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

function tell(text, isBad = false) {
  said.textContent = text;
  said.hidden = !text;
  said.classList.toggle("selection__said--bad", isBad);
}

async function refresh(query = "") {
  const answer = await fetch(toursUrl + query, { cache: "no-store" });
  if (answer.status !== 200) return false;
  const focused = document.activeElement?.closest(".tour")?.id;
  const open = [...tours.querySelectorAll("details[open]")].map((one) => one.closest(".tour")?.id ?? "compare");
  const typed = Object.fromEntries([...tours.querySelectorAll("textarea")].map((one) => [one.closest(".tour").id, one.value]));
  tours.innerHTML = await answer.text();
  for (const one of tours.querySelectorAll("details")) one.open = open.includes(one.closest(".tour")?.id ?? "compare");
  for (const one of tours.querySelectorAll("textarea")) one.value = typed[one.closest(".tour").id] ?? "";
  if (focused) document.querySelector(`#${focused} button`)?.focus({ preventScroll: true });
  return true;
}

async function opened() {
  const answer = await fetch(openedUrl, { method: "POST", headers: { "X-CSRFToken": token() } });
  if (!answer.ok || !(await answer.json()).is_checking) return;
  const age = tours.querySelector("[data-age]");
  age.textContent = textChecking;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await new Promise((go) => setTimeout(go, LOOK_MS));
    if (await refresh("?waiting=1")) return;
  }
  // Some of them may have been checked in this time.
  await refresh();
  tours.querySelector("[data-age]").textContent = textLate;
}

tours.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-act]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) form.reset();
    tell(told.said ?? told.detail, !answer.ok);
    await refresh();
  } catch {
    tell(textOffline, true);
  } finally {
    button.disabled = false;
  }
});

opened().catch(() => {});
