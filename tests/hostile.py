"""Words that are meant to break a page: markup, quotes, turned text, no end."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from chat.models import AiSuggestion, CannedReply, Conversation, Message
from integrations.accounts import webchat_account
from leads.models import Client, ClientIdentity, Lead, LeadSource, LostReason, Tag
from leads.services import Actor, NewFact, add_note, assign_lead, create_lead, record_facts
from live.services import notify

MARKUP = "\"><script>alert(7)</script><img src=x onerror=alert(7)>' onfocus='alert(7)"
BREAKOUT = "</textarea></script></title><svg onload=alert(7)>{{7*7}}javascript:alert(7)"
TURNED = "\u202eтупо\u2067 \u200fсправа z" + "\u0337\u0327\u0359" * 40
ENDLESS = "Ы" * 10_000
ALL = {"markup": MARKUP, "breakout": BREAKOUT, "turned": TURNED, "endless": ENDLESS}


def spread(words: str, number: int = 1) -> Conversation:
    """Write the words into every field that a customer, a channel or a colleague can fill."""
    person = User.objects.create(
        username=f"hostile-{number}", first_name=words[:150], last_name=words[:150]
    )
    actor = Actor(person, "admin")
    client = Client.objects.create(name=words[:120], note=words)
    ClientIdentity.objects.create(client=client, kind="telegram", value=words[:200])
    lead = create_lead(client, source="webchat", actor=actor)
    tag = Tag.objects.create(name=words[:40])
    lead.tags.add(tag)
    Lead.objects.filter(pk=lead.pk).update(
        wish=words[:200], next_step=words[:200], next_step_at=timezone.now()
    )
    assign_lead(lead.pk, person, actor=actor)
    record_facts(lead.pk, [NewFact("wishes", [words], words)], actor=actor)
    add_note(lead.pk, words, actor=actor)
    LeadSource.objects.create(code=f"hostile-{number}", name=words[:80])
    LostReason.objects.create(code=f"hostile-{number}", name=words[:80])
    CannedReply.objects.create(title=words[:80], shortcut=f"hostile-{number}", text=words[:2000])
    talk = _talk(client, lead, words, number)
    _write(talk, person, words)
    return talk


def _talk(client: Client, lead: Lead, words: str, number: int) -> Conversation:
    return Conversation.objects.create(
        account=webchat_account(),
        external_id=f"hostile-{number}",
        client=client,
        lead=lead,
        mode=Conversation.Mode.DRAFTS,
        last_text=words[:120],
        unanswered_since=timezone.now(),
    )


def _write(talk: Conversation, person: User, words: str) -> None:
    for author, delivery in (
        ("bot", "sent"),
        ("staff", "failed"),
        ("note", "internal"),
        ("customer", "received"),
    ):
        user = person if author in ("staff", "note") else None
        error = words[:300] if delivery == "failed" else ""
        last = Message.objects.create(
            conversation=talk, author=author, user=user, text=words, delivery=delivery,
            delivery_error=error,
        )  # fmt: skip
    AiSuggestion.objects.create(
        conversation=talk, answers=last, provider="rules", intent="wish", confidence=1,
        text=words, outcome=AiSuggestion.Outcome.DRAFT,
    )  # fmt: skip
    for boss in User.objects.filter(is_superuser=True):
        notify(boss.pk, "mention", f"hostile:{talk.pk}", words, "/admin/")
