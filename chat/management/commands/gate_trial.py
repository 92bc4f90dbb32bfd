"""Try the grounding gate on made-up answers: `manage.py gate_trial --true 500 --false 1500`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.ai.gate import check
from chat.ai.gate.trial import false_answers, true_answers


class Command(BaseCommand):
    help = "Prints how many true answers the gate stops and how many false ones it lets through."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--true", type=int, default=500, dest="truths")
        parser.add_argument("--false", type=int, default=1500, dest="lies")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        seed = options["seed"]
        truths = list(true_answers(options["truths"], seed))
        stopped = [one for one in truths if check(one.text, one.grounds)]
        lies = list(false_answers(options["lies"], seed))
        passed = [one for one in lies if not check(one.text, one.grounds)]
        kinds = Counter(one.lie for one in lies)
        self.stdout.write(f"grounded answers stopped: {len(stopped)} of {len(truths)}")
        self.stdout.write(f"ungrounded answers passed: {len(passed)} of {len(lies)}")
        self.stdout.write(f"kinds of lies: {len(kinds)}, each {min(kinds.values())} times or more")
        for one in (*stopped[:10], *passed[:10]):
            self.stdout.write(f"  {one.language} {one.lie or 'true'}: {one.text}")
        if passed:
            raise CommandError("The gate let an ungrounded answer through.")
