"""The filter of the board: from the address to a `BoardFilter`, and back to words and links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from leads.board_filter import BoardFilter
from leads.formats import money
from leads.models import LeadAnalysis, LeadSource
from leads.permissions import Person

Temperature = LeadAnalysis.Temperature

# Where the agency sells tours to.
COUNTRIES = (
    *("VN", "TR", "EG", "AE", "TH", "MV", "LK", "GE", "CN", "ID", "MY", "IN", "QA", "SA"),
    *("JO", "IL", "CY", "GR", "ES", "IT", "ME", "BG", "TN", "MU", "SC", "TZ", "KR", "JP"),
    *("SG", "KH", "PH", "AZ", "AM", "UZ", "KG", "KZ", "RU", "CZ", "FR", "CU", "DO"),
)
WHOSE = [
    ("", gettext_lazy("All leads")),
    ("mine", gettext_lazy("My leads")),
    ("nobody", gettext_lazy("Nobody's leads")),
]


def country_name(code: str) -> str:
    return str(Locale((get_language() or "ru")[:2]).territories.get(code, code))


def _countries() -> list[tuple[str, str]]:
    named = sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda one: one[1])
    return [("", _("Any country")), *named]


def _sources() -> list[tuple[str, str]]:
    return [("", _("Any source")), *LeadSource.objects.values_list("code", "name")]


def _day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        # Beyond them a moment in another time zone can't be counted.
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))],
    )


def _sum_field(label: Any) -> forms.DecimalField:
    widget = forms.NumberInput({"min": 0, "step": 50_000, "inputmode": "numeric"})
    return forms.DecimalField(
        required=False, label=label, min_value=0, max_digits=12, decimal_places=2, widget=widget
    )


class FilterForm(forms.Form):
    whose = forms.ChoiceField(choices=WHOSE, required=False, label=gettext_lazy("Whose leads"))
    q = forms.CharField(required=False, max_length=100)
    source: forms.Field = forms.SlugField(required=False, max_length=40)
    country: forms.Field = forms.RegexField(r"^[A-Z]{2}$", required=False)
    tag = forms.CharField(required=False, max_length=40, label=gettext_lazy("Tag"))
    sum_from = _sum_field(gettext_lazy("Sum from, ₸"))
    sum_to = _sum_field(gettext_lazy("Sum up to, ₸"))
    created_from = _day_field(gettext_lazy("Created from"))
    created_to = _day_field(gettext_lazy("Created until"))
    temperature = forms.ChoiceField(
        choices=[("", gettext_lazy("Any")), *Temperature.choices],
        required=False,
        label=gettext_lazy("Temperature"),
    )
    waiting = forms.BooleanField(
        required=False, label=gettext_lazy("The client waits for an answer")
    )
    overdue = forms.BooleanField(required=False, label=gettext_lazy("The next step is overdue"))


class FilterPanelForm(FilterForm):
    """The same with the choices to pick from: they cost a query, so only the panel has them."""

    source = forms.ChoiceField(choices=_sources, required=False, label=gettext_lazy("Source"))
    country = forms.ChoiceField(choices=_countries, required=False, label=gettext_lazy("Country"))


@dataclass(frozen=True)
class Chip:
    """One condition in words, and the query of the page without it."""

    text: str
    query: str


class Asked:
    """What the address asks for. A value that makes no sense is as if it were not there."""

    def __init__(self, query: QueryDict) -> None:
        form = FilterForm(query)
        form.is_valid()
        self.values = {
            name: value
            for name in form.fields
            if (value := form.cleaned_data.get(name)) not in ("", None, False)
        }

    def filter_for(self, viewer: Person) -> BoardFilter:
        given, whose = self.values, self.values.get("whose")
        return BoardFilter(
            viewer,
            assignee_id=viewer.pk if whose == "mine" else None,
            is_free=whose == "nobody",
            words=given.get("q", ""),
            source=given.get("source", ""),
            country=given.get("country", ""),
            tag=given.get("tag", ""),
            sum_from=given.get("sum_from"),
            sum_to=given.get("sum_to"),
            is_waiting=bool(given.get("waiting")),
            created_from=given.get("created_from"),
            created_to=given.get("created_to"),
            is_overdue=bool(given.get("overdue")),
            temperature=given.get("temperature", ""),
        )

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        kept = ((name, value) for name, value in self.values.items() if name not in without)
        return [(name, "1" if value is True else str(value)) for name, value in kept]

    def query(self, *without: str, **more: str) -> str:
        """The page's query string, always in the same order."""
        found = QueryDict(mutable=True)
        found.update(dict(self.pairs(*without, *more)))
        found.update({name: value for name, value in more.items() if value})
        return found.urlencode()

    def chips(self) -> list[Chip]:
        texts = {name: say(self.values[name]) for name, say in WORDS if name in self.values}
        return [Chip(text, self.query(name)) for name, text in texts.items()]

    def whose_links(self) -> list[tuple[str, str, bool]]:
        now = self.values.get("whose", "")
        return [(str(label), self.query("whose", whose=code), code == now) for code, label in WHOSE]


def _source_name(code: str) -> str:
    source = LeadSource.objects.filter(code=code).first()
    return source.name if source else code


def _day(day: date) -> str:
    return format_date(day, "d MMM y", locale=(get_language() or "ru")[:2])


def _tenge(amount: Decimal) -> str:
    return money(amount, "KZT")


# Whose leads and the words searched for stand in the bar itself.
WORDS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("source", _source_name),
    ("country", country_name),
    ("tag", lambda name: _("Tag: %(name)s") % {"name": name}),
    ("sum_from", lambda amount: _("from %(sum)s") % {"sum": _tenge(amount)}),
    ("sum_to", lambda amount: _("up to %(sum)s") % {"sum": _tenge(amount)}),
    ("created_from", lambda day: _("created from %(day)s") % {"day": _day(day)}),
    ("created_to", lambda day: _("created until %(day)s") % {"day": _day(day)}),
    ("temperature", lambda code: str(Temperature(code).label)),
    ("waiting", lambda _is_on: _("wait for an answer")),
    ("overdue", lambda _is_on: _("step is overdue")),
)
