/* The dialog that asks for a stage, and for the reason when a client is lost. */

const LOST = "lost";

/** Resolve to `{stage, lost_reason}`, or to null when the person thinks better of it. */
export function askWhere({ title, stage, isReasonOnly = false }) {
  const dialog = document.getElementById("move-dialog");
  const form = dialog.querySelector("[data-move-form]");
  form.reset();
  dialog.returnValue = "";
  dialog.querySelector("[data-move-who]").textContent = title;
  dialog.querySelector("[data-stage-field]").hidden = isReasonOnly;
  form.elements.stage.value = stage;
  showReason(dialog, form);
  form.elements.stage.onchange = () => showReason(dialog, form);
  dialog.querySelector("[data-move-cancel]").onclick = () => dialog.close("");
  dialog.showModal();
  (isReasonOnly ? form.elements.lost_reason : form.elements.stage).focus();
  return new Promise((decide) => {
    dialog.addEventListener("close", () => decide(answerOf(dialog, form)), { once: true });
  });
}

function showReason(dialog, form) {
  const isLost = form.elements.stage.value === LOST;
  dialog.querySelector("[data-reason-field]").hidden = !isLost;
  form.elements.lost_reason.required = isLost;
}

function answerOf(dialog, form) {
  if (dialog.returnValue !== "move") return null;
  const { stage, lost_reason: reason } = form.elements;
  return { stage: stage.value, lost_reason: stage.value === LOST ? reason.value : "" };
}
