"""Leads of invented stories, with what is known of them and how they came where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.auth.models import User
from django.utils import translation

from chat.ai.inquiry import Inquiry
from crystalbay.demo import phrases
from crystalbay.demo.bulk import save_as_of
from crystalbay.demo.people import Person
from crystalbay.demo.stories import CLOSED, PATH, Line, Story
from leads.models import Client, Lead, LeadFact, LeadHistory, LeadSource, LostReason

Kind = LeadHistory.Kind
# From this stage on the sum of a lead is the price of the offer, not the client's budget.
PRICED_FROM = PATH.index("offer_sent")


def save_leads(
    stories: Sequence[Story],
    clients: dict[Person, Client],
    managers: Sequence[User],
    *,
    now: datetime,
) -> list[Lead]:
    sources = {source.code: source for source in LeadSource.objects.all()}
    reasons = {reason.code: reason for reason in LostReason.objects.all()}
    leads = []
    for number, story in enumerate(stories):
        rng = Random(number)  # noqa: S311 - invented data, no secrets
        lead = Lead(
            client=clients[story.person],
            source=sources[story.person.source],
            stage_id=story.stage,
            assignee=None if story.manager is None else managers[story.manager],
            lost_reason=reasons.get(story.lost_reason),
            stage_changed_at=story.stage_since,
        )
        _describe(lead, story)
        _plan_next_step(lead, story, now, rng)
        leads.append(lead)
    save_as_of(Lead, leads, [story.started_at for story in stories])
    pairs = list(zip(leads, stories, strict=True))
    LeadFact.objects.bulk_create(fact for pair in pairs for fact in _facts(*pair))
    LeadHistory.objects.bulk_create(row for pair in pairs for row in _history(*pair))
    return leads


def told(story: Story) -> dict[str, Any]:
    return {fact.name: fact.value for line in story.lines for fact in line.told}


def _describe(lead: Lead, story: Story) -> None:
    inquiry = Inquiry(told(story))
    with translation.override("ru"):
        lead.wish = inquiry.wish()[:200]
    is_priced = story.stage in CLOSED or PATH.index(story.stage) >= PRICED_FROM
    amount = story.wish.price if is_priced else inquiry.facts.get("budget_max")
    if amount:
        lead.amount, lead.currency = Decimal(amount), "KZT"


def _plan_next_step(lead: Lead, story: Story, now: datetime, rng: Random) -> None:
    """Most open leads have a next step; one in five of them is late."""
    steps = phrases.NEXT_STEPS.get(story.stage, ())
    if not steps or rng.random() < 0.15:
        return
    days = -1 if rng.random() < 0.2 else rng.randint(0, 3)
    lead.next_step = rng.choice(steps)
    lead.next_step_at = (now + timedelta(days=days)).replace(hour=rng.randint(10, 18), minute=0)


def _facts(lead: Lead, story: Story) -> Iterator[LeadFact]:
    for line in story.lines:
        for fact in line.told:
            yield LeadFact(
                lead=lead,
                name=fact.name,
                value=fact.value,
                quote=fact.quote,
                confidence=0.95,
                created_at=line.at,
            )


def _history(lead: Lead, story: Story) -> Iterator[LeadHistory]:
    is_by_hand = story.person.source in ("manual", "email")
    yield _row(lead, Kind.CREATED, story.started_at, "admin" if is_by_hand else "chat", after="new")
    stage, is_assigned = "new", False
    for line in story.lines:
        for fact in line.told:
            yield _row(lead, Kind.FACT, line.at, "bot", after=f"{fact.name}: {fact.value}"[:300])
        is_first_by_staff = line.author == "staff" and not is_assigned
        if is_first_by_staff and lead.assignee:
            is_assigned = True
            yield from _taken_over(lead, line)
        if line.stage:
            actor = lead.assignee if line.author != "bot" else None
            origin = "board" if actor else "bot"
            yield _row(lead, Kind.STAGE, line.at, origin, actor, before=stage, after=line.stage)
            stage = line.stage
    # Every seventh client; anything that stays the same over repeats would do.
    if story.person.number % 7 == 0 and lead.assignee:
        note = phrases.NOTES[story.person.number // 7 % len(phrases.NOTES)]
        yield _row(lead, Kind.NOTE, story.lines[-1].at, "admin", lead.assignee, note=note)


def _taken_over(lead: Lead, line: Line) -> Iterator[LeadHistory]:
    user = lead.assignee
    yield _row(lead, Kind.ASSIGNEE, line.at, "chat", user, after=str(user))
    yield _row(lead, Kind.MODE, line.at, "chat", user, before="bot", after="human")


def _row(
    lead: Lead, kind: str, at: datetime, origin: str, actor: User | None = None, **words: str
) -> LeadHistory:
    return LeadHistory(lead=lead, kind=kind, actor=actor, origin=origin, created_at=at, **words)
