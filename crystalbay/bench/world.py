"""A large agency for measurements: rows by the ten thousand, evenly spread, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.utils import timezone

from chat.models import Conversation, Message
from crystalbay.roles import MANAGER, ensure_roles
from integrations.accounts import webchat_account
from leads.models import (
    Client,
    ClientIdentity,
    Lead,
    LeadAnalysis,
    LeadSource,
    LeadStage,
    Tag,
)

BATCH = 2000
MESSAGES_PER_LEAD = 4
OPEN_STAGES = [code for code in LeadStage.Code.values if code not in ("won", "lost")]
TAGS = ("VIP", "семья", "повторный", "рассрочка", "медовый месяц")
WISHES = ("Вьетнам", "Турция", "Египет", "ОАЭ", "Таиланд", "Мальдивы")
TEXTS = (
    "Здравствуйте! Хотим на море в январе, двое взрослых и ребёнок 6 лет",
    "Посмотрите, пожалуйста, варианты подешевле",
    "А завтраки включены?",
    "Хорошо, подумаем и вернёмся с ответом",
)


def fill(leads: int) -> None:
    """Add `leads` open leads, each with a client, a conversation and four messages.

    A third has a next step, a fifth a tag; one in eleven is nobody's. All have been analysed.
    """
    pick = random.Random(leads)  # noqa: S311 - data to measure with
    ensure_roles()
    managers = [User.objects.create(username=f"bench-{n}", is_staff=True) for n in range(10)]
    Group.objects.get(name=MANAGER).user_set.add(*managers)
    first = insert_rows(Client, (Client(name=f"Клиент {n}") for n in range(leads)))
    phones = (
        ClientIdentity(client_id=first + n, kind="phone", value=f"+7700{n:07d}")
        for n in range(leads)
    )
    insert_rows(ClientIdentity, phones)
    first_lead = insert_rows(Lead, _leads(leads, first, managers, pick))
    insert_rows(Lead.tags.through, _tags(leads, first_lead))
    insert_rows(LeadAnalysis, _analyses(leads, first_lead, pick))
    first_talk = insert_rows(Conversation, _conversations(leads, first, first_lead, pick))
    insert_rows(Message, _messages(leads, first_talk))


def _leads(
    count: int, first_client: int, managers: list[User], pick: random.Random
) -> Iterator[Lead]:
    now, source = timezone.now(), LeadSource.objects.get(code="webchat")
    for n in range(count):
        yield Lead(
            client_id=first_client + n,
            stage_id=OPEN_STAGES[n % len(OPEN_STAGES)],
            source=source,
            assignee=pick.choice([*managers, None]),
            wish=f"{pick.choice(WISHES)} · 12 янв · 10 ноч. · 2+1",
            amount=Decimal(pick.randrange(300_000, 2_000_000, 1000)),
            currency="KZT",
            next_step="Позвонить" if n % 3 == 0 else "",
            next_step_at=now + timedelta(hours=n % 240 - 120) if n % 3 == 0 else None,
            stage_changed_at=now - timedelta(minutes=pick.randrange(60 * 24 * 60)),
        )


def _tags(count: int, first_lead: int) -> Iterator[Any]:
    tags = [Tag.objects.create(name=name) for name in TAGS]
    for n in range(0, count, 5):
        yield Lead.tags.through(lead_id=first_lead + n, tag_id=tags[n // 5 % len(tags)].pk)


def _analyses(count: int, first_lead: int, pick: random.Random) -> Iterator[LeadAnalysis]:
    for n in range(count):
        yield LeadAnalysis(
            lead_id=first_lead + n,
            temperature=pick.choice(("hot", "warm", "warm", "cold")),
            points=pick.randrange(100),
            reasons=[["budget", None], ["complete", None], ["departs", "2027-01-12"]],
            completeness=pick.choice((40, 60, 80, 100)),
            missing=["dates", "nights"],
            urgency="calm",
            segment="tourist",
            summary="Алматы → Вьетнам · 12 янв · 10 ноч. · 2+1",
            step="ask_details",
            tags=["семья"],
            stage=OPEN_STAGES[n % len(OPEN_STAGES)],
        )


def _conversations(
    count: int, first_client: int, first_lead: int, pick: random.Random
) -> Iterator[Conversation]:
    now, account = timezone.now(), webchat_account()
    for n in range(count):
        last = now - timedelta(minutes=pick.randrange(60 * 24 * 60))
        yield Conversation(
            account=account,
            external_id=f"bench-{n}",
            client_id=first_client + n,
            lead_id=first_lead + n,
            last_message_at=last,
            unanswered_since=last if n % 25 == 0 else None,
            last_text=TEXTS[n % len(TEXTS)],
        )


def _messages(count: int, first_conversation: int) -> Iterator[Message]:
    for n in range(count * MESSAGES_PER_LEAD):
        is_own = n % 2 == 0
        yield Message(
            conversation_id=first_conversation + n // MESSAGES_PER_LEAD,
            author="customer" if is_own else "staff",
            text=TEXTS[n % len(TEXTS)],
            external_id=f"bench-{n}",
            delivery="received" if is_own else "sent",
        )


def insert_rows(model: type[models.Model], rows: Iterable[Any]) -> int:
    """Insert in batches; return the id of the first row. Ids of one run are consecutive."""
    rows, first = iter(rows), 0
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            made = model._default_manager.bulk_create(batch)
        first = first or made[0].pk
    return first
