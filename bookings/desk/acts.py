"""The buttons of a booking's page: each is one form, one right and one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.desk import forms as f
from bookings.models import Booking, BookingTask, DocumentKind, LedgerEntry, Side
from bookings.money import ZERO
from bookings.permissions import ensure_booking_visible, sees_bookings
from bookings.services import booking as steps
from bookings.services.cancelling import cancel_booking
from bookings.services.documents import attach_file, checked_file, issue_document
from bookings.services.payments import Paid, record_payment, record_refund, reverse_entry
from bookings.services.radar import put_radar_off
from bookings.services.tasks import finish_task, plan_task
from bookings.services.trip import change_flights, send_documents, send_traveller_link
from bookings.states import State
from common.errors import DomainError
from leads.services import Actor

ORIGIN = "booking"
Words = dict[str, Any]
CHANGE, PAY = "bookings.change_booking", "bookings.add_ledgerentry"


@dataclass(frozen=True)
class Act:
    """`run` changes the booking and says what it has done. `part` is where the page goes on."""

    form: type[forms.Form]
    run: Callable[[int, Words, Actor], str]
    part: str
    right: str = CHANGE


@require_POST
def act(request: HttpRequest, booking_id: int, action: str) -> HttpResponse:
    user = cast(User, request.user)
    if not sees_bookings(user):
        raise PermissionDenied
    ensure_booking_visible(user, booking_id)
    chosen = ACTS.get(action)
    if chosen is None or not Booking.objects.filter(pk=booking_id).exists():
        raise Http404
    if not user.has_perm(chosen.right):
        raise PermissionDenied
    form = chosen.form(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return _to_page(booking_id, chosen.part)
    try:
        messages.success(request, chosen.run(booking_id, form.cleaned_data, Actor(user, ORIGIN)))
    except DomainError as error:
        messages.error(request, error.message)
    return _to_page(booking_id, chosen.part)


def _first_error(form: forms.Form) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


def _to_page(booking_id: int, part: str) -> HttpResponse:
    url = reverse("admin:bookings_booking_change", args=[booking_id])
    return HttpResponseRedirect(f"{url}#{part}")


def _move_to(state: State) -> Callable[[int, Words, Actor], str]:
    def run(booking_id: int, words: Words, actor: Actor) -> str:
        steps.move_booking(booking_id, state, actor=actor, version=words["version"])
        return _("The booking is now: %(state)s.") % {"state": state.label}

    return run


def _send(booking_id: int, words: Words, actor: Actor) -> str:
    steps.send_to_operator(booking_id, actor=actor, version=words["version"])
    return _("Ready for the operator. Make the claim in their cabinet and write its number here.")


def _claim(booking_id: int, words: Words, actor: Actor) -> str:
    answer = steps.ClaimAnswer(
        words["number"], State(words["outcome"]), words["status"], words["reason"]
    )
    steps.apply_claim(booking_id, answer, actor=actor)
    return _("The operator's answer is kept.")


def _paid(words: Words) -> Paid:
    names = ("method", "amount", "tenge", "rate", "paid_on", "note")
    return Paid(**{name: words[name] for name in names})


def _pay(booking_id: int, words: Words, actor: Actor) -> str:
    _move_money(record_payment, booking_id, words, actor)
    return _("The payment is in the ledger.")


def _refund(booking_id: int, words: Words, actor: Actor) -> str:
    _move_money(record_refund, booking_id, words, actor)
    return _("The refund is in the ledger.")


def _move_money(
    write: Callable[..., LedgerEntry], booking_id: int, words: Words, actor: Actor
) -> None:
    """A receipt that can't be kept is refused before the money is written, not after."""
    receipt = words["receipt"]
    content = receipt.read() if receipt else b""
    if receipt:
        checked_file(content)
    side, key = Side(words["side"]), words["submit_key"]
    entry = write(booking_id, side, _paid(words), actor=actor, submit_key=key)
    if receipt and not entry.receipts.exists():
        attach_file(booking_id, "receipt", receipt.name, content, actor=actor, payment_id=entry.pk)


def _reverse(booking_id: int, words: Words, actor: Actor) -> str:
    if not LedgerEntry.objects.filter(pk=words["entry"], booking=booking_id).exists():
        raise Http404
    reverse_entry(words["entry"], reason=words["reason"], actor=actor)
    return _("The mistake is taken back by a reversal.")


def _discount(booking_id: int, words: Words, actor: Actor) -> str:
    steps.give_discount(booking_id, words["amount"], reason=words["reason"], actor=actor)
    return _("The discount is given, the client's schedule is new.")


