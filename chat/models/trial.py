from __future__ import annotations

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.intent_names import INTENT_NAMES
from common.models import TimestampedModel


class Scenario(TimestampedModel):
    """A made-up talk with what the assistant has to do in it; `manage.py ai_bench` plays them."""

    title = models.CharField(_("title"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ScenarioStep(models.Model):
    """What the client says, and what is expected then; an empty expectation expects nothing."""

    class Question(models.TextChoices):
        COUNTRY = "country", _("country")
        DEPARTURE_CITY = "departure_city", _("city of departure")
        DATES = "dates", _("dates")
        NIGHTS = "nights", _("nights")
        PARTY = "party", _("who travels")
        AGES = "children_ages", _("children's ages")
        CHOICE = "choice", _("choice of a tour")
        PHONE = "phone", _("phone")

    class Person(models.TextChoices):
        YES = "yes", _("calls a person")
        NO = "no", _("answers by itself")

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    says = models.TextField(
        _("the client says"), max_length=2000, validators=[MinLengthValidator(1)]
    )
    intent = models.CharField(
        _("intent"), max_length=30, blank=True, choices=list(INTENT_NAMES.items())
    )
    question = models.CharField(
        _("then asks for"), max_length=20, blank=True, choices=Question.choices
    )
    person = models.CharField(_("a person"), max_length=3, blank=True, choices=Person.choices)
    words = models.CharField(
        _("says"), max_length=200, blank=True, help_text=_("Pieces of the answer, by «;».")
    )
    no_words = models.CharField(
        _("does not say"), max_length=200, blank=True, help_text=_("Pieces, by «;».")
    )

    class Meta:
        verbose_name = _("step of a scenario")
        verbose_name_plural = _("steps of a scenario")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.says[:60]


class Trial(TimestampedModel):
    """A talk of a colleague with the assistant; nothing of it is sent or becomes a lead.

    `lines`: [{"says", "answer", "intent", "provider", "person", "stopped", "ms"}], oldest first.
    `state`: what the next turn needs. `asked`: words that wait for an answer.
    """

    class Engine(models.TextChoices):
        AUTO = "auto", _("As for clients")
        RULES = "rules", _("Rules only")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ai_trial"
    )
    engine = models.CharField(
        _("engine"), max_length=10, choices=Engine.choices, default=Engine.AUTO
    )
    lines = models.JSONField(default=list)
    state = models.JSONField(default=dict)
    asked = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("trial of the assistant")
        verbose_name_plural = _("trials of the assistant")

    def __str__(self) -> str:
        return str(self.user)
