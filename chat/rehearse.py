"""The outbox handler behind the trial page. Topic `chat.rehearse`, payload `{"trial": id}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.models import Trial
from chat.rehearsal import Rehearsal, assistants
from integrations.delivery.handlers import Outgoing


@dataclass(frozen=True)
class Rehearsed:
    says: str
    line: dict[str, Any]
    state: dict[str, Any]


class Rehearse:
    def perform(self, outgoing: Outgoing) -> Rehearsed | None:
        trial = Trial.objects.filter(pk=outgoing.payload["trial"]).first()
        if trial is None or not trial.asked:
            return None
        rehearsal = Rehearsal(assistants[trial.engine], trial.state)
        line = rehearsal.say(trial.asked)
        return Rehearsed(trial.asked, line.as_dict(), rehearsal.state())

    def apply(self, outgoing: Outgoing, result: Rehearsed | None) -> None:
        trial = _locked(outgoing)
        if result is None or trial is None or trial.asked != result.says:
            # Begun anew meanwhile, or answered by an earlier try.
            return
        trial.lines = [*trial.lines, result.line]
        trial.state, trial.asked = result.state, ""
        trial.save()

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        trial = _locked(outgoing)
        if trial:
            trial.asked, trial.problem = "", _("The assistant could not answer. Try again.")
            trial.save()

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _locked(outgoing: Outgoing) -> Trial | None:
    trials = Trial.objects.select_for_update(no_key=True)
    return trials.filter(pk=outgoing.payload["trial"]).first()
