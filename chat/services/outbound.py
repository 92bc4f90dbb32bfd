"""What we say to customers: managers' answers and the bot's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from chat.canned import refuse_unfilled
from chat.models import Conversation, Message
from chat.services.bot_return import plan_bot_return
from chat.services.feed import announce
from chat.services.files import attach_file, last_words
from chat.services.modes import silence_bot
from chat.services.windows import refuse_closed
from chat.topics import EDIT_MESSAGE, SEND_MESSAGE, conversation_key
from common.errors import Conflict, InvalidInput
from common.text import split_text, utf16_length
from integrations.channels.base import Button, Capabilities
from integrations.delivery.outbox import enqueue
from integrations.registry import channel_capabilities

Author, Delivery = Message.Author, Message.Delivery
SAVED = (
    "last_message_at", "last_text", "unanswered_since", "bot_returns_at", "snoozed_until",
    "snoozed_by", "updated_at",
)  # fmt: skip


# A longer text is a file, and more files are a mail.
MOST_PARTS, MOST_FILES = 5, 10
Buttons = Sequence[Sequence[Button]]


@dataclass(frozen=True)
class NewFile:
    """A file that somebody wants to send; `name` is shown only."""

    name: str
    content: bytes


@transaction.atomic
def send_reply(
    conversation_id: int,
    text: str,
    *,
    user: User,
    client_key: str,
    seen_id: int | None = None,
    reply_to_id: int | None = None,
    files: Sequence[NewFile] = (),
) -> Message:
    """Send a manager's answer; the bot of this conversation is silent from now on.

    `client_key` is made by the page: the same key is the same message. `seen_id` is the last
    message the writer had on the screen: Conflict if a colleague has answered since. Each file is a
    message of its own, after the words. Enqueues `chat.send_message`.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=client_key).first()
    if known:
        return known
    if seen_id is not None and _answered_since(conversation, seen_id, user):
        raise Conflict(
            _("A colleague has answered meanwhile. Read it; send again if yours is still needed."),
            code="colleague_answered",
        )
    refuse_closed(conversation)
    _refuse_files(conversation, files)
    parts = _parts(conversation, text, may_be_empty=bool(files))
    silence_bot(conversation, user=user)
    plan_bot_return(conversation)
    conversation.reply_drafts.filter(user=user).delete()
    quoted = conversation.messages.filter(pk=reply_to_id).first() if reply_to_id else None
    first = Message(author=Author.STAFF, user=user, client_key=client_key, reply_to=quoted)
    _send_parts(conversation, first, parts)
    for number, file in enumerate(files):
        is_first = not parts and number == 0
        message = first if is_first else Message(author=Author.STAFF, user=user)
        _send(conversation, message, "", file=file)
    return first


def _answered_since(conversation: Conversation, seen_id: int, user: User) -> bool:
    later = conversation.messages.filter(pk__gt=seen_id, author=Author.STAFF)
    return later.exclude(user=user).exclude(delivery=Delivery.CANCELLED).exists()


def send_approved(conversation: Conversation, text: str, *, user: User, client_key: str) -> Message:
    """Send a draft a manager approved. Who speaks stays as it is; the caller holds the lock."""
    refuse_closed(conversation)
    plan_bot_return(conversation)
    message = Message(author=Author.STAFF, user=user, client_key=client_key)
    return _send_parts(conversation, message, _parts(conversation, text))


def send_bot_answer(
    conversation: Conversation, text: str, *, answers: Message | None = None, buttons: Buttons = ()
) -> Message:
    """Send words of the bot; an answer to a customer's message goes once.

    The caller holds the lock.
    The customer still counts as waiting if the bot has handed over to a person. Returns the last
    message, the one with the keys.
    """
    message = Message(author=Author.BOT, answers=answers)
    return _send_parts(conversation, message, _parts(conversation, text), buttons)


def change_bot_message(message: Message, text: str, *, buttons: Buttons = ()) -> None:
    """Let a message of the bot say something else, where the channel can.

    The caller holds the lock. Enqueues `chat.edit_message`, merged: only the last state travels.
    """
    message.text, message.buttons = text, _stored(buttons)
    message.save(update_fields=["text", "buttons"])
    enqueue(EDIT_MESSAGE, f"message:{message.pk}", {"message": message.pk}, merge=True)
    announce(message.conversation_id, "message.changed", message.pk)


