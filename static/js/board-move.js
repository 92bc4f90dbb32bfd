/* Moving cards: by mouse and finger, by the dialog, and back again. */

import { cardOf, refreshSoon, setDragging, settings, show, titleOf } from "./board-cards.js";
import { askWhere } from "./board-dialog.js";
import { askNextStep } from "./board-prompt.js";
import { open } from "./board-sheet.js";
import { post } from "./sheet.js";
import { toast } from "./toast.js";

/** Ask the server to move a card. `giveBack` puts it where it was if nobody answers. */
export async function move(lead, fields, { giveBack = () => {}, said = "" } = {}) {
  cardOf(lead)?.classList.add("is-moving");
  let answer;
  try {
    answer = await post(settings.moveUrl, new URLSearchParams({ lead, ...fields }), settings.csrf);
  } catch {
    giveBack();
    toast(settings.textOffline);
    return;
  } finally {
    cardOf(lead)?.classList.remove("is-moving");
  }
  if (!answer.isOk) {
    giveBack();
    if (answer.card) show(answer.card);
    toast(answer.detail);
    return;
  }
  show(answer);
  refreshSoon(lead);
  cardOf(lead)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (said) return toast(said);
  toast(answer.said, { onUndo: () => undo(lead, answer.undo) });
  if (answer.prompt) askNextStep(lead, answer.prompt, () => open(lead));
}

function undo(lead, { stage, lost_reason: reason, version }) {
  document.querySelector(`[data-next-prompt="${lead}"]`)?.remove();
  move(lead, { stage, version, lost_reason: reason ?? "" }, { said: settings.textUndone });
}

export async function moveByDialog(card) {
  const lead = card.dataset.lead;
  const wish = await askWhere({ title: titleOf(card), stage: card.dataset.stage });
  const current = cardOf(lead);
  current?.querySelector(".lead-card__move")?.focus();
  if (wish && current && wish.stage !== current.dataset.stage) {
    move(lead, { ...wish, version: current.dataset.version });
  }
}

async function onDrop({ item, from, to }, giveBack) {
  setDragging(false);
  const stage = to.dataset.cards;
  if (from === to) return;
  const fields = { stage, version: item.dataset.version };
  if (stage === "lost") {
    const wish = await askWhere({ title: titleOf(item), stage, isReasonOnly: true });
    if (!wish) return giveBack();
    fields.lost_reason = wish.lost_reason;
  }
  move(item.dataset.lead, fields, { giveBack });
}

export function makeDraggable(column) {
  let home = null;
  const giveBack = () => {
    const card = home && cardOf(home.lead);
    if (card && !home.column.contains(card)) home.column.insertBefore(card, home.next);
  };
  window.Sortable.create(column, {
    group: "leads",
    sort: false,
    draggable: ".lead-card",
    animation: 150,
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 6,
    scrollSensitivity: 80,
    onStart({ item }) {
      setDragging(true);
      const next = item.nextElementSibling;
      home = { lead: item.dataset.lead, column, next };
    },
    onEnd: (event) => onDrop(event, giveBack),
  });
}
