"""The guided search of one conversation. Its state is rows: any process can take the next step.

Callers hold the lock of the conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from botapp import steps, texts
from botapp.callbacks import Press
from botapp.models import Dialogue
from botapp.steps import Choice, Step
from botapp.topics import SEARCH_TOURS
from chat.models import Conversation, Message
from chat.services.outbound import change_bot_message, send_bot_answer
from integrations.channels.base import Button
from integrations.delivery.outbox import enqueue
from leads.selectors import current_facts
from leads.services import BOT, NewFact, forget_facts, record_facts

Rows = list[list[Button]]
# Facts that say nothing any more once another one has changed.
STALE = {"countries": ("resorts",), "children": ("children_ages",)}


class OldKey(Exception):
    """The key belongs to an older message or to a step that is over."""


def dialogue_of(conversation: Conversation) -> Dialogue:
    dialogue, _is_new = Dialogue.objects.get_or_create(conversation=conversation)
    return dialogue


def facts_of(conversation: Conversation) -> Mapping[str, Any]:
    return current_facts(conversation.lead_id) if conversation.lead_id else {}


def start(conversation: Conversation) -> None:
    """Ask the first thing that is not known yet, under a fresh message."""
    dialogue = dialogue_of(conversation)
    dialogue.trail, dialogue.skipped = [], []
    step = steps.next_step(facts_of(conversation), ())
    dialogue.step = step.name if step else ""
    ask_anew(conversation, dialogue)


def ask_anew(
    conversation: Conversation, dialogue: Dialogue, answers: Message | None = None
) -> None:
    """Show where we are under a new message; the keys of the older one go."""
    _say_anew(conversation, dialogue, _view, answers)


def offer_changes(conversation: Conversation, dialogue: Dialogue) -> None:
    """Ask which part of the wish to change."""
    _say_anew(conversation, dialogue, _change_view)


def _say_anew(
    conversation: Conversation,
    dialogue: Dialogue,
    view: Callable[[Conversation, Dialogue], tuple[str, Rows]],
    answers: Message | None = None,
) -> None:
    if dialogue.message and dialogue.message.buttons:
        change_bot_message(dialogue.message, dialogue.message.text)
    dialogue.version += 1
    text, rows = view(conversation, dialogue)
    dialogue.message = send_bot_answer(conversation, text, answers=answers, buttons=rows)
    dialogue.save()


def press(conversation: Conversation, dialogue: Dialogue, pressed: Press) -> None:
    """Take one press. Raises OldKey, or ValueError for a value that no key of ours sends."""
    acts = {"s": _answer, "k": _skip, "b": _back, "m": _month, "e": _edit}
    if pressed.action == "g":
        search(conversation, dialogue)
    else:
        acts[pressed.action](conversation, dialogue, pressed.value)


def _answer(conversation: Conversation, dialogue: Dialogue, value: str) -> None:
    name, _colon, chosen = value.partition(":")
    step = _current(dialogue, name)
    facts = facts_of(conversation)
    found = step.read(facts, chosen, timezone.localdate())
    label = _label(step, facts, conversation.language, chosen)
    _record(conversation, facts, found, label)
    _go_on(conversation, dialogue, step)


def _record(
    conversation: Conversation, facts: Mapping[str, Any], found: Mapping[str, Any], label: str
) -> None:
    if not conversation.lead_id:
        return
    stale = {name for key in found for name in STALE.get(key, ()) if name in facts}
    forget_facts(conversation.lead_id, stale, actor=BOT)
    new = [NewFact(name, value, quote=label) for name, value in found.items()]
    record_facts(conversation.lead_id, new, actor=BOT)


def _label(step: Step, facts: Mapping[str, Any], language: str, chosen: str) -> str:
    offered = step.choices(facts, language, timezone.localdate())
    labels = {choice.value: choice.label for row in offered for choice in row}
    return labels.get(chosen, chosen)


def _skip(conversation: Conversation, dialogue: Dialogue, name: str) -> None:
    step = _current(dialogue, name)
    dialogue.skipped = [*dialogue.skipped, step.name]
    _go_on(conversation, dialogue, step)


def _go_on(conversation: Conversation, dialogue: Dialogue, step: Step) -> None:
    if not dialogue.trail or dialogue.trail[-1] != step.name:
        dialogue.trail = [*dialogue.trail, step.name]
    following = steps.next_step(facts_of(conversation), dialogue.skipped)
    dialogue.step = following.name if following else ""
    if following is None:
        search(conversation, dialogue)
    else:
        _show(dialogue, *_view(conversation, dialogue))


def _back(conversation: Conversation, dialogue: Dialogue, value: str) -> None:
    if not dialogue.trail:
        raise OldKey
    *rest, name = dialogue.trail
    dialogue.trail = rest
    _ask_again(conversation, dialogue, name)


def _edit(conversation: Conversation, dialogue: Dialogue, name: str) -> None:
    if name not in steps.BY_NAME:
        raise ValueError(name)
    _ask_again(conversation, dialogue, name)


def _ask_again(conversation: Conversation, dialogue: Dialogue, name: str) -> None:
    if name == "ages" and conversation.lead_id:
        forget_facts(conversation.lead_id, ["children_ages"], actor=BOT)
    dialogue.skipped = [one for one in dialogue.skipped if one != name]
    dialogue.step = name
    _show(dialogue, *_view(conversation, dialogue))


def _month(conversation: Conversation, dialogue: Dialogue, value: str) -> None:
    _current(dialogue, "dates")
    today = timezone.localdate()
    month = steps.month_of(value, today) if value else None
    _show(dialogue, *_view(conversation, dialogue, month))


def _current(dialogue: Dialogue, name: str) -> Step:
    if not name or name != dialogue.step:
        raise OldKey
    return steps.BY_NAME[name]


def search(conversation: Conversation, dialogue: Dialogue) -> None:
    """Search with what is known; enqueues `botapp.search_tours`, which shows the results."""
    dialogue.step = ""
    dialogue.search_no += 1
    dialogue.offers, dialogue.shown = [], 0
    _show(dialogue, texts.searching(), [])
    payload = {"dialogue": dialogue.pk, "search": dialogue.search_no}
    enqueue(SEARCH_TOURS, f"dialogue:{dialogue.pk}", payload, merge=True)


def _show(dialogue: Dialogue, text: str, rows: Rows) -> None:
    if dialogue.message is None:
        raise OldKey
    change_bot_message(dialogue.message, text, buttons=rows)
    dialogue.save()


# --- what a step looks like ---


def _view(
    conversation: Conversation, dialogue: Dialogue, month: date | None = None
) -> tuple[str, Rows]:
    facts, language, today = facts_of(conversation), conversation.language, timezone.localdate()
    step = steps.BY_NAME.get(dialogue.step)
    if step is None:
        text = texts.everything_known(facts, language)
        return text, [[_search_key(dialogue)], [key(dialogue, _("Change"), "c")]]
    header = texts.step_header(facts, *steps.position(step.name), language)
    rows = _choice_rows(dialogue, step, step.choices(facts, language, today))
    if step.name == "dates":
        rows = _dates_rows(dialogue, facts, language, month)
    return f"{header}\n\n{step.question(facts)}", [*rows, *_last_rows(dialogue, step)]


def _choice_rows(dialogue: Dialogue, step: Step, rows: Sequence[Sequence[Choice]]) -> Rows:
    return [
        [key(dialogue, one.label, "s", f"{step.name}:{one.value}") for one in row] for row in rows
    ]


def _dates_rows(
    dialogue: Dialogue, facts: Mapping[str, Any], language: str, month: date | None
) -> Rows:
    today = timezone.localdate()
    if month is None:
        months = steps.BY_NAME["dates"].choices(facts, language, today)
        return [[key(dialogue, one.label, "m", one.value) for one in row] for row in months]
    whole = f"dates:{month:%Y-%m}{steps.WHOLE_MONTH}"
    days = steps.rows(steps.days_of(month, today), 7)
    return [
        [key(dialogue, _("Any day of the month"), "s", whole)],
        *_choice_rows(dialogue, steps.BY_NAME["dates"], days),
        [key(dialogue, _("Another month"), "m")],
    ]


def _last_rows(dialogue: Dialogue, step: Step) -> Rows:
    back = [key(dialogue, f"← {_('Back')}", "b")] if dialogue.trail else []
    return [[*back, key(dialogue, _("Skip"), "k", step.name)], [_search_key(dialogue)]]


def _search_key(dialogue: Dialogue) -> Button:
    return key(dialogue, _("Show tours"), "g")


def _change_view(conversation: Conversation, dialogue: Dialogue) -> tuple[str, Rows]:
    titles = texts.step_titles()
    keys = [key(dialogue, title, "e", name) for name, title in titles.items() if name != "ages"]
    text = texts.what_to_change(facts_of(conversation), conversation.language)
    return text, [*(keys[at : at + 3] for at in range(0, len(keys), 3)), [_search_key(dialogue)]]


def key(dialogue: Dialogue, label: str, action: str, value: str = "") -> Button:
    return Button(label, data=Press(dialogue.version, action, value).encode())
