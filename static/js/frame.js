/* The frame of every page: the menu's width, toasts, closing of what lies on top. */

const YEAR_S = 31536000;

function toggleSidebar(button) {
  const isNarrow = document.documentElement.classList.toggle("is-narrow");
  button.setAttribute("aria-expanded", String(!isNarrow));
  // A cookie, not localStorage: the server draws the right width at once, nothing jumps.
  document.cookie = `sidebar=${isNarrow ? "narrow" : "wide"}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** Show a short note at the bottom; with `onUndo` it offers «Undo» for ten seconds. */
export function toast(text, { onUndo = null, seconds = onUndo ? 10 : 5 } = {}) {
  const holder = document.querySelector("[data-toasts]");
  const note = document.createElement("div");
  note.className = "toast-note";
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (onUndo) {
    const undo = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: holder.dataset.undoLabel,
    });
    undo.addEventListener("click", () => {
      note.remove();
      onUndo();
    });
    note.append(undo);
  }
  holder.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
  return note;
}

/** Write a new number into the menu and the bottom bar. */
export function setCounter(key, count) {
  for (const badge of document.querySelectorAll(`[data-counter="${CSS.escape(key)}"]`)) {
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = count === 0;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle-sidebar]");
  if (button) toggleSidebar(button);
});

/** The admin's autocomplete draws its own box and leaves it without a name. */
function nameAutocompletes() {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select?.labels?.[0]?.textContent.trim();
    if (!label) continue;
    for (const part of [box, ...box.querySelectorAll("[role=textbox]")]) {
      part.setAttribute("aria-label", label);
    }
  }
}

// jQuery lets the boxes appear a moment after the page is ready.
window.addEventListener("load", () => setTimeout(nameAutocompletes, 100));

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
