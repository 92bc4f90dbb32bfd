"""What a person may type on the page of a booking. Rules are the services' business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking, BookingDocument, DocumentKind, LedgerEntry, Side, Traveller
from bookings.services.trip import Flight
from bookings.states import State

REASON = gettext_lazy("Why")
LARGEST_ID = 2**63 - 1


def _date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    formats = ["%Y-%m-%d", "%d.%m.%Y"]
    return forms.DateField(label=label, widget=widget, input_formats=formats, **options)


def _sum_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, localize=False, **options
    )


class PlainForm(forms.Form):
    """`version` is what the person saw."""

    version = forms.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, widget=forms.HiddenInput
    )


class ReasonForm(PlainForm):
    reason = forms.CharField(label=REASON, max_length=500)


class ClaimForm(PlainForm):
    number = forms.CharField(label=gettext_lazy("Claim number"), max_length=40)
    status = forms.CharField(
        label=gettext_lazy("Status in the operator's words"), max_length=80, required=False
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[
            (state.value, state.label)
            for state in (State.CONFIRMED, State.ON_REQUEST, State.SENT, State.REJECTED)
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it was rejected"), max_length=500, required=False
    )


class PayForm(PlainForm):
    """Either sum; `submit_key` makes a double click one payment."""

    side = forms.ChoiceField(label=gettext_lazy("Side"), choices=Side.choices)
    tenge = _sum_field(gettext_lazy("Sum in tenge"), required=False)
    amount = _sum_field(gettext_lazy("or in the currency of the booking"), required=False)
    rate = forms.DecimalField(
        label=gettext_lazy("Rate, if it is another one"),
        max_digits=12,
        decimal_places=4,
        required=False,
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=LedgerEntry.Method.choices)
    paid_on = _date_field(gettext_lazy("Day"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    receipt = forms.FileField(label=gettext_lazy("Receipt"), required=False)
    submit_key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ReverseForm(ReasonForm):
    entry = forms.IntegerField(min_value=1, max_value=LARGEST_ID)


class DiscountForm(ReasonForm):
    amount = _sum_field(gettext_lazy("Discount"), min_value=0)


class ChangeForm(ReasonForm):
    hotel = forms.CharField(label=gettext_lazy("Hotel"), max_length=200)
    departs_on = _date_field(gettext_lazy("Departure"))
    returns_on = _date_field(gettext_lazy("Return"))
    adults = forms.IntegerField(label=gettext_lazy("Adults"), min_value=1, max_value=30)
    children = forms.CharField(
        label=gettext_lazy("Ages of children, separated by commas"), max_length=60, required=False
    )
    price = _sum_field(gettext_lazy("Price"))
    fee = _sum_field(gettext_lazy("Fee for the change"), required=False)
    commission = _sum_field(gettext_lazy("Our commission"), min_value=0)

    def clean_children(self) -> list[int]:
        words = [one.strip() for one in self.cleaned_data["children"].split(",") if one.strip()]
        if not all(one.isdecimal() and int(one) <= 17 for one in words):
            raise forms.ValidationError(_("Ages from 0 to 17, separated by commas."))
        return [int(one) for one in words]

    @classmethod
    def of(cls, booking: Booking) -> ChangeForm:
        names = ("hotel", "departs_on", "returns_on", "adults", "price", "commission")
        first = {name: getattr(booking, name) for name in names}
        first["children"] = ", ".join(map(str, booking.children_ages))
        return cls(initial={**first, "version": booking.version}, auto_id="change_%s")


class CancelForm(ReasonForm):
    penalty = _sum_field(
        gettext_lazy("Penalty, if the operator takes another one"), min_value=0, required=False
    )


class IssueForm(PlainForm):
    kind = forms.ChoiceField(choices=DocumentKind.choices)


class AttachForm(PlainForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            (kind.value, kind.label)
            for kind in (
                BookingDocument.Kind.OTHER,
                BookingDocument.Kind.VOUCHER,
                BookingDocument.Kind.CONTRACT,
                BookingDocument.Kind.RECEIPT,
            )
        ],
    )
    file = forms.FileField(label=gettext_lazy("PDF or picture"))


class FlightsForm(ReasonForm):
    """One flight a line: number; from; to; departure; arrival."""

    lines = forms.CharField(
        label=gettext_lazy("One flight a line: number; from; to; departure; arrival"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def clean_lines(self) -> list[Flight]:
        return list(_flights(self.cleaned_data["lines"].splitlines()))


def _flights(lines: Iterable[str]) -> Iterable[Flight]:
    for line in lines:
        parts = [part.strip() for part in line.split(";")]
        if parts == [""]:
            continue
        if not 4 <= len(parts) <= 5:
            raise forms.ValidationError(_("Four or five parts, separated by semicolons: %s") % line)
        limits = (12, 60, 60, 16, 16)
        if any(len(part) > most for part, most in zip(parts, limits, strict=False)):
            raise forms.ValidationError(_("Too long: %s") % line)
        yield Flight(*parts)


class TaskForm(PlainForm):
    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    due_on = _date_field(gettext_lazy("By"))


class TaskDoneForm(PlainForm):
    task = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    note = forms.CharField(max_length=300, required=False)


class RadarForm(ReasonForm):
    days = forms.TypedChoiceField(
        label=gettext_lazy("Put off for"),
        coerce=int,
        choices=[
            (1, gettext_lazy("today")),
            (2, gettext_lazy("two days")),
            (3, gettext_lazy("three days")),
        ],
    )


class TravellerForm(forms.Form):
    surname = forms.CharField(label=gettext_lazy("Surname, Latin"), max_length=60)
    given_names = forms.CharField(label=gettext_lazy("Given names, Latin"), max_length=60)
    birth_on = _date_field(gettext_lazy("Date of birth"), required=False)
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"), choices=[("", "—"), *Traveller.Sex.choices], required=False
    )
    citizenship = forms.RegexField(
        r"^[A-Za-z]{3}$", label=gettext_lazy("Citizenship, three letters"), initial="KAZ"
    )
    number = forms.CharField(
        label=gettext_lazy("Passport number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    expires_on = _date_field(gettext_lazy("Passport is good until"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    guardian = forms.ModelChoiceField(
        Traveller.objects.none(), label=gettext_lazy("Parent who travels along"), required=False
    )
    has_parental_consent = forms.BooleanField(
        label=gettext_lazy("The parents' consent is there"), required=False
    )
    has_consented = forms.BooleanField(
        label=gettext_lazy("Agrees to the use of personal data"), required=False
    )

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guardian: Any = self.fields["guardian"]
        guardian.queryset = booking.travellers.all()


class MrzForm(forms.Form):
    mrz = forms.CharField(
        label=gettext_lazy("The two lines at the foot of the passport"),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        max_length=300,
    )
