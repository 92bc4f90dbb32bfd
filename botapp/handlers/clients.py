"""What a client says in their own chat: commands, words, contacts."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from botapp import texts
from botapp.bookings import say_bookings
from botapp.bridge import Turn, argument
from botapp.callbacks import Press
from botapp.calls import show_typing
from botapp.contacts import take_contact
from botapp.dialogs import dialogue_of
from botapp.dialogs import start as start_search
from botapp.results import ask_manager
from botapp.selections import open_selection
from botapp.sources import note_source
from chat.inbox import take_in
from chat.models import Conversation
from chat.policy import current_mode
from chat.services.inbound import receive_message
from chat.services.opt_out import hear_opt_out
from chat.services.outbound import send_bot_answer
from integrations.channels.base import Button, InboundMessage


def kept(turn: Turn) -> bool:
    """Put a command into the thread without asking the bot about it. False if it is known."""
    stored = [
        receive_message(turn.account, item, conversation=turn.conversation, is_handled=True)
        for item in turn.items
        if isinstance(item, InboundMessage)
    ]
    return any(stored)


def start(turn: Turn) -> None:
    if not kept(turn):
        return
    hear_opt_out(turn.conversation, "start")
    payload = argument(turn)
    if payload and open_selection(turn.conversation, payload):
        return
    note_source(turn.conversation, payload)
    client = turn.conversation.client
    hello = texts.welcome(client.name.split(" ")[0])
    send_bot_answer(turn.conversation, hello, buttons=_first_keys(turn))


def _first_keys(turn: Turn) -> list[list[Button]]:
    dialogue = dialogue_of(turn.conversation)
    return [
        [Button(_("Find a tour"), data=Press(dialogue.version, "t").encode())],
        [Button(_("Talk to a manager"), data=Press(dialogue.version, "h").encode())],
    ]


def tours(turn: Turn) -> None:
    if kept(turn):
        start_search(turn.conversation)


def my_bookings(turn: Turn) -> None:
    if kept(turn):
        say_bookings(turn.conversation)


def operator(turn: Turn) -> None:
    if kept(turn):
        ask_manager(turn.conversation, None)


def language(turn: Turn) -> None:
    if not kept(turn):
        return
    names = {"ru": "Русский", "kk": "Қазақша", "en": "English"}
    keys = [Button(name, data=Press(0, "l", code).encode()) for code, name in names.items()]
    send_bot_answer(turn.conversation, texts.choose_language(), buttons=[keys])


def speak(conversation: Conversation, code: str) -> None:
    """From now on in this language. Raises ValueError for one we don't speak."""
    if code not in ("ru", "kk", "en"):
        raise ValueError(code)
    conversation.language = conversation.client.language = code
    conversation.client.save(update_fields=["language", "updated_at"])
    conversation.save(update_fields=["language", "updated_at"])
    with translation.override(code):
        send_bot_answer(conversation, texts.language_set())


def help_me(turn: Turn) -> None:
    if kept(turn):
        send_bot_answer(turn.conversation, texts.help_text())


def unknown_command(turn: Turn) -> None:
    help_me(turn)


def stop(turn: Turn) -> None:
    """No more of what nobody asked for; the request to be forgotten is one key away."""
    if not kept(turn):
        return
    hear_opt_out(turn.conversation, "stop")
    keys = [[Button(_("Delete my data"), data=Press(0, "x").encode())]]
    send_bot_answer(turn.conversation, texts.stopped(), buttons=keys)


def words(turn: Turn) -> None:
    """Anything else goes the way of every channel; meanwhile the client sees that it is read."""
    conversation = turn.conversation
    is_new = take_in(turn.account, turn.items, conversation)
    if is_new and current_mode(conversation) == Conversation.Mode.BOT:
        show_typing(turn.account.pk, turn.chat_id)


def contact(turn: Turn) -> None:
    message = turn.update.effective_message
    if message is None or message.contact is None or not kept(turn):
        return
    shared = message.contact
    is_own = str(shared.user_id or "") == turn.sender.external_id
    take_contact(turn.conversation, shared.phone_number, is_own=is_own)


def changed_words(turn: Turn) -> None:
    take_in(turn.account, turn.items)
