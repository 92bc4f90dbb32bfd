"""What the page «Wazzup24» shows: whether messages come and go now, and who has to do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat.chat_list import CLOSING, TalkFilter, filtered_talks
from chat.models import Conversation, Message
from chat.permissions import conversations_visible_to
from chat.services.templates import budget_left
from chat.talk_rows import CHANNEL_ICONS, TalkRow
from integrations.account_lines import account_lines
from integrations.models import InboxEvent, IntegrationAccount
from integrations.registry import channel_capabilities
from leads.formats import span_since
from leads.permissions import Person

Kind, State = IntegrationAccount.Kind, IntegrationAccount.State
# The regular look comes every five minutes.
LOOKED_WITHIN = timedelta(minutes=15)
CLOSES_WITHIN = timedelta(hours=6)
FAILED_WITHIN = timedelta(hours=24)
ROWS = 5


@dataclass(frozen=True)
class Connection:
    """`is_late`: nobody has looked for so long that the worker's clock must have stopped.

    `last_event` and `queue_since` say how long ago, in words.
    """

    account: IntegrationAccount
    lines: Sequence[str]
    is_late: bool
    last_event: str
    queue: int
    queue_since: str
    failed_events: int


@dataclass(frozen=True)
class Channel:
    """`left`: how many clients may still be written to first; None where that has no limit."""

    account: IntegrationAccount
    last_message: str
    has_templates: bool
    left: int | None

    @property
    def icon(self) -> str:
        return CHANNEL_ICONS.get(self.account.messenger, "inbox")


@dataclass(frozen=True)
class Some:
    """The first rows of a list, and how many it has."""

    rows: Sequence[TalkRow | Message]
    total: int


def connections() -> list[Connection]:
    accounts = IntegrationAccount.objects.filter(kind=Kind.WAZZUP).order_by("pk")
    return [_connection(account) for account in accounts]


def _connection(account: IntegrationAccount) -> Connection:
    events = InboxEvent.objects.filter(account=account)
    waiting = events.filter(status__in=("pending", "in_flight")).order_by("pk")
    oldest = waiting.first()
    newest = events.order_by("-pk").first()
    looked = parse_datetime(account.config.get("looked_at", ""))
    return Connection(
        account=account,
        lines=list(account_lines(account)),
        is_late=account.is_enabled and looked is not None and _is_long_ago(looked),
        last_event=span_since(newest.received_at) if newest else "",
        queue=waiting.count(),
        queue_since=span_since(oldest.received_at) if oldest else "",
        failed_events=events.filter(status=InboxEvent.Status.NEEDS_ATTENTION).count(),
    )


def _is_long_ago(looked: datetime) -> bool:
    return looked < timezone.now() - LOOKED_WITHIN


def channels() -> list[Channel]:
    """Those that need somebody come first."""
    accounts = list(IntegrationAccount.objects.filter(kind=Kind.WAZZUP_CHANNEL).order_by("name"))
    accounts.sort(key=lambda one: (not one.is_enabled, one.state != State.BROKEN))
    last = _last_messages(accounts)
    return [_channel(account, last.get(account.pk)) for account in accounts]


def _last_messages(accounts: Sequence[IntegrationAccount]) -> dict[int, datetime]:
    talks = Conversation.objects.filter(account__in=accounts).order_by()
    return dict(talks.values_list("account").annotate(Max("last_message_at")))


def _channel(account: IntegrationAccount, last_message: datetime | None) -> Channel:
    has_templates = channel_capabilities(account).templates
    left = budget_left(account) if has_templates else None
    return Channel(
        account=account,
        last_message=span_since(last_message) if last_message else "",
        has_templates=has_templates,
        left=None if left is None else max(0, left),
    )


def closing_soon(viewer: Person) -> Some:
    """Talks whose window closes within six hours while the client waits for an answer."""
    until = timezone.now() + CLOSES_WITHIN
    talks = filtered_talks(TalkFilter(viewer, CLOSING)).filter(
        account__kind=Kind.WAZZUP_CHANNEL,
        window_closes_at__lte=until,
        unanswered_since__isnull=False,
    )
    rows = talks.select_related("client", "account").order_by("window_closes_at", "pk")[:ROWS]
    return Some([TalkRow(talk, CLOSING) for talk in rows], talks.count())


def failed_sends(viewer: Person) -> Some:
    """What did not reach a client in the last 24 hours."""
    failed = _failed().filter(conversation__in=conversations_visible_to(viewer))
    rows = failed.select_related("conversation__client", "conversation__account")
    return Some(list(rows.order_by("-pk")[:ROWS]), failed.count())


def _failed() -> QuerySet[Message]:
    return Message.objects.filter(
        delivery=Message.Delivery.FAILED,
        created_at__gte=timezone.now() - FAILED_WITHIN,
        conversation__account__kind=Kind.WAZZUP_CHANNEL,
    )
