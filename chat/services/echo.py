"""Words from our side of a chat that did not come from here: typed in the phone, or our own."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services.bot_return import plan_bot_return
from chat.services.changes import settle_early_reports
from chat.services.feed import announce
from chat.services.files import add_attachments, last_words
from chat.services.inbound import ensure_conversation
from chat.services.modes import silence_bot
from chat.topics import SEND_MESSAGE, conversation_key
from integrations.channels.base import InboundEcho
from integrations.models import IntegrationAccount, OutboxMessage

Author, Delivery = Message.Author, Message.Delivery
# An echo comes within seconds; a slow answer and a queue on their side take minutes.
OURS_WITHIN = timedelta(minutes=15)
SAVED = (
    "last_message_at", "last_text", "unanswered_since", "bot_returns_at", "snoozed_until",
    "snoozed_by", "updated_at",
)  # fmt: skip


@transaction.atomic
def receive_echo(account: IntegrationAccount, echo: InboundEcho) -> bool:
    """Take in what went out from our side. False if it is known.

    First it may be our own message whose answer is still on its way, or was lost: then it only
    gives that message its id. Otherwise a colleague has typed it in the phone: the bot is silent
    from now on, and the client has been answered. Safe twice.
    """
    said = echo.message
    conversation = ensure_conversation(account, said.chat_id, said.sender, group=said.group)
    if conversation.messages.filter(external_id=said.external_id).exists():
        return False
    own = _own_waiting(conversation, echo)
    if own:
        _recognise(own, said.external_id)
        return True
    message = _store(conversation, echo)
    silence_bot(conversation, user=message.user)
    _touch(conversation, message)
    return True


def _own_waiting(conversation: Conversation, echo: InboundEcho) -> Message | None:
    """The oldest message of ours with these words that has left and has no id yet."""
    said = echo.message
    has_file = bool(said.attachments) and not said.text
    waiting = conversation.messages.filter(
        Q(delivery=Delivery.PENDING) | Q(delivery=Delivery.SENT) | Q(delivery=Delivery.FAILED),
        author__in=(Author.BOT, Author.STAFF),
        external_id=None,
        created_at__gte=timezone.now() - OURS_WITHIN,
        attachments__isnull=not has_file,
    )
    words = _words(said.text)
    same = (one for one in waiting.order_by("pk") if _words(one.text) == words)
    return next((one for one in same if _has_left(one)), None)


def _words(text: str) -> str:
    return " ".join(text.split())


def _has_left(message: Message) -> bool:
    """Whether it may have reached the messenger: what waits or was refused can't come back."""
    Status = OutboxMessage.Status
    unknown = Q(status=Status.NEEDS_ATTENTION, error_kind=OutboxMessage.ErrorKind.AMBIGUOUS)
    left = Q(status__in=(Status.IN_FLIGHT, Status.DONE)) | unknown
    return _action_of(message).filter(left).exists()


def _action_of(message: Message) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        topic=SEND_MESSAGE,
        key=conversation_key(message.conversation_id),
        payload__message=message.pk,
    )


def _recognise(message: Message, external_id: str) -> None:
    """It has arrived, whatever we thought; nobody needs to decide about it any more."""
    message.external_id = external_id
    message.delivery, message.delivery_error = Delivery.SENT, ""
    message.save(update_fields=["external_id", "delivery", "delivery_error"])
    _action_of(message).filter(status=OutboxMessage.Status.NEEDS_ATTENTION).update(
        status=OutboxMessage.Status.DONE, done_at=timezone.now(), error="", error_kind=""
    )
    account = message.conversation.account
    transaction.on_commit(lambda: settle_early_reports(account, external_id))
    announce(message.conversation_id, "message.changed", message.pk)


def _store(conversation: Conversation, echo: InboundEcho) -> Message:
    said = echo.message
    known = int(echo.author_id) if echo.author_id.isdecimal() and len(echo.author_id) < 10 else 0
    message = Message.objects.create(
        conversation=conversation,
        author=Author.STAFF,
        user=User.objects.filter(pk=known, is_staff=True).first() if known else None,
        author_name=echo.author_name[:120],
        text=said.text,
        external_id=said.external_id,
        delivery=Delivery.SENT,
        sent_at=said.sent_at,
    )
    add_attachments(message, said)
    account, external_id = conversation.account, said.external_id
    transaction.on_commit(lambda: settle_early_reports(account, external_id))
    announce(conversation.pk, "message.created", message.pk)
    return message


def _touch(conversation: Conversation, message: Message) -> None:
    plan_bot_return(conversation)
    conversation.last_message_at = message.created_at
    conversation.last_text = last_words(message)
    conversation.unanswered_since = None
    conversation.snoozed_until = conversation.snoozed_by = None
    conversation.save(update_fields=SAVED)
