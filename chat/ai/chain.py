"""Several ways to an answer, tried in order; the last one, the rules, cannot fail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import structlog

from chat.ai.base import ReplyProvider, ReplyRequest, ReplySuggestion
from chat.ai.gate import add_moment, add_text, check, grounds_of
from chat.ai.usage import Run, TryFailed, Usage
from integrations.transport.errors import ConnectorError

log = structlog.get_logger(__name__)


class ProviderChain:
    """Asks each provider that is ready until one gives an answer that the gate lets through.

    What the last one says is returned even if the gate stops it: `violations` make it a draft.
    """

    name = "chain"

    def __init__(self, providers: Sequence[ReplyProvider]) -> None:
        *self._others, self._last = providers

    def is_ready(self, request: ReplyRequest) -> bool:
        return True

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        runs: list[Run] = []
        for provider in self._others:
            if not provider.is_ready(request):
                continue
            suggestion = self._try(provider, request, runs)
            if suggestion and not suggestion.violations:
                return replace(suggestion, runs=tuple(runs))
        suggestion = self._checked(self._last, request, runs)
        return replace(suggestion, runs=tuple(runs))

    def _try(
        self, provider: ReplyProvider, request: ReplyRequest, runs: list[Run]
    ) -> ReplySuggestion | None:
        started = time.monotonic()
        try:
            return self._checked(provider, request, runs)
        except (TryFailed, ConnectorError) as failed:
            error, usage = (
                (failed.error, failed.usage) if isinstance(failed, TryFailed) else (failed, Usage())
            )
            name = type(error).__name__
            log.warning("provider_failed", provider=provider.name, reason=name)
            runs.append(Run(provider.name, name, _ms(started), usage, error.message))
        except Exception as error:
            # A model's answer can surprise our own code; the client still gets one.
            log.exception("provider_broke", provider=provider.name)
            runs.append(Run(provider.name, "internal", _ms(started), detail=type(error).__name__))
        return None

    def _checked(
        self, provider: ReplyProvider, request: ReplyRequest, runs: list[Run]
    ) -> ReplySuggestion:
        started = time.monotonic()
        suggestion = provider.suggest(request)
        grounds = grounds_of(request.facts, suggestion.offers)
        for passage in suggestion.passages:
            add_text(grounds, passage.text)
        if request.opens_at:
            add_moment(grounds, request.opens_at)
        grounds.names |= {name.lower() for name in request.client_names if name}
        found = check(suggestion.text, grounds)
        outcome = "gate" if found else "ok"
        detail = "; ".join(f"{one.kind}: {one.quote}" for one in found)
        runs.append(Run(provider.name, outcome, _ms(started), suggestion.usage, detail[:300]))
        return replace(suggestion, violations=found)


def _ms(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
