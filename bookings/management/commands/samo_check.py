"""Look at the way to the operator from the terminal of the server."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bookings.diagnosis import ROUTES, explained, is_blocked, letter, verdict
from bookings.services.operator_checks import look
from integrations.registry import tours_route


class Command(BaseCommand):
    help = "Проверить связь с туроператором (SAMO): имя, соединение, ключ, каждый вид запроса."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Путь: {ROUTES[tours_route()]}")
        steps = [asdict(step) for step in look()]
        for step in map(explained, steps):
            mark = "✓" if step["is_ok"] else "✗"
            seen = step["seen"] if step["is_ok"] else f"для программиста: {step['seen']}"
            self.stdout.write(f"{mark} {step['label']}: {seen} ({step['took_ms']} мс)")
        if is_blocked(steps):
            self.stdout.write(f"\nПисьмо оператору:\n\n{letter(steps)}\n")
        if not all(step["is_ok"] for step in steps):
            raise CommandError(verdict(steps))
        self.stdout.write(verdict(steps))
