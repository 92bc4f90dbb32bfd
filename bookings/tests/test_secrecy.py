"""Passport numbers: encrypted, masked, looked at with a reason only, forgotten on time."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bookings.models import BookingHistory, DocumentLook, Traveller
from bookings.selectors import client_bookings
from bookings.services.travellers import forget_documents, save_traveller
from bookings.tests.booking_rows import (
    DESK,
    adult,
    fill_travellers,
    make_booking,
    make_person,
)
from integrations.models import OutboxMessage
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
NUMBER = "N77665544"


@pytest.fixture
def traveller(db) -> Traveller:
    booking = make_booking()
    return save_traveller(booking.pk, adult(booking, number=NUMBER), actor=DESK)


def every_row() -> str:
    """All tables as whoever has the file or a dump sees them."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


def test_with_a_dump_in_hand_no_number_can_be_read(traveller):
    fill_travellers(traveller.booking)
    numbers = [one.document["number"] for one in Traveller.objects.all()]
    dump = every_row()

    assert NUMBER in numbers
    assert len(numbers) == 4
    assert not any(number in dump for number in numbers)
    assert dump.count("enc1:") >= 4


def test_a_dump_of_djangos_own_is_encrypted_and_can_be_loaded(traveller):
    dump = StringIO()
    call_command("dumpdata", "bookings.traveller", stdout=dump)
    (loaded,) = serializers.deserialize("json", dump.getvalue())

    assert NUMBER not in dump.getvalue()
    assert loaded.object.document == {"number": NUMBER}


def test_a_look_needs_a_reason_and_leaves_a_row(client, traveller):
    user = make_person("view_booking", "view_lead", "view_document_numbers")
    client.force_login(user)
    url = reverse("admin:bookings_traveller_look", args=[traveller.pk])

    assert client.post(url, {"reason": " "}).status_code == 302
    assert not DocumentLook.objects.exists()
    answer = client.post(url, {"reason": "Заявка у оператора"})

    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    look = DocumentLook.objects.get()
    assert (look.user, look.reason, look.is_granted) == (user, "Заявка у оператора", True)


def test_without_the_right_it_is_403_and_a_row(client, traveller):
    user = make_person("view_booking", "change_booking", "view_lead")
    client.force_login(user)
    url = reverse("admin:bookings_traveller_look", args=[traveller.pk])

    answer = client.post(url, {"reason": "Любопытно"})

    assert answer.status_code == 403
    assert NUMBER not in answer.content.decode()
    look = DocumentLook.objects.get()
    assert (look.user, look.is_granted) == (user, False)


@pytest.mark.parametrize(
    "rights", [(), ("view_booking", "view_lead", "view_document_numbers")], ids=["none", "others"]
)
def test_who_may_not_see_the_booking_at_all_leaves_a_row_too(client, traveller, rights):
    lead = traveller.booking.lead
    lead.assignee = make_person(name="owner")
    lead.save()
    client.force_login(make_person(*rights))

    answer = client.post(
        reverse("admin:bookings_traveller_look", args=[traveller.pk]), {"reason": "Любопытно"}
    )

    assert answer.status_code == 403
    assert NUMBER not in answer.content.decode()
    assert DocumentLook.objects.get().is_granted is False


def test_no_page_shows_a_number_by_itself(admin_client, traveller):
    booking = traveller.booking
    urls = [
        reverse("admin:bookings_booking_change", args=[booking.pk]),
        reverse("admin:bookings_booking_changelist"),
        reverse("admin:bookings_traveller_changelist"),
        reverse("admin:bookings_traveller_change", args=[traveller.pk]),
        reverse("admin:bookings_traveller_page", args=[booking.pk, traveller.pk]),
        reverse("admin:leads_lead_sheet", args=[booking.lead_id]),
        reverse("admin:index"),
    ]
    for url in urls:
        assert NUMBER not in admin_client.get(url).content.decode(), url


def test_a_number_gets_into_no_history_notice_queue_or_answer_for_the_bot(traveller):
    booking = traveller.booking
    said = json.dumps(
        [
            *BookingHistory.objects.values_list("before", "after", "reason"),
            *LiveEvent.objects.values_list("payload"),
            *OutboxMessage.objects.values_list("payload"),
        ],
        default=str,
    )

    assert NUMBER not in said
    assert NUMBER not in str(client_bookings(booking.lead.client_id))


def test_logs_hold_no_number(caplog, client, traveller):
    client.force_login(make_person("view_booking", "view_lead", "view_document_numbers"))
    client.post(reverse("admin:bookings_traveller_look", args=[traveller.pk]), {"reason": "Надо"})

    assert NUMBER not in caplog.text


@pytest.mark.parametrize(("days", "is_kept"), [(89, True), (90, True), (91, False)])
def test_passports_are_forgotten_on_time(traveller, days, is_kept):
    today = traveller.booking.returns_on + timedelta(days=days)

    count = forget_documents(kept_days=90, today=today)
    again = forget_documents(kept_days=90, today=today)

    found = Traveller.objects.get(pk=traveller.pk)
    assert (count, again) == ((0, 0) if is_kept else (1, 0))
    assert found.document == ({"number": NUMBER} if is_kept else {})
    assert (found.has_document, found.expires_on is not None) == (is_kept, is_kept)
    assert str(found) == "IVANOVA ANNA"


def test_a_number_written_after_it_was_forgotten_is_forgotten_again(traveller):
    booking, later = traveller.booking, traveller.booking.returns_on + timedelta(days=91)
    forget_documents(kept_days=90, today=later)
    save_traveller(booking.pk, adult(booking, number=NUMBER), actor=DESK, traveller_id=traveller.pk)

    assert forget_documents(kept_days=90, today=later) == 1
    assert Traveller.objects.get().document == {}


def test_an_empty_number_field_keeps_the_number(traveller):
    booking = traveller.booking
    save_traveller(booking.pk, adult(booking, number=None), actor=DESK, traveller_id=traveller.pk)

    assert Traveller.objects.get().document == {"number": NUMBER}


def test_a_row_no_key_opens_shows_as_empty(settings, traveller):
    settings.FIELD_KEYS = ["WmZpZWxkLWtleS1mb3ItdGVzdHMtb25seS05ODc2NTQ="]

    assert Traveller.objects.get().document == {}


def test_looks_stay_when_time_goes_by(traveller):
    DocumentLook.objects.create(
        traveller=traveller, user=make_person(), reason="Надо", is_granted=True
    )
    forget_documents(kept_days=0, today=timezone.localdate() + timedelta(days=400))

    assert DocumentLook.objects.count() == 1
