/* A short note over the page. A file without side effects, so that every page may import it. */

/** Show `text`; with `onUndo` it offers to take the action back, for ten seconds. */
export function toast(text, { onUndo = null, seconds = onUndo ? 10 : 6 } = {}) {
  const holder = document.querySelector("[data-toasts]");
  const note = document.createElement("div");
  note.className = "toast-note";
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (onUndo) {
    const undo = document.createElement("button");
    undo.type = "button";
    undo.textContent = holder.dataset.undoLabel;
    undo.addEventListener("click", () => {
      note.remove();
      onUndo();
    });
    note.append(undo);
  }
  holder.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}
