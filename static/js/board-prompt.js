/* After a move: «What is next?» with the usual step of the stage. It may be left alone. */

import { refreshSoon, settings } from "./board-cards.js";
import { post } from "./sheet.js";
import { toast } from "./toast.js";

const SECONDS = 20;

/** `prompt`: `{url, text, choices: [{label, due, kind}]}`; `onOther` opens the card itself. */
export function askNextStep(lead, prompt, onOther) {
  document.querySelector("[data-next-prompt]")?.remove();
  const note = Object.assign(document.createElement("div"), { className: "toast-note next-prompt" });
  note.dataset.nextPrompt = lead;
  note.setAttribute("role", "group");
  note.setAttribute("aria-label", settings.textNext);
  const words = Object.assign(document.createElement("span"), { textContent: `${settings.textNext} ${prompt.text}:` });
  const buttons = prompt.choices.map((choice) => button(choice.label, () => plan(lead, prompt, choice)));
  note.append(words, ...buttons, button(settings.textOther, onOther), button(settings.textSkip, () => {}));
  note.addEventListener("click", (event) => event.target.closest("button") && note.remove());
  document.querySelector("[data-toasts]").append(note);
  leaveLater(note);
}

function button(text, onClick) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  made.addEventListener("click", onClick);
  return made;
}

/** It goes by itself, but not from under a hand. */
function leaveLater(note) {
  setTimeout(() => {
    if (note.matches(":hover, :focus-within")) leaveLater(note);
    else note.remove();
  }, SECONDS * 1000);
}

async function plan(lead, { url, text }, { due, kind }) {
  try {
    const answer = await post(url, new URLSearchParams({ text, due, kind }), settings.csrf);
    toast(answer.isOk ? answer.said : answer.detail);
    refreshSoon(lead);
  } catch {
    toast(settings.textOffline);
  }
}
