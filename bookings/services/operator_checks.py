"""Looking at the way to the operator on a person's word; the worker does the looking."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from bookings.models import OperatorCheck
from bookings.operator import ask_anyway, breaker
from bookings.services.searching import wake_waiting
from bookings.topics import CHECK_OPERATOR
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.registry import tours_route
from integrations.tours.base import ConnectionCheck
from integrations.transport.errors import ConfigError


@transaction.atomic
def start_check(author: User | None) -> OperatorCheck:
    """Enqueues `bookings.check_operator`; a check that has not ended is used again."""
    running = OperatorCheck.objects.filter(finished_at=None).first()
    if running:
        return running
    check = OperatorCheck.objects.create(author=author, route=tours_route())
    enqueue(CHECK_OPERATOR, "operator", {"check": check.pk})
    return check


def look() -> list[ConnectionCheck]:
    """The whole way to the operator, past the breaker. Network calls; raises nothing.

    When all of it works, the operator is asked again at once by everybody.
    """
    try:
        steps = ask_anyway(lambda operator: operator.diagnose())
    except ConfigError as error:
        return [
            ConnectionCheck(
                name="settings", is_ok=False, took_ms=0, seen=error.message, fault="NotConfigured"
            )
        ]
    if not all(step.is_ok for step in steps):
        breaker.failed()
    return steps


class CheckOperator:
    """The outbox handler of `bookings.check_operator`, payload `{"check": id}`."""

    def perform(self, outgoing: Outgoing) -> list[dict[str, Any]]:
        return [asdict(step) for step in look()]

    def apply(self, outgoing: Outgoing, result: list[dict[str, Any]]) -> None:
        OperatorCheck.objects.filter(pk=outgoing.payload["check"]).update(
            steps=result,
            is_ok=all(step["is_ok"] for step in result),
            finished_at=timezone.now(),
        )
        if all(step["is_ok"] for step in result):
            wake_waiting()

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        checks = OperatorCheck.objects.filter(pk=outgoing.payload["check"])
        checks.update(finished_at=timezone.now())

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True
