"""«Забронировать»: from a tour that was found to a booking of a lead."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.desk.acts import ORIGIN
from bookings.models import Booking, Offer
from bookings.places import country_name
from bookings.services.booking import create_booking
from common.errors import DomainError
from leads.models import Lead
from leads.permissions import leads_visible_to
from leads.services import Actor

may_book = permission_required("bookings.add_booking", raise_exception=True)


class BookForm(forms.Form):
    """For which lead; only those that the person may see."""

    lead = forms.ModelChoiceField(
        Lead.objects.none(),
        label=gettext_lazy("For which lead"),
        widget=AutocompleteSelect(Booking._meta.get_field("lead"), admin.site),
    )

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        field = cast(forms.ModelChoiceField, self.fields["lead"])
        field.queryset = leads_visible_to(viewer)


@require_http_methods(["GET", "POST"])
@may_book
def book(request: HttpRequest, offer_id: int) -> HttpResponse:
    """`lead` may come along in the address or the form; without it the person chooses."""
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    user = cast(User, request.user)
    form = BookForm(user, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        form.initial["lead"] = request.GET.get("lead", "")
    if form.is_valid():
        lead = form.cleaned_data["lead"]
        try:
            booking = create_booking(lead.pk, offer.pk, actor=Actor(user, ORIGIN))
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Booked. Now the tourists' data."))
            url = reverse("admin:bookings_booking_change", args=[booking.pk])
            return HttpResponseRedirect(url)
    context = {
        **admin.site.each_context(request),
        "title": _("Book the tour"),
        "offer": offer,
        "country": country_name(offer.country),
        "form": form,
    }
    return render(request, "admin/bookings/book.html", context)
