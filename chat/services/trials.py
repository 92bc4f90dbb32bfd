"""Trials of the assistant: what a colleague says to it, and what comes back."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Scenario, ScenarioStep, Trial
from chat.topics import REHEARSE, trial_key
from common.errors import Conflict, InvalidInput
from integrations.delivery.outbox import enqueue

LONGEST = 2000
MOST_LINES = 40


def ensure_trial(user: User) -> Trial:
    return Trial.objects.get_or_create(user=user)[0]


@transaction.atomic
def say_in_trial(user: User, text: str) -> Trial:
    """Ask the assistant; a worker answers. Enqueues `chat.rehearse`.

    Raises InvalidInput for an empty or endless text, Conflict while an answer is under way.
    """
    trial = Trial.objects.select_for_update(no_key=True).get(user=user)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise InvalidInput(_("Write up to 2000 characters."), code="text", field="text")
    if trial.asked:
        raise Conflict(_("The assistant is still answering."), code="busy")
    if len(trial.lines) >= MOST_LINES:
        raise Conflict(_("This talk is long enough. Begin a new one."), code="too_long")
    trial.asked, trial.problem = text, ""
    trial.save()
    enqueue(REHEARSE, trial_key(trial.pk), {"trial": trial.pk})
    return trial


@transaction.atomic
def begin_trial(user: User, engine: str) -> Trial:
    """Forget the talk and begin another one."""
    trial = Trial.objects.select_for_update(no_key=True).get(user=user)
    if engine not in Trial.Engine.values:
        raise InvalidInput(_("Choose who answers."), code="engine", field="engine")
    trial.engine, trial.lines, trial.state, trial.asked, trial.problem = engine, [], {}, "", ""
    trial.save()
    return trial


@transaction.atomic
def save_as_scenario(user: User) -> Scenario:
    """Keep the client's words of the trial, with what was understood now as what is expected."""
    trial = Trial.objects.get(user=user)
    if not trial.lines:
        raise InvalidInput(_("Say something first."), code="empty")
    moment = f"{timezone.localtime():%d.%m.%Y %H:%M:%S}"
    scenario = Scenario.objects.create(title=_("Trial of %(moment)s") % {"moment": moment})
    ScenarioStep.objects.bulk_create(
        ScenarioStep(
            scenario=scenario,
            position=number,
            says=line["says"],
            intent=line["intent"],
            person="yes" if line["person"] else "no",
        )
        for number, line in enumerate(trial.lines, 1)
    )
    return scenario
