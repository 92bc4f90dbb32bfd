"""The assistant's workers as the administrator has set them up. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from chat.ai.agent import BUILT_IN, Agent, built_in
from chat.models import AiAgent, AiRun

DAY = timedelta(days=1)
TOKENS = F("prompt_tokens") + F("completion_tokens")


def active_agent(code: str) -> Agent | None:
    """What the agent is told now; None if it is switched off or has reached a cap of its own."""
    row = AiAgent.objects.filter(code=code).first()
    if row is None:
        return built_in(code)
    if not row.is_active or is_spent(row):
        return None
    last = row.prompts.first()
    text, number = (last.text, last.number) if last else (BUILT_IN[code], 0)
    return Agent(code, text, f"{code}-{number}", row.model, row.max_tokens)


def active_text(row: AiAgent) -> str:
    """The newest version of the prompt, or the text the program came with."""
    last = row.prompts.first()
    return last.text if last else BUILT_IN[row.code]


def runs_of_a_day() -> QuerySet[AiRun]:
    """What was asked in the last 24 hours."""
    return AiRun.objects.filter(created_at__gte=timezone.now() - DAY)


@dataclass(frozen=True)
class Spent:
    """`money` in US dollars."""

    tokens: int
    money: Decimal


def spent(runs: QuerySet[AiRun]) -> Spent:
    tokens = Sum(TOKENS, default=0)
    return Spent(**runs.aggregate(tokens=tokens, money=Sum("cost", default=Decimal(0))))


def is_spent(row: AiAgent) -> bool:
    taken = spent(runs_of_a_day().filter(agent=row.code))
    return taken.tokens >= row.tokens_per_day or taken.money >= row.money_per_day
