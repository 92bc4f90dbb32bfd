"""What customers say, from any channel."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chat.listeners import on_customer_message
from chat.models import Attachment, Conversation, Message
from chat.services.feed import announce
from chat.services.files import add_attachments, last_words
from chat.services.opt_out import hear_opt_out
from chat.services.windows import keep_window_open
from chat.topics import RESPOND, conversation_key
from integrations.channels.base import InboundMessage, Sender
from integrations.delivery.outbox import enqueue
from integrations.models import IntegrationAccount
from leads.services import Actor, ensure_client, ensure_open_lead

SAVED = (
    "last_message_at", "last_text", "unanswered_since", "snoozed_until", "snoozed_by",
    "gone_since", "gone_reason", "window_closes_at", "updated_at",
)  # fmt: skip
Mode = Conversation.Mode


@transaction.atomic
def receive_message(
    account: IntegrationAccount,
    inbound: InboundMessage,
    *,
    conversation: Conversation | None = None,
    is_handled: bool = False,
) -> bool:
    """Store a customer's message and let the bot think about it.

    Makes client, lead and conversation on first sight. Returns False if the message is known.
    Enqueues `chat.respond`, merged per conversation: a burst gets one answer; and
    `chat.fetch_file` for each file. `is_handled`: a command that the caller answers itself.
    `conversation`: what `ensure_conversation` has given in this transaction.
    """
    conversation = conversation or ensure_conversation(
        account, inbound.chat_id, inbound.sender, group=inbound.group
    )
    if _is_known(conversation, inbound):
        return False
    message = _join_album(conversation, inbound) or _store(conversation, inbound, is_handled)
    add_attachments(message, inbound)
    keep_window_open(conversation, inbound.sent_at)
    is_quiet = is_handled or conversation.is_group or hear_opt_out(conversation, inbound.text)
    _touch(conversation, message, is_waiting=not is_quiet)
    if not is_quiet:
        ask_to_respond(conversation)
        for tell in on_customer_message:
            tell(conversation)
    return True


def ask_to_respond(conversation: Conversation) -> None:
    """Let the bot think about what is unread, once for a burst."""
    enqueue(
        RESPOND,
        conversation_key(conversation.pk),
        {"conversation": conversation.pk},
        merge=True,
        delay=timedelta(milliseconds=settings.REPLY_DELAY_MS),
    )


def ensure_conversation(
    account: IntegrationAccount,
    chat_id: str,
    sender: Sender,
    *,
    group: str = "",
    language: str = "ru",
) -> Conversation:
    """Return the locked conversation with an open lead; a group has none.

    `language`: that of a new conversation.
    """
    source = account.messenger
    client = ensure_client(source, sender.external_id, name=sender.name or _group_name(group))
    if group:
        return _locked_talk(account, chat_id, client=client, is_group=True, mode=Mode.HUMAN)
    lead = ensure_open_lead(client, source=source, actor=Actor(user=None, origin="chat"))
    conversation = _locked_talk(account, chat_id, client=lead.client, lead=lead, language=language)
    is_other = conversation.lead_id != lead.pk
    conversation.lead = lead
    if is_other:
        conversation.save(update_fields=["lead", "updated_at"])
    return conversation


def _group_name(group: str) -> str:
    return _("Group %(id)s") % {"id": group[-6:]} if group else ""


def _locked_talk(account: IntegrationAccount, chat_id: str, **defaults: object) -> Conversation:
    locked = Conversation.objects.select_for_update(no_key=True)
    conversation = locked.filter(account=account, external_id=chat_id).first()
    if conversation is None:
        talk, _is_new = Conversation.objects.get_or_create(
            account=account, external_id=chat_id, defaults=defaults
        )
        conversation = locked.get(pk=talk.pk)
    conversation.account = account
    return conversation


def _is_known(conversation: Conversation, inbound: InboundMessage) -> bool:
    if conversation.messages.filter(external_id=inbound.external_id).exists():
        return True
    pieces = Attachment.objects.filter(message__conversation=conversation)
    return bool(inbound.album) and pieces.filter(external_id=inbound.external_id).exists()


def _join_album(conversation: Conversation, inbound: InboundMessage) -> Message | None:
    """The message that the other files of the album made, with the album's words."""
    if not inbound.album:
        return None
    message = conversation.messages.filter(album=inbound.album).first()
    if message is None:
        return None
    if inbound.text:
        message.text = f"{message.text}\n{inbound.text}".strip()
        message.save(update_fields=["text"])
    announce(conversation.pk, "message.changed", message.pk)
    return message


def _store(conversation: Conversation, inbound: InboundMessage, is_handled: bool) -> Message:
    quoted = None
    if inbound.reply_to:
        quoted = conversation.messages.filter(external_id=inbound.reply_to).first()
    message = Message.objects.create(
        conversation=conversation,
        author=Message.Author.CUSTOMER,
        text=inbound.text,
        external_id=inbound.external_id,
        author_name=inbound.author_name,
        reply_to=quoted,
        album=inbound.album,
        is_handled=is_handled,
        delivery=Message.Delivery.RECEIVED,
        sent_at=inbound.sent_at,
    )
    announce(conversation.pk, "message.created", message.pk)
    return message


def _touch(conversation: Conversation, message: Message, *, is_waiting: bool) -> None:
    conversation.last_message_at = message.created_at
    conversation.last_text = last_words(message)
    if is_waiting:
        conversation.unanswered_since = conversation.unanswered_since or message.created_at
    conversation.snoozed_until = conversation.snoozed_by = None
    conversation.gone_since, conversation.gone_reason = None, ""
    conversation.save(update_fields=SAVED)