def _stored(buttons: Buttons) -> list[list[list[str]]]:
    return [[[one.label, one.data, one.url] for one in row] for row in buttons]


def _send_parts(
    conversation: Conversation, first: Message, parts: Sequence[str], buttons: Buttons = ()
) -> Message:
    """Send a text that was cut where the channel takes no longer one; return the first part, or
    the one that carries the keys."""
    author, user = first.author, first.user
    message = first
    for number, part in enumerate(parts):
        message = first if number == 0 else Message(author=author, user=user)
        message.buttons = _stored(buttons) if number == len(parts) - 1 else []
        _send(conversation, message, part)
    return message if buttons else first


def send_template_message(conversation: Conversation, message: Message, text: str) -> Message:
    """Send an approved template; the caller holds the lock and has checked everything."""
    return _send(conversation, message, text)


@transaction.atomic
def send_notice(conversation_id: int, text: str, *, key: str) -> Message:
    """Tell a client something by itself (a reminder, a link), once per `key`.

    Whoever waits for an answer keeps waiting, and who speaks stays as it is. Enqueues
    `chat.send_message`. Raises Conflict where the messenger takes nothing now.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=key).first()
    if known:
        return known
    refuse_closed(conversation)
    waits_since = conversation.unanswered_since
    message = Message(author=Author.BOT, client_key=key)
    _send_parts(conversation, message, _parts(conversation, text))
    if waits_since:
        Conversation.objects.filter(pk=conversation_id).update(unanswered_since=waits_since)
    return message


def _send(
    conversation: Conversation, message: Message, text: str, file: NewFile | None = None
) -> Message:
    message.text, message.conversation, message.delivery = text, conversation, Delivery.PENDING
    message.save(force_insert=True)
    if file:
        attach_file(message, file.name, file.content)
    conversation.last_message_at = message.created_at
    conversation.last_text = last_words(message)
    if conversation.mode == Conversation.Mode.BOT or message.author == Author.STAFF:
        conversation.unanswered_since = None
    if message.author == Author.STAFF:
        conversation.snoozed_until = conversation.snoozed_by = None
    conversation.save(update_fields=SAVED)
    enqueue(SEND_MESSAGE, conversation_key(conversation.pk), {"message": message.pk})
    announce(conversation.pk, "message.created", message.pk)
    return message


def _parts(conversation: Conversation, text: str, *, may_be_empty: bool = False) -> list[str]:
    text = text.strip()
    refuse_unfilled(text)
    limits = capabilities_of(conversation)
    if not text and not may_be_empty:
        raise InvalidInput(_("Write something first."), code="empty", field="text")
    if utf16_length(text) <= limits.text_limit:
        return [text] if text else []
    parts = split_text(text, limits.text_limit) if limits.splits_text else []
    if not 1 <= len(parts) <= MOST_PARTS:
        most = limits.text_limit * (MOST_PARTS if limits.splits_text else 1)
        message = _("The message is too long for this channel: at most %(limit)s characters.")
        raise InvalidInput(message % {"limit": most}, code="too_long", field="text")
    return parts


def _refuse_files(conversation: Conversation, files: Sequence[NewFile]) -> None:
    if not files:
        return
    limits = capabilities_of(conversation)
    if not limits.files:
        raise InvalidInput(_("Files can't be sent in this channel."), code="files", field="files")
    if len(files) > MOST_FILES:
        message = _("At most %(count)s files at once.") % {"count": MOST_FILES}
        raise InvalidInput(message, code="too_many", field="files")
    if any(len(file.content) > limits.file_limit_bytes for file in files):
        message = _("The file is larger than %(size)s MB.")
        size = limits.file_limit_bytes // (1024 * 1024)
        raise InvalidInput(message % {"size": size}, code="too_large", field="files")


def capabilities_of(conversation: Conversation) -> Capabilities:
    return channel_capabilities(conversation.account)
