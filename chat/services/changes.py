"""What happens to messages after they were written: changed, taken back, delivered, read."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chat.models import Attachment, Conversation, EarlyReport, Message, MessageVersion
from chat.services.feed import announce
from integrations.channels.base import DeliveryUpdate, InboundDeletion, InboundEdit
from integrations.models import IntegrationAccount

Delivery = Message.Delivery
# A report only moves a message forward; what comes late or twice changes nothing. «Sent» that comes
# after «failed» is late; «delivered» after it is the truth.
RANK = {
    Delivery.PENDING: 0,
    Delivery.SENT: 1,
    Delivery.FAILED: 2,
    Delivery.DELIVERED: 3,
    Delivery.READ: 4,
}


@transaction.atomic
def apply_edit(account: IntegrationAccount, edit: InboundEdit) -> bool:
    """Take over a message's new words; the old ones are kept. False if nothing is new.

    Whoever changes words the bot has already answered waits for a person to look at them.
    """
    message = _locked_message(account, edit.chat_id, edit.external_id)
    if message is None or message.deleted_at or message.text == edit.text:
        return False
    if message.edited_at and message.edited_at > edit.edited_at:
        return False
    MessageVersion.objects.create(message=message, text=message.text, replaced_at=edit.edited_at)
    message.text, message.edited_at = edit.text, edit.edited_at
    message.save(update_fields=["text", "edited_at"])
    _show_in_list(message)
    announce(message.conversation_id, "message.changed", message.pk)
    return True


@transaction.atomic
def apply_deletion(account: IntegrationAccount, deletion: InboundDeletion) -> bool:
    """Mark a message as taken back; its words stay for the agency. Safe twice."""
    message = _locked_message(account, deletion.chat_id, deletion.external_id)
    if message is None or message.deleted_at:
        return False
    message.deleted_at = deletion.deleted_at
    message.save(update_fields=["deleted_at"])
    announce(message.conversation_id, "message.changed", message.pk)
    return True


def _locked_message(account: IntegrationAccount, chat_id: str, external_id: str) -> Message | None:
    talks = Conversation.objects.filter(account=account, external_id=chat_id)
    conversation = talks.select_for_update(no_key=True).first()
    if conversation is None:
        return None
    found = conversation.messages.filter(external_id=external_id).first()
    if found:
        return found
    pieces = Attachment.objects.filter(message__conversation=conversation, external_id=external_id)
    piece = pieces.select_related("message").first()
    return piece.message if piece else None


def _show_in_list(message: Message) -> None:
    conversation = message.conversation
    is_answered = message.pk <= conversation.understood_id and not conversation.unanswered_since
    if message.author == Message.Author.CUSTOMER and is_answered:
        conversation.unanswered_since = message.edited_at
    if not conversation.messages.filter(pk__gt=message.pk).exists():
        conversation.last_text = message.text[:120]
    conversation.save(update_fields=["unanswered_since", "last_text", "updated_at"])


@transaction.atomic
def apply_delivery_update(account: IntegrationAccount, update: DeliveryUpdate) -> bool:
    """Note what became of a message of ours; reports may come in any order and twice.

    A report that is faster than the answer to our own call is kept until the message has its id.
    """
    message = _own_message(account, update.external_id)
    if message is not None:
        return _report(message, update.status, update.reason)
    EarlyReport.objects.create(
        account=account.owner,
        external_id=update.external_id,
        status=update.status,
        reason=update.reason[:300],
    )
    # The message may get its id between our look and our commit: whoever commits last sees both.
    transaction.on_commit(lambda: settle_early_reports(account, update.external_id))
    return True


def settle_early_reports(account: IntegrationAccount, external_id: str) -> None:
    """Apply the reports that waited for a message's id. Safe twice; nothing if it is not there."""
    waiting = EarlyReport.objects.filter(account=account.owner, external_id=external_id)
    if waiting.exists():
        _settle(account, external_id, waiting)


@transaction.atomic
def _settle(account: IntegrationAccount, external_id: str, waiting: QuerySet[EarlyReport]) -> None:
    message = _own_message(account, external_id)
    if message is None:
        return
    for report in waiting.order_by("pk"):
        _report(message, report.status, report.reason)
    waiting.delete()


def _own_message(account: IntegrationAccount, external_id: str) -> Message | None:
    """Locked. A report does not say through which of a connection's channels the message went."""
    owner = account.owner.pk
    channels = Q(conversation__account=owner) | Q(conversation__account__parent=owner)
    messages = Message.objects.filter(channels, external_id=external_id)
    ours = messages.exclude(author=Message.Author.CUSTOMER)
    return ours.select_for_update(no_key=True, of=("self",)).first()


def _report(message: Message, status: str, reason: str) -> bool:
    current = Delivery(message.delivery)
    if current not in RANK or RANK[Delivery(status)] <= RANK[current]:
        return False
    message.delivery = status
    message.delivery_error = _reason(reason) if status == Delivery.FAILED else ""
    message.save(update_fields=["delivery", "delivery_error"])
    announce(message.conversation_id, "message.changed", message.pk)
    return True


def _reason(text: str) -> str:
    return text[:300] or _("The channel could not deliver it.")
