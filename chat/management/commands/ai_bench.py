from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import Scenario
from chat.rehearsal import Rehearsal, assistants, mismatches

# The engine that asks a provider: whatever it can't answer falls to the rules, and counts as such.
ENGINES = {"rules": "rules", "openai": "auto"}


@dataclass
class Result:
    title: str
    passed: int = 0
    problems: list[str] = field(default_factory=list)
    ms: list[int] = field(default_factory=list)

    def verdict(self, repeats: int) -> str:
        if self.passed == repeats:
            return "stable"
        return "flaky" if self.passed else "failed"


class Command(BaseCommand):
    """Play the saved scenarios, each several times; nothing is sent. Exit code 1 if one failed."""

    help = "Play the saved scenarios: which ones hold always, sometimes, never."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=sorted(ENGINES), default="rules")
        parser.add_argument("--repeats", type=int, default=3)
        parser.add_argument("--scenario", help="a piece of the title")

    def handle(self, *args: Any, **options: Any) -> None:
        repeats = max(1, options["repeats"])
        scenarios = Scenario.objects.prefetch_related("steps")
        if options["scenario"]:
            scenarios = scenarios.filter(title__icontains=options["scenario"])
        if not scenarios:
            raise CommandError("There are no scenarios; write some in the back office.")
        results = [play(scenario, options["provider"], repeats) for scenario in scenarios]
        self._show(results, repeats)
        failed = sum(result.verdict(repeats) == "failed" for result in results)
        if failed:
            raise CommandError(f"{failed} of {len(results)} failed")

    def _show(self, results: list[Result], repeats: int) -> None:
        width = max(len(result.title) for result in results)
        for result in results:
            median = f"{statistics.median(result.ms):.0f} ms" if result.ms else "-"
            row = (
                f"{result.title:<{width}}  {result.verdict(repeats):<6}  "
                f"{result.passed}/{repeats}  {median:>8}"
            )
            self.stdout.write(f"{row}  {result.problems[0] if result.problems else ''}".rstrip())
        verdicts = [result.verdict(repeats) for result in results]
        counts = (f"{name} {verdicts.count(name)}" for name in ("stable", "flaky", "failed"))
        self.stdout.write(f"{len(results)} scenarios: {', '.join(counts)}")


def play(scenario: Scenario, provider: str, repeats: int) -> Result:
    result = Result(scenario.title)
    for _repeat in range(repeats):
        rehearsal, found = Rehearsal(assistants[ENGINES[provider]]), []
        for number, step in enumerate(scenario.steps.all(), 1):
            line = rehearsal.say(step.says)
            result.ms.append(line.ms)
            found += [f"step {number}: {one}" for one in mismatches(step, line, provider)]
        result.passed += not found
        result.problems += found
    return result