def _change(booking_id: int, words: Words, actor: Actor) -> str:
    change = steps.Change(
        hotel=words["hotel"],
        departs_on=words["departs_on"],
        returns_on=words["returns_on"],
        adults=words["adults"],
        children_ages=words["children"],
        price=words["price"],
        fee=words["fee"] or ZERO,
        commission=words["commission"],
    )
    steps.change_booking(
        booking_id, change, reason=words["reason"], actor=actor, version=words["version"]
    )
    return _("The booking is changed.")


def _cancel(booking_id: int, words: Words, actor: Actor) -> str:
    cancel_booking(booking_id, reason=words["reason"], actor=actor, penalty=words["penalty"])
    return _("The booking is cancelled.")


def _sold(booking_id: int, words: Words, actor: Actor) -> str:
    steps.mark_sold(booking_id, actor=actor)
    return _("Sold! The lead is closed successfully.")


def _issue(booking_id: int, words: Words, actor: Actor) -> str:
    document = issue_document(booking_id, DocumentKind(words["kind"]), actor=actor)
    return _("Made: %(name)s") % {"name": document.name}


def _attach(booking_id: int, words: Words, actor: Actor) -> str:
    file = words["file"]
    attach_file(booking_id, words["kind"], file.name, file.read(), actor=actor)
    return _("The file is kept.")


def _send_documents(booking_id: int, words: Words, actor: Actor) -> str:
    send_documents(booking_id, actor=actor)
    return _("The client gets a link to the documents.")


def _link(booking_id: int, words: Words, actor: Actor) -> str:
    address, refusal = send_traveller_link(booking_id, actor=actor)
    if refusal:
        return _("Send it by hand (%(why)s): %(url)s") % {"why": refusal, "url": address}
    return _("The page was sent to the client: %(url)s") % {"url": address}


def _change_flights(booking_id: int, words: Words, actor: Actor) -> str:
    task = change_flights(booking_id, words["lines"], reason=words["reason"], actor=actor)
    return (
        _("The flights are kept; the client will be told.") if task else _("The flights are kept.")
    )


def _task(booking_id: int, words: Words, actor: Actor) -> str:
    plan_task(booking_id, words["title"], words["due_on"], actor=actor)
    return _("The task is planned.")


def _task_done(booking_id: int, words: Words, actor: Actor) -> str:
    if not BookingTask.objects.filter(pk=words["task"], booking=booking_id).exists():
        raise Http404
    finish_task(words["task"], actor=actor, note=words["note"])
    return _("Done.")


def _radar(booking_id: int, words: Words, actor: Actor) -> str:
    put_radar_off(booking_id, words["days"], reason=words["reason"], actor=actor)
    return _("The warning is put off.")


ACTS: dict[str, Act] = {
    "travellers": Act(f.PlainForm, _move_to(State.TRAVELLERS), "travellers"),
    "draft": Act(f.PlainForm, _move_to(State.DRAFT), "head"),
    "send": Act(f.PlainForm, _send, "claim"),
    "claim": Act(f.ClaimForm, _claim, "claim"),
    "documents": Act(f.PlainForm, _move_to(State.DOCUMENTS), "documents"),
    "travelling": Act(f.PlainForm, _move_to(State.TRAVELLING), "head"),
    "finished": Act(f.PlainForm, _move_to(State.FINISHED), "head"),
    "sold": Act(f.PlainForm, _sold, "head"),
    "pay": Act(f.PayForm, _pay, "money", PAY),
    "refund": Act(f.PayForm, _refund, "money", PAY),
    "reverse": Act(f.ReverseForm, _reverse, "money", PAY),
    "radar": Act(f.RadarForm, _radar, "money"),
    "discount": Act(f.DiscountForm, _discount, "money", "bookings.approve_discount"),
    "change": Act(f.ChangeForm, _change, "change"),
    "cancel": Act(f.CancelForm, _cancel, "head"),
    "issue": Act(f.IssueForm, _issue, "documents"),
    "attach": Act(f.AttachForm, _attach, "documents"),
    "send-documents": Act(f.PlainForm, _send_documents, "documents"),
    "link": Act(f.PlainForm, _link, "travellers"),
    "flights": Act(f.FlightsForm, _change_flights, "flights"),
    "task": Act(f.TaskForm, _task, "tasks"),
    "task-done": Act(f.TaskDoneForm, _task_done, "tasks"),
}
