"""Tells colleagues in Telegram what waits for them: new leads, long waits, the morning's list.

A notification is a row before it is sent, once per cause and chat. It names the client and the
wish, never a phone or the client's words: a group is read over many shoulders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botapp.callbacks import Press
from botapp.models import StaffChat, StaffNotice
from botapp.topics import NOTIFY_STAFF
from chat.models import Conversation
from common.phones import hide_phones
from integrations.channels.base import Button, OutboundMessage, Receipt
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.registry import telegram_connector
from leads.models import Lead
from leads.permissions import leads_visible_to
from leads.services import Actor

WAITS_LONG = timedelta(minutes=15)
# What waits longer has been told of, or is older than the bot.
TOLD_WITHIN = timedelta(hours=12)
# (person) -> the lines of their day; the composition root fills it.
day_lines: list[Callable[[User], Sequence[str]]] = []


def tell_of_new_lead(lead: Lead, actor: Actor) -> Lead:
    """A rule for leads that channels bring; the lead stays as it is."""
    _tell(lead, "new", f"new:{lead.pk}")
    return lead


def tell_of_hand_over(conversation: Conversation) -> None:
    """The bot calls a person; once for each time somebody begins to wait."""
    if conversation.lead:
        since = conversation.unanswered_since or timezone.now()
        cause = f"hand_over:{conversation.pk}:{since:%y%m%d%H%M%S}"
        _tell(conversation.lead, "hand_over", cause)


def tell_of_waiting() -> int:
    """Notify of every talk that waits for 15 minutes now; return how many were told."""
    now = timezone.now()
    waiting = Conversation.objects.filter(
        Q(snoozed_until=None) | Q(snoozed_until__lt=now),
        unanswered_since__range=(now - TOLD_WITHIN, now - WAITS_LONG),
    )
    told = 0
    for talk in waiting.select_related("lead__assignee")[:100]:
        if talk.lead and talk.unanswered_since:
            cause = f"waiting:{talk.pk}:{talk.unanswered_since:%y%m%d%H%M%S}"
            told += _tell(talk.lead, "waiting", cause)
    return told


def send_morning_summary() -> int:
    """Send each linked colleague the counts of their day; return how many were enqueued."""
    cause = f"morning:{timezone.localdate()}"
    chats = StaffChat.objects.filter(user__is_active=True)
    return sum(_enqueue(chat, "morning", cause, None) for chat in chats)


def _tell(lead: Lead, kind: str, cause: str) -> int:
    return sum(_enqueue(chat, kind, cause, lead.pk) for chat in _chats_for(lead))


def _chats_for(lead: Lead) -> Iterable[StaffChat]:
    """The groups, and in private whoever answers for the lead, or else those on shift."""
    yield from StaffChat.objects.filter(user=None)
    private = StaffChat.objects.filter(user__is_active=True).select_related("user")
    if lead.assignee_id:
        yield from private.filter(user=lead.assignee_id)
        return
    for chat in private.filter(user__staff_profile__is_on_shift=True):
        if chat.user and leads_visible_to(chat.user).filter(pk=lead.pk).exists():
            yield chat


def _enqueue(chat: StaffChat, kind: str, cause: str, lead_id: int | None) -> int:
    try:
        with transaction.atomic():
            notice = StaffNotice.objects.create(chat=chat, cause=cause[:80], lead_id=lead_id)
            payload = {"notice": notice.pk, "kind": kind}
            enqueue(NOTIFY_STAFF, f"staff:{chat.pk}", payload)
    except IntegrityError:
        return 0
    return 1


class NotifyStaff:
    """Topic `botapp.notify_staff`, payload `{"notice": id, "kind": kind}`."""

    def perform(self, outgoing: Outgoing) -> Receipt | None:
        notice = _notice(outgoing)
        if notice is None:
            return None
        with translation.override(settings.LANGUAGE_CODE):
            message = _message(notice, outgoing.payload["kind"])
        return telegram_connector(notice.chat.account).send(message, key=outgoing.id)

    def apply(self, outgoing: Outgoing, result: Receipt | None) -> None:
        if result:
            notices = StaffNotice.objects.filter(pk=outgoing.payload["notice"])
            notices.update(message_id=result.external_id)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """The bell in the back office has told the same."""

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        # A colleague who hears of a lead twice is better than one who never does.
        return True


def _notice(outgoing: Outgoing) -> StaffNotice | None:
    notices = StaffNotice.objects.select_related("chat__account", "chat__user")
    return notices.filter(pk=outgoing.payload["notice"]).first()


def _message(notice: StaffNotice, kind: str) -> OutboundMessage:
    if kind == "morning":
        user = notice.chat.user
        lines = [line for source in day_lines for line in source(user)] if user else []
        text = "\n".join([_("Good morning! Today:"), *(lines or [_("Nothing waits for you.")])])
        return OutboundMessage(notice.chat.chat_id, text, buttons=_keys(_url("admin:index")))
    leads = Lead.objects.select_related("client", "source", "assignee")
    lead = leads.get(pk=notice.lead_id or 0)
    return OutboundMessage(notice.chat.chat_id, _words(lead, kind), buttons=_lead_keys(lead))


def _words(lead: Lead, kind: str) -> str:
    title = {
        "new": _("New lead"),
        "waiting": _("Waits for an answer for 15 minutes"),
        "hand_over": _("The bot calls a person"),
    }[kind]
    name = hide_phones(str(lead.client))
    assignee = lead.assignee.get_full_name() or lead.assignee.username if lead.assignee else ""
    lines = [f"{title}: {name} · {lead.source}", lead.wish, assignee]
    return "\n".join(line for line in lines if line)


def _lead_keys(lead: Lead) -> tuple[tuple[Button, ...], ...]:
    take = Button(_("I take it"), data=Press(0, "a", str(lead.pk)).encode())
    talk = lead.conversations.order_by("-last_message_at").first()
    url = _url("admin:chat_conversation_thread", talk.pk) if talk else ""
    keys = (*(() if lead.assignee_id else (take,)), *_open(url))
    return (keys,) if keys else ()


def _keys(url: str) -> tuple[tuple[Button, ...], ...]:
    return (_open(url),) if url else ()


def _open(url: str) -> tuple[Button, ...]:
    return (Button(_("Open"), url=url),) if url else ()


def _url(name: str, *args: Any) -> str:
    """Telegram refuses addresses of this machine only; then there is no key."""
    base = settings.PUBLIC_BASE_URL
    host = urlsplit(base).hostname or ""
    return f"{base}{reverse(name, args=args)}" if "." in host.strip(".") else ""
