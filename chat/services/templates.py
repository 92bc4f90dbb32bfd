"""Approved templates: the only words for a client whose window has closed.

Every way to send one ends in `send_template`, so that what it refuses is refused everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.canned import values_of
from chat.models import Conversation, Message
from chat.services.bot_return import plan_bot_return
from chat.services.modes import silence_bot
from chat.services.outbound import send_template_message
from chat.services.windows import is_window_open, refuse_broken_channel
from common.errors import Conflict, InvalidInput
from integrations.models import IntegrationAccount, MessageTemplate
from integrations.registry import channel_capabilities

Author, Delivery = Message.Author, Message.Delivery
APPROVED = MessageTemplate.Status.APPROVED
# Nobody is written to first at night, in the agency's time zone.
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(9, 0)
# New talks a day by the tier the messenger has given the number; the smallest until it says.
TIERS = {"TIER_0": 250, "TIER_1K": 1_000, "TIER_10K": 10_000, "TIER_100K": 100_000}
UNLIMITED = "TIER_UNLIMITED"
LONGEST_VALUE = 200


def templates_for(conversation: Conversation) -> list[MessageTemplate]:
    """The approved templates that may go through this conversation's channel."""
    if not channel_capabilities(conversation.account).templates:
        return []
    found = MessageTemplate.objects.filter(
        account=conversation.account.owner, status=APPROVED
    ).order_by("title", "pk")
    channel = conversation.account.external_id
    return [
        one
        for one in found
        if (not one.channel_ids or channel in one.channel_ids) and not one.has_strange_places
    ]


def suggested_values(
    template: MessageTemplate, conversation: Conversation, user: User
) -> list[str]:
    """What is known for each place of a template; an empty one has to be filled by a person."""
    known = values_of(conversation, user)
    names = [*template.variables, *[""] * template.places][: template.places]
    return [known.get(str(name).lower(), "") for name in names]


@transaction.atomic
def send_template(
    conversation_id: int,
    template_id: int,
    values: Sequence[str],
    *,
    user: User | None,
    client_key: str,
) -> Message:
    """Send an approved template, by a person (`user`) or automatically. Safe twice by `client_key`.

    Raises InvalidInput for an empty or missing value; Conflict for a template that may not be sent,
    a channel that is off, a client who has unsubscribed, the quiet hours and a used-up budget. The
    last three hold only where we write first. Enqueues `chat.send_message`.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=client_key).first()
    if known:
        return known
    template = _sendable(conversation, template_id)
    filled = checked_values(template, values)
    refuse_broken_channel(conversation)
    if not is_window_open(conversation):
        _refuse_writing_first(conversation)
    if user:
        silence_bot(conversation, user=user)
        plan_bot_return(conversation)
    message = Message(
        author=Author.STAFF if user else Author.BOT,
        user=user,
        client_key=client_key,
        template=template,
        template_values=filled,
    )
    return send_template_message(conversation, message, template.filled(filled))


def _sendable(conversation: Conversation, template_id: int) -> MessageTemplate:
    offered = {one.pk: one for one in templates_for(conversation)}
    if template_id not in offered:
        raise Conflict(
            _("This template can't be sent here: it is not approved, or for another number."),
            code="template",
        )
    return offered[template_id]


def checked_values(template: MessageTemplate, values: Sequence[str]) -> list[str]:
    """The values as they travel: one line each, the messenger takes no breaks inside of one.

    Raises InvalidInput where one is empty, missing or too much.
    """
    filled = [_one_line(value)[:LONGEST_VALUE] for value in values]
    for number in range(1, template.places + 1):
        if number > len(filled) or not _says_something(filled[number - 1]):
            said = _("Fill in place %(number)s of the template: it would arrive empty.")
            raise InvalidInput(
                said % {"number": number}, code="empty_value", field=f"value_{number}"
            )
    if len(filled) > template.places:
        raise InvalidInput(_("The template has fewer places."), code="values", field="values")
    return filled


def _one_line(value: str) -> str:
    """Without what can't be seen, such as the null byte that PostgreSQL does not store."""
    seen = "".join(one for one in value if one.isprintable() or one.isspace())
    return " ".join(seen.split())


def _says_something(value: str) -> bool:
    """A value of invisible characters is empty too; so is one that was never filled in."""
    return any(letter.isalnum() for letter in value) and not value.startswith(("{", "["))


def _refuse_writing_first(conversation: Conversation) -> None:
    if conversation.opted_out_at:
        raise Conflict(_("The client has unsubscribed. Wait until they write."), code="opted_out")
    if not QUIET_UNTIL <= timezone.localtime().time() < QUIET_FROM:
        raise Conflict(
            _("It is night: clients are written to first from 9:00 to 21:00."), code="quiet_hours"
        )
    left = budget_left(conversation.account)
    if left is not None and left <= 0 and not _is_counted(conversation):
        raise Conflict(
            _("Today's new talks through this number are used up. Write tomorrow."), code="budget"
        )


def budget_left(account: IntegrationAccount) -> int | None:
    """How many more clients may be written to first in these 24 hours; None without a limit."""
    tier = str(account.config.get("tier", ""))
    if tier == UNLIMITED:
        return None
    begun = _begun_today().filter(conversation__account=account)
    return TIERS.get(tier, TIERS["TIER_0"]) - begun.values("conversation").distinct().count()


def _is_counted(conversation: Conversation) -> bool:
    return _begun_today().filter(conversation=conversation).exists()


def _begun_today() -> QuerySet[Message]:
    day_ago = timezone.now() - timedelta(hours=24)
    unsent = Q(delivery=Delivery.FAILED) | Q(delivery=Delivery.CANCELLED)
    sent = Message.objects.filter(template__isnull=False, created_at__gte=day_ago)
    return sent.exclude(unsent)
