"""The form of the search page: what a manager types → questions to the operator."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from babel import Locale
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.matching import SURE, find_entries
from bookings.models import CatalogueEntry
from bookings.services.searching import MOST_AT_ONCE
from integrations.tours.base import TourSearch

LONGEST_WINDOW = timedelta(days=31)
FARTHEST = timedelta(days=500)
LIMIT = 200

Kind = CatalogueEntry.Kind
STARS = [("", gettext_lazy("any")), ("3", "3★ +"), ("4", "4★ +"), ("5", "5★")]
MEALS = [
    ("", gettext_lazy("any")),
    ("RO", gettext_lazy("no meals (RO)")),
    ("BB", gettext_lazy("breakfast (BB)")),
    ("HB", gettext_lazy("half board (HB)")),
    ("FB", gettext_lazy("full board (FB)")),
    ("AI", gettext_lazy("all inclusive (AI)")),
    ("UAI", gettext_lazy("ultra all inclusive (UAI)")),
]
CURRENCIES = [("KZT", "₸"), ("USD", "$")]
# Until the operator's own lists have been read.
USUAL_CITIES = ("Алматы", "Астана", "Шымкент", "Бишкек", "Ташкент", "Москва")
USUAL_COUNTRIES = ("VN", "TR", "EG", "AE", "TH", "MV", "LK", "GE", "CN", "ID")


def entries(kind: str) -> Any:
    return CatalogueEntry.objects.filter(kind=kind, vanished_at=None)


def city_choices() -> list[tuple[str, str]]:
    names = list(entries(Kind.TOWN_FROM).order_by("name").values_list("name", flat=True))
    return [(name, name) for name in names or USUAL_CITIES]


def country_choices() -> list[tuple[str, str]]:
    rows = entries(Kind.COUNTRY).values_list("details", "name")
    known = {details["iso2"]: name for details, name in rows if details.get("iso2")}
    names = Locale("ru").territories
    known = known or {code: names[code] for code in USUAL_COUNTRIES}
    return sorted(known.items(), key=lambda pair: pair[1])


class SearchForm(forms.Form):
    departure_city = forms.ChoiceField(label=gettext_lazy("From"))
    countries = forms.MultipleChoiceField(
        label=gettext_lazy("Where to"), widget=forms.CheckboxSelectMultiple
    )
    date_from = forms.DateField(
        label=gettext_lazy("Departure from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    date_to = forms.DateField(
        label=gettext_lazy("Departure to"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    nights_min = forms.IntegerField(
        label=gettext_lazy("Nights from"), min_value=1, max_value=60, initial=7
    )
    nights_max = forms.IntegerField(
        label=gettext_lazy("Nights to"), min_value=1, max_value=60, initial=10
    )
    adults = forms.IntegerField(label=gettext_lazy("Adults"), min_value=1, max_value=6, initial=2)
    ages = forms.CharField(
        label=gettext_lazy("Ages of children"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": gettext_lazy("for example 6, 9")}),
    )
    resorts = forms.CharField(
        label=gettext_lazy("Resorts"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": gettext_lazy("any; several with a comma")}),
    )
    hotels = forms.CharField(
        label=gettext_lazy("Hotels"),
        required=False,
        max_length=300,
        widget=forms.TextInput({"placeholder": gettext_lazy("any; several with a comma")}),
    )
    stars_min = forms.TypedChoiceField(
        label=gettext_lazy("Stars"), choices=STARS, coerce=int, empty_value=None, required=False
    )
    meal = forms.TypedChoiceField(
        label=gettext_lazy("Meals"), choices=MEALS, empty_value=None, required=False
    )
    budget_max = forms.DecimalField(
        label=gettext_lazy("Budget up to"),
        required=False,
        min_value=1,
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=CURRENCIES)
    lead = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departure_city"].choices = city_choices()  # type: ignore[attr-defined]
        self.fields["countries"].choices = country_choices()  # type: ignore[attr-defined]

    def clean_countries(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["countries"]
        if len(chosen) > MOST_AT_ONCE:
            message = _("Choose from one to %(most)s directions at once.")
            raise forms.ValidationError(message % {"most": MOST_AT_ONCE})
        return chosen

    def clean_ages(self) -> tuple[int, ...]:
        parts = re.split(r"[\s,;и]+", self.cleaned_data["ages"].strip())
        parts = [part for part in parts if part]
        if not all(part.isdecimal() and int(part) <= 17 for part in parts) or len(parts) > 6:
            raise forms.ValidationError(
                _("Write the age of each child in full years, from 0 to 17: for example 6, 9.")
            )
        return tuple(int(part) for part in parts)

    def clean_date_from(self) -> date:
        first: date = self.cleaned_data["date_from"]
        today = timezone.localdate()
        if not today < first < today + FARTHEST:
            raise forms.ValidationError(_("Choose a day from tomorrow on, within 500 days."))
        return first

    def clean_resorts(self) -> tuple[str, ...]:
        if not entries(Kind.RESORT).exists():  # not read yet: the operator knows its own names
            return tuple(self._typed("resorts"))
        return tuple(entry.name for entry in self._matched("resorts", Kind.RESORT))

    def clean_hotels(self) -> tuple[int, ...]:
        return tuple(entry.code for entry in self._matched("hotels", Kind.HOTEL))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("date_from"), data.get("date_to")
        if first and last and not first <= last <= first + LONGEST_WINDOW:
            self.add_error("date_to", _("The last day is up to 31 days after the first one."))
        low, high = data.get("nights_min"), data.get("nights_max")
        if low and high and low > high:
            self.add_error("nights_max", _("At least as many nights as on the left."))
        return data

    def searches(self) -> list[TourSearch]:
        """One per country; of a valid form only."""
        data = self.cleaned_data
        same = (
            *("departure_city", "date_from", "date_to", "nights_min", "nights_max", "adults"),
            *("resorts", "hotels", "stars_min", "meal", "budget_max", "currency"),
        )
        common = {name: data[name] for name in same}
        return [
            TourSearch(**common, country=country, children_ages=data["ages"], limit=LIMIT)
            for country in data["countries"]
        ]

    def _matched(self, field: str, kind: str) -> list[CatalogueEntry]:
        """What was typed, in any spelling; a name that is not surely known is asked back."""
        return [self._match(name, kind) for name in self._typed(field)]

    def _typed(self, field: str) -> list[str]:
        return [part.strip() for part in self.cleaned_data[field].split(",") if part.strip()]

    def _match(self, name: str, kind: str) -> CatalogueEntry:
        surely = find_entries(name, entries(kind), limit=1, cutoff=SURE)
        if surely:
            return surely[0]
        likely = ", ".join(entry.name for entry in find_entries(name, entries(kind), limit=3))
        if likely:
            message = _("There is no “%(name)s”. Perhaps: %(likely)s?")
            raise forms.ValidationError(message % {"name": name, "likely": likely})
        raise forms.ValidationError(_("The operator has no “%(name)s”.") % {"name": name})
