"""What a client types on a phone: one short form per tourist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Traveller
from bookings.services.travellers import TravellerInput, checked_number
from common.errors import InvalidInput
from common.phones import normalize_phone


def _day(label: Any, hint: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "autocomplete": hint}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"])


def _text(label: Any, hint: str, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": hint, "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **options)


class TouristForm(forms.Form):
    surname = _text(gettext_lazy("Surname as in the passport"), "family-name", max_length=60)
    given_names = _text(gettext_lazy("Names as in the passport"), "given-name", max_length=60)
    birth_on = _day(gettext_lazy("Date of birth"), "bday")
    # Nothing is chosen beforehand: a field people pass over would make everybody a man.
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=[("", "—"), *Traveller.Sex.choices])
    citizenship = forms.RegexField(
        r"^[A-Za-z]{3}$", label=gettext_lazy("Citizenship, as in the passport"), initial="KAZ"
    )
    number = _text(gettext_lazy("Passport number"), "off", max_length=30, required=False)
    expires_on = _day(gettext_lazy("Passport is good until"), "off")
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    with_parent = forms.BooleanField(
        label=gettext_lazy("A child who flies with the first adult of this list"), required=False
    )
    has_consented = forms.BooleanField(
        label=gettext_lazy("I agree to the use of these data for booking the trip")
    )

    def __init__(self, *args: Any, kept_number: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_number = kept_number
        if kept_number:
            self.fields["number"].widget.attrs["placeholder"] = "••••••••"

    def clean_number(self) -> str:
        """What is typed now, or what was kept while typing; it is never shown again."""
        number = self.cleaned_data["number"] or self.kept_number
        try:
            number = checked_number(number)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
        if not number:
            raise forms.ValidationError(_("Write the number of the passport."))
        return number

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone and normalize_phone(phone) is None:
            raise forms.ValidationError(_("This is not a phone number."))
        return phone

    def traveller(self) -> TravellerInput:
        return TravellerInput(**self.cleaned_data)


class FeedbackForm(forms.Form):
    mark = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in range(1, 6)])
    text = forms.CharField(max_length=2000, required=False)
