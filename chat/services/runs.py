"""The meter of the assistant: what each try took, and whether there is something left to spend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone

from chat.ai.base import Run
from chat.models import AiRun, Conversation


def save_runs(conversation: Conversation, runs: Iterable[Run]) -> None:
    AiRun.objects.bulk_create(
        AiRun(
            conversation=conversation,
            provider=run.provider,
            prompt_version=run.usage.prompt_version,
            model=run.usage.model[:60],
            outcome=run.outcome[:30],
            detail=run.detail[:300],
            latency_ms=run.latency_ms,
            prompt_tokens=run.usage.prompt_tokens,
            completion_tokens=run.usage.completion_tokens,
        )
        for run in runs
    )


def may_spend(conversation: Conversation) -> bool:
    """Whether today's caps for the agency and for this conversation are not reached."""
    today = AiRun.objects.filter(created_at__gte=timezone.now() - timedelta(days=1))
    tokens = Sum(F("prompt_tokens") + F("completion_tokens"), default=0)
    spent = today.aggregate(all=tokens)["all"]
    here = today.filter(conversation=conversation).aggregate(all=tokens)["all"]
    return bool(
        spent < settings.AI_TOKENS_PER_DAY and here < settings.AI_TOKENS_PER_CONVERSATION_DAY
    )
