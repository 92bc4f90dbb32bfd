"""Pressed keys. Whatever they hold, they reach only the talk of the chat they were pressed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import translation

from botapp import texts
from botapp.bookings import say_booking
from botapp.bridge import Turn
from botapp.callbacks import Press, decode
from botapp.calls import answer_press
from botapp.dialogs import OldKey, ask_anew, dialogue_of, offer_changes
from botapp.dialogs import press as press_step
from botapp.dialogs import start as start_search
from botapp.erasure import request_erasure
from botapp.handlers.clients import speak
from botapp.handlers.staff import press_in_staff_chat
from botapp.models import Dialogue
from botapp.results import ask_manager, show_more, want
from botapp.selections import choose_item
from botapp.steps import AlreadyKnown
from chat.models import Conversation, Message

OF_A_STEP = "skbmeg"


def press(turn: Turn) -> None:
    """Every press is answered, also one that means nothing any more."""
    query = turn.update.callback_query
    assert query is not None
    if press_in_staff_chat(turn):
        return
    if turn.chat_id != turn.sender.external_id:
        # A talk of two has one person in it; anything else is a forgery.
        answer_press(turn.account.pk, query.id)
        return
    pressed = decode(query.data or "")
    conversation = turn.conversation
    with translation.override(conversation.language):
        try:
            said = _act(turn, conversation, pressed) if pressed else texts.old_key()
        except (OldKey, ValueError, KeyError):
            said = _where_we_are(conversation)
    answer_press(turn.account.pk, query.id, said)


def _where_we_are(conversation: Conversation) -> str:
    """Politely: the old key does nothing, the present question stands below again."""
    dialogue = dialogue_of(conversation)
    if dialogue.step:
        ask_anew(conversation, dialogue)
    return texts.old_key()


def _act(turn: Turn, conversation: Conversation, pressed: Press) -> str:
    """Do what the key says; return what to show on the pressed key, if anything."""
    dialogue = dialogue_of(conversation)
    if pressed.action in OF_A_STEP:
        return _press_step(turn, conversation, dialogue, pressed)
    acts: dict[str, Callable[[], Any]] = {
        "t": lambda: start_search(conversation),
        "c": lambda: offer_changes(conversation, dialogue),
        "n": lambda: show_more(conversation, dialogue, pressed.value),
        "w": lambda: want(conversation, dialogue, _card(turn, conversation)),
        "v": lambda: choose_item(conversation, dialogue, pressed.value, _card(turn, conversation)),
        "q": lambda: ask_manager(conversation, _card(turn, conversation)),
        "h": lambda: ask_manager(conversation, None),
        "l": lambda: speak(conversation, pressed.value),
        "x": lambda: request_erasure(conversation),
        "p": lambda: say_booking(conversation, pressed.value),
    }
    return texts.already_noted() if acts[pressed.action]() is False else ""


def _press_step(turn: Turn, conversation: Conversation, dialogue: Dialogue, pressed: Press) -> str:
    if pressed.version != dialogue.version:
        raise OldKey
    name = pressed.value.partition(":")[0]
    if pressed.action in "sk" and name != dialogue.step and name in dialogue.trail:
        # The second of two quick taps.
        return texts.already_noted()
    try:
        press_step(conversation, dialogue, pressed)
    except AlreadyKnown:
        return texts.already_noted()
    return ""


def _card(turn: Turn, conversation: Conversation) -> Message:
    """The message of ours under which the key was pressed. Raises OldKey."""
    query = turn.update.callback_query
    assert query is not None
    shown = str(query.message.message_id) if query.message else ""
    cards = conversation.messages.filter(external_id=shown, author=Message.Author.BOT)
    card = cards.first()
    if card is None:
        raise OldKey
    return card
