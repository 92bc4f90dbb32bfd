"""The form «Поправить»: what a person knows better than the client's messages say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.board_forms import COUNTRIES, country_name
from leads.models import LeadFact

CURRENCIES = [("", "—"), ("KZT", "₸"), ("USD", "$"), ("EUR", "€"), ("RUB", "₽")]
OLDEST_CHILD = 17


def _countries() -> list[tuple[str, str]]:
    named = sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda one: one[1])
    return [("", "—"), *named]


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, show_hidden_initial=True
    )


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, show_hidden_initial=True)


class FactsForm(forms.Form):
    """`cleaned_data` holds only what the person has changed, by the names and shapes of facts.

    What the form was opened with comes back with it, so that a fact learnt meanwhile survives.
    """

    countries: forms.Field = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=_countries, required=False, show_hidden_initial=True
    )
    departure_city = forms.CharField(
        label=gettext_lazy("From where"), max_length=60, required=False, show_hidden_initial=True
    )
    date_from = _day(gettext_lazy("Leaves from"))
    date_to = _day(gettext_lazy("Leaves until"))
    nights_min = _number(gettext_lazy("Nights, at least"), 60)
    nights_max = _number(gettext_lazy("Nights, at most"), 60)
    adults = _number(gettext_lazy("Adults"), 200)
    children_ages = forms.CharField(
        label=gettext_lazy("Ages of the children"),
        max_length=60,
        required=False,
        show_hidden_initial=True,
    )
    budget_max = _number(gettext_lazy("Budget up to"), 1_000_000_000)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=CURRENCIES, required=False, show_hidden_initial=True
    )

    @classmethod
    def of(cls, facts: Sequence[LeadFact]) -> FactsForm:
        known = {fact.name: fact.value for fact in facts if fact.is_current}
        if isinstance(known.get("countries"), list):
            known["countries"] = next(iter(known["countries"]), "")
        if isinstance(known.get("children_ages"), list):
            known["children_ages"] = ", ".join(map(str, known["children_ages"]))
        return cls(initial=known, auto_id="sheet-fact-%s")

    def clean_children_ages(self) -> list[int]:
        text = self.cleaned_data["children_ages"].replace(",", " ").split()
        if not all(age.isascii() and age.isdigit() and int(age) <= OLDEST_CHILD for age in text):
            raise ValidationError(_("Write the ages like this: 5, 7."))
        return [int(age) for age in text]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        _in_order(found, "date_from", "date_to", _("The last day is before the first."))
        _in_order(found, "nights_min", "nights_max", _("“At most” is less than “at least”."))
        return _as_facts({name: found[name] for name in self.changed_data if name in found})


def _in_order(found: dict[str, Any], first: str, last: str, said: str) -> None:
    if found.get(first) and found.get(last) and found[last] < found[first]:
        raise ValidationError({last: said})


SHAPES: dict[str, Callable[[Any], Any]] = {
    "countries": lambda code: [code] if code else [],
    "date_from": lambda day: day.isoformat() if day else None,
    "date_to": lambda day: day.isoformat() if day else None,
}


def _as_facts(changed: dict[str, Any]) -> dict[str, Any]:
    facts = {name: SHAPES.get(name, lambda one: one)(value) for name, value in changed.items()}
    if "children_ages" in facts:
        facts["children"] = len(facts["children_ages"]) or None
    if "countries" in facts:
        # A resort of the country that was.
        facts["resorts"] = []
    return facts
