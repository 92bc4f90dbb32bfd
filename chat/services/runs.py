"""The meter of the assistant: what each try took, and whether there is something left to spend."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, Sum

from chat.agents import TOKENS, runs_of_a_day
from chat.ai.usage import Run, Usage
from chat.models import AiAgent, AiRun, Conversation

MILLION = Decimal(1_000_000)


def save_runs(conversation: Conversation | None, runs: Iterable[Run]) -> None:
    """Keep what the tries took; without a conversation they were a trial, and cost the same."""
    runs = list(runs)
    used = {run.usage.agent for run in runs if run.usage.agent}
    agents = {row.code: row for row in AiAgent.objects.filter(code__in=used)} if used else {}
    AiRun.objects.bulk_create(
        AiRun(
            conversation=conversation,
            provider=run.provider,
            agent=run.usage.agent,
            prompt_version=run.usage.prompt_version,
            model=run.usage.model[:60],
            outcome=run.outcome[:30],
            detail=run.detail[:300],
            latency_ms=run.latency_ms,
            prompt_tokens=run.usage.prompt_tokens,
            completion_tokens=run.usage.completion_tokens,
            cost=cost_of(run.usage, agents.get(run.usage.agent)),
        )
        for run in runs
    )


def cost_of(usage: Usage, agent: AiAgent | None) -> Decimal:
    """US dollars, to a millionth."""
    if agent is None:
        return Decimal(0)
    cost = usage.prompt_tokens * agent.price_in + usage.completion_tokens * agent.price_out
    return (cost / MILLION).quantize(Decimal("0.000001"))


def may_spend(conversation: Conversation | None) -> bool:
    """Whether today's caps for the agency, and for this conversation, are not reached."""
    is_here = Q(conversation=conversation) if conversation else Q(pk=None)
    totals = runs_of_a_day().aggregate(
        tokens=Sum(TOKENS, default=0),
        money=Sum("cost", default=Decimal(0)),
        tokens_here=Sum(TOKENS, filter=is_here, default=0),
        money_here=Sum("cost", filter=is_here, default=Decimal(0)),
    )
    caps = {
        "tokens": settings.AI_TOKENS_PER_DAY,
        "money": settings.AI_DOLLARS_PER_DAY,
        "tokens_here": settings.AI_TOKENS_PER_CONVERSATION_DAY,
        "money_here": settings.AI_DOLLARS_PER_CONVERSATION_DAY,
    }
    return all(totals[name] < cap for name, cap in caps.items())
