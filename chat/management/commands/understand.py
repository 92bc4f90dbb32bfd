from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.agents import active_agent
from chat.ai.nlp import NLPProcessor
from chat.ai.nlp.batch import understand_lines
from chat.ai.nlp.model import CombinedEngine, ModelEngine
from chat.ai.nlp.processor import Engine
from chat.ai.nlp.rules import RulesEngine
from integrations.registry import llm_client

ENGINES: dict[str, Callable[[], Engine]] = {
    "rules": RulesEngine,
    "openai": lambda: ModelEngine(llm_client, active_agent),
    "auto": lambda: CombinedEngine(llm_client, active_agent),
}


class Command(BaseCommand):
    """Understand a JSONL file of messages; answers go to stdout in order, bad lines to stderr."""

    help = "Read {id, text, asked_on} lines and print {id, intent, slots} lines."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--engine", choices=sorted(ENGINES), default="rules")

    def handle(self, *args: Any, **options: Any) -> None:
        processor = NLPProcessor(ENGINES[options["engine"]]())
        try:
            with options["file"].open(encoding="utf-8", errors="replace") as lines:
                for answer in understand_lines(lines, processor, self._report):
                    self.stdout.write(answer)
        except OSError as error:
            raise CommandError(f"cannot read {options['file']}: {error.strerror}") from error

    def _report(self, number: int, problem: str) -> None:
        self.stderr.write(f"line {number}: {problem}")
