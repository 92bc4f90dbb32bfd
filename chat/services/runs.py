"""The meter of the assistant: what each try took, and whether there is something left to spend."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from chat.agents import runs_of_a_day, spent
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
    today = runs_of_a_day()
    if _is_over(today, settings.AI_TOKENS_PER_DAY, settings.AI_DOLLARS_PER_DAY):
        return False
    here = today.filter(conversation=conversation) if conversation else today.none()
    caps = (settings.AI_TOKENS_PER_CONVERSATION_DAY, settings.AI_DOLLARS_PER_CONVERSATION_DAY)
    return not _is_over(here, *caps)


def _is_over(runs: QuerySet[AiRun], tokens: int, dollars: int) -> bool:
    taken = spent(runs)
    return taken.tokens >= tokens or taken.money >= dollars
