"""Pages of bookings in the back office: what each button does, and for whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import (
    Booking,
    BookingDocument,
    BookingTask,
    DocumentTemplate,
    FlightLeg,
    LedgerEntry,
    Offer,
    PaymentDue,
    SpecialDay,
    Traveller,
)
from bookings.states import State
from bookings.tests.booking_rows import (
    confirmed,
    fill_travellers,
    fresh,
    make_booking,
    make_person,
    pay,
)
from bookings.tests.test_mrz import lines
from chat.tests.factories import write
from leads.services import BOT, assign_lead
from leads.tests.factories import make_lead

pytestmark = pytest.mark.django_db
D = Decimal
DESK_RIGHTS = ("view_booking", "change_booking", "add_booking", "view_lead", "change_lead")


@pytest.fixture
def manager(client) -> User:
    user = make_person(*DESK_RIGHTS, "add_ledgerentry")
    client.force_login(user)
    return user


def do(client, booking: Booking, action: str, **data):
    url = reverse("admin:bookings_act", args=[booking.pk, action])
    return client.post(url, data, follow=True)


def said(answer) -> str:
    return " ".join(str(one) for one in answer.context["messages"])


def page_of(client, booking: Booking) -> str:
    url = reverse("admin:bookings_booking_change", args=[booking.pk])
    return client.get(url).content.decode()


def payment(**overrides):
    today = timezone.localdate().isoformat()
    values = {"side": "client", "tenge": "71968", "method": "kaspi", "paid_on": today}
    return values | {"submit_key": "one"} | overrides


def test_a_tour_is_booked_for_a_lead(client, manager):
    booking = make_booking()
    offer_id, lead = booking.offer_id, make_lead()
    url = reverse("admin:bookings_booking_from_offer", args=[offer_id])

    assert client.get(url, {"lead": lead.pk}).status_code == 200
    answer = client.post(url, {"lead": lead.pk})

    made = Booking.objects.get(lead=lead)
    assert answer["Location"] == reverse("admin:bookings_booking_change", args=[made.pk])
    assert made.history.get(kind="created").actor == manager


def test_a_tour_is_not_booked_for_a_colleagues_lead(client, manager):
    offer_id, lead = make_booking().offer_id, make_lead()
    assign_lead(lead.pk, make_person(name="colleague"), actor=BOT)

    answer = client.post(
        reverse("admin:bookings_booking_from_offer", args=[offer_id]), {"lead": lead.pk}
    )

    assert answer.status_code == 200
    assert not Booking.objects.filter(lead=lead).exists()


def test_a_sold_out_tour_is_explained(client, manager):
    offer_id, lead = make_booking().offer_id, make_lead()
    Offer.objects.update(availability="none")

    answer = client.post(
        reverse("admin:bookings_booking_from_offer", args=[offer_id]), {"lead": lead.pk}
    )

    assert "распродан" in answer.content.decode()


def test_the_page_says_what_is_next_and_what_is_wrong(client, manager):
    booking = make_booking()
    assert "Перейти к туристам" in page_of(client, booking)
    do(client, booking, "travellers", version=booking.version)

    answer = do(client, booking, "send")

    assert fresh(booking).state == State.TRAVELLERS
    assert "Цена посчитана на 3" in said(answer)
    fill_travellers(booking)
    assert "Для оператора всё в порядке" in page_of(client, booking)
    do(client, booking, "send")
    do(client, booking, "claim", number="4711", outcome="confirmed")
    assert (fresh(booking).state, fresh(booking).claim_number) == (State.CONFIRMED, "4711")


def test_a_stale_button_is_refused(client, manager):
    booking = make_booking()
    do(client, booking, "travellers", version=booking.version)

    answer = do(client, booking, "draft", version=booking.version)

    assert fresh(booking).state == State.TRAVELLERS
    assert "только что изменили" in said(answer)


def test_money_is_entered_once_however_often_the_button_is_pressed(client, manager):
    booking = confirmed()
    receipt = SimpleUploadedFile("чек.png", b"\x89PNG\r\n\x1a\n1", content_type="image/png")

    do(client, booking, "pay", **payment(receipt=receipt))
    do(client, booking, "pay", **payment())

    entry = LedgerEntry.objects.get()
    assert (entry.amount, entry.tenge, entry.actor) == (D("138.40"), D("71968.00"), manager)
    assert entry.receipts.get().name == "чек.png"
    assert "Предоплачена" in page_of(client, booking)


def test_refund_reversal_and_cancellation(client, manager):
    booking = confirmed()
    entry = pay(booking, "138.40")
    assert "причину" in said(do(client, booking, "refund", **payment()))
    do(client, booking, "refund", **payment(tenge="", amount="38.40", note="Вернули"))
    assert fresh(booking).client_paid == D("100.00")

    refund = LedgerEntry.objects.get(kind="refund")
    do(client, booking, "reverse", entry=refund.pk, reason="Ошибка")
    assert fresh(booking).client_paid == D("138.40")
    other = confirmed()
    assert do(client, other, "reverse", entry=entry.pk, reason="Чужое").status_code == 404

    do(client, booking, "cancel", reason="Передумали")
    assert fresh(booking).state == State.CANCELLED


def test_without_the_right_no_money_moves(client):
    client.force_login(make_person(*DESK_RIGHTS))
    booking = confirmed()

    assert do(client, booking, "pay", **payment()).status_code == 403
    assert do(client, booking, "discount", amount="10", reason="Просто").status_code == 403
    assert not LedgerEntry.objects.exists()
    assert "Внести платёж" not in page_of(client, booking)


def test_whoever_only_looks_changes_nothing(client):
    client.force_login(make_person("view_booking", "view_lead"))
    booking = make_booking()

    assert page_of(client, booking)
    for action in ("travellers", "send", "cancel", "sold", "link", "issue"):
        assert do(client, booking, action, reason="Так").status_code == 403
    assert fresh(booking).state == State.DRAFT


def test_the_head_gives_a_discount(client):
    client.force_login(make_person(*DESK_RIGHTS, "approve_discount"))
    booking = confirmed()

    do(client, booking, "discount", amount="84", reason="Постоянный")

    assert fresh(booking).discount == D("84.00")


def test_a_booking_is_changed_with_a_reason(client, manager):
    booking = confirmed()
    values = {
        "hotel": "Blue Reef", "departs_on": booking.departs_on, "returns_on": booking.returns_on,
        "adults": 2, "children": "6", "price": "1384.00", "fee": "20", "commission": "138.40",
        "reason": "Другой отель",
    }  # fmt: skip

    do(client, booking, "change", **values | {"children": "шесть"})
    assert fresh(booking).hotel == "Coral Lagoon Resort"
    do(client, booking, "change", **values)

    assert (fresh(booking).hotel, fresh(booking).price) == ("Blue Reef", D("1404.00"))
    assert fresh(booking).state == State.ON_REQUEST


def test_one_tap_sells(client, manager):
    booking = confirmed()

    assert "Продано" in said(do(client, booking, "sold"))

    booking.lead.refresh_from_db()
    assert booking.lead.stage_id == "won"
    assert booking.lead.history.filter(after="won").get().actor == manager


def test_the_link_for_the_client_is_shown_even_without_a_channel(client, manager):
    booking = make_booking()

    assert "/trip/tourists/" in said(do(client, booking, "link"))


def test_the_link_for_the_client_goes_into_the_chat(client, manager):
    talk = write("Здравствуйте")
    booking = make_booking(lead=talk.lead)

    do(client, booking, "link")

    assert "/trip/tourists/" in talk.messages.latest("pk").text


def test_files_and_documents(client, manager):
    booking = confirmed()
    do(client, booking, "issue", kind="invoice")
    bad = SimpleUploadedFile("a.exe", b"MZ", content_type="image/png")
    assert "Принимаются только" in said(do(client, booking, "attach", kind="other", file=bad))
    good = SimpleUploadedFile("b.pdf", b"%PDF-1.7", content_type="text/plain")
    do(client, booking, "attach", kind="voucher", file=good)

    invoice, voucher = BookingDocument.objects.order_by("pk")
    answer = client.get(reverse("admin:bookings_document_file", args=[voucher.pk]))
    assert (answer["Content-Type"], answer.content) == ("application/pdf", b"%PDF-1.7")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert invoice.template.kind == "invoice"


def test_tasks_are_planned_and_done(client, manager):
    booking = make_booking()
    do(client, booking, "task", title="Позвонить", due_on=timezone.localdate())
    task = BookingTask.objects.get()

    do(client, booking, "task-done", task=task.pk)

    task.refresh_from_db()
    assert task.done_by == manager
    assert do(client, confirmed(), "task-done", task=task.pk).status_code == 404


# --- tourists -------------------------------------------------------------------------------


def tourist(**overrides):
    values = {
        "surname": "Ivanova", "given_names": "Anna", "birth_on": "1990-05-04", "sex": "F",
        "citizenship": "KAZ", "number": "N12345678", "expires_on": "2035-01-01",
        "has_consented": "on",
    }  # fmt: skip
    return values | overrides


def test_a_tourist_is_added_changed_and_removed(client, manager):
    booking = make_booking()
    new = reverse("admin:bookings_traveller_new", args=[booking.pk])
    assert client.get(new).status_code == 200

    client.post(new, tourist())
    one = Traveller.objects.get()
    assert (str(one), one.document) == ("IVANOVA ANNA", {"number": "N12345678"})
    url = reverse("admin:bookings_traveller_page", args=[booking.pk, one.pk])
    client.post(url, tourist(number="", given_names="MARIA"))
    one.refresh_from_db()
    assert (str(one), one.document) == ("IVANOVA MARIA", {"number": "N12345678"})
    client.post(reverse("admin:bookings_traveller_remove", args=[one.pk]))
    assert not Traveller.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"number": "1"}, {"phone": "нет"}, {"citizenship": "K"}, {"birth_on": "вчера"}]
)
def test_a_wrong_tourist_comes_back(client, manager, wrong):
    url = reverse("admin:bookings_traveller_new", args=[make_booking().pk])

    answer = client.post(url, tourist(**wrong))

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Traveller.objects.exists()


def test_the_lines_of_a_passport_fill_the_form_and_save_nothing(client, manager):
    url = reverse("admin:bookings_traveller_new", args=[make_booking().pk])
    mrz = lines("N1234567", "900504", "350101", "IVANOVA", "ANNA")

    page = client.post(url, {"mrz": mrz}).content.decode()

    assert 'value="IVANOVA"' in page
    assert 'value="1990-05-04"' in page
    assert not Traveller.objects.exists()
    wrong = client.post(url, {"mrz": mrz.replace("N1234567", "N1234568")}).content.decode()
    assert "Контрольная цифра не сходится" in wrong


def test_a_tourist_of_another_booking_is_not_found(client, manager):
    booking, other = make_booking(), make_booking()
    foreign = fill_travellers(other)[0]

    url = reverse("admin:bookings_traveller_page", args=[booking.pk, foreign.pk])

    assert client.get(url).status_code == 404


# --- lists, board, flights, texts -----------------------------------------------------------


def test_the_board_has_a_column_per_live_state_with_count_and_sum(client, manager):
    confirmed()
    make_booking()
    make_booking()

    answer = client.get(reverse("admin:bookings_board"), {"whose": "", "operator": "1"})

    heads = {one.state: (one.count, one.total) for one in answer.context["columns"]}
    assert heads["draft"] == (2, D("1439360.00"))
    assert heads["confirmed"] == (1, D("719680.00"))
    assert "cancelled" not in heads


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("?period=week", 1), ("?period=past", 0), ("?radar=yes", 0), ("?due=week", 1),
     ("?whose=mine", 0), ("?q=Coral", 3), ("?state__exact=confirmed", 1)],
)  # fmt: skip
def test_the_list_is_narrowed(client, manager, query, count):
    confirmed()
    make_booking(days=3)
    make_booking()

    answer = client.get(reverse("admin:bookings_booking_changelist") + query)

    assert answer.context["cl"].result_count == count


def test_payments_of_days_have_totals(client, manager):
    manager.user_permissions.add(*_view_money())
    booking = confirmed()
    pay(booking, "138.40")
    PaymentDue.objects.update(due_on=timezone.localdate() + timedelta(days=2))

    planned = client.get(reverse("admin:bookings_paymentdue_changelist"), {"period": "week"})
    ledger = client.get(reverse("admin:bookings_ledgerentry_changelist"), {"period": "today"})

    totals = [(row["side"], row["total"]) for row in planned.context["totals"]]
    assert totals == [("client", D("1384.00")), ("operator", D("1245.60"))]
    assert [row["total"] for row in ledger.context["totals"]] == [D("138.40")]


def _view_money():
    names = ("view_paymentdue", "view_ledgerentry")
    return Permission.objects.filter(codename__in=names)


def test_a_changed_flight_is_told_to_everybody_on_it(client, manager):
    first, second, other = confirmed(), confirmed(), confirmed()
    departs = f"{first.departs_on} 08:10"
    for booking in (first, second):
        FlightLeg.objects.create(
            booking=booking, number="KC 123", from_airport="ALA", to_airport="CXR",
            departs_local=departs,
        )  # fmt: skip
    url = reverse("admin:bookings_flights_page")
    assert "KC 123" in client.get(url).content.decode()
    flight = f"{url}?number=KC+123&departs={departs.replace(' ', '+')}"
    times = {"departs_local": f"{first.departs_on} 11:40", "reason": "Перенос рейса"}

    answer = client.post(flight, times, follow=True)

    assert "Изменено броней: 2" in said(answer)
    assert {leg.departs_local for leg in FlightLeg.objects.all()} == {times["departs_local"]}
    told = {one.booking.pk: one.is_to_call for one in answer.context["told"]}
    assert told == {first.pk: True, second.pk: True}
    assert not other.tasks.filter(code__startswith="flight:").exists()


def test_a_text_is_edited_previewed_and_kept_as_a_version(client):
    user = make_person(*DESK_RIGHTS, "view_documenttemplate", "change_documenttemplate")
    client.force_login(user)
    confirmed()
    url = reverse("admin:bookings_template_edit", args=["memo"])
    assert "{клиент}" in client.get(url).content.decode()

    preview = client.post(url, {"body": "# Привет, {клиент}", "preview": "1"})
    assert preview.content.startswith(b"%PDF-")
    assert "Переменной {имя} нет" in client.post(url, {"body": "{имя}"}).content.decode()
    assert DocumentTemplate.objects.filter(kind="memo").count() == 1
    client.post(url, {"body": "# Привет, {клиент}"})

    newest = DocumentTemplate.objects.get(kind="memo", is_current=True)
    assert (newest.version, newest.created_by) == (2, user)
    assert client.get(reverse("admin:bookings_template_edit", args=["nothing"])).status_code == 404


def test_holidays_of_the_next_year_are_entered_at_once(admin_client):
    chosen = SpecialDay.objects.filter(day__year=2028).first()
    url = reverse("admin:bookings_specialday_changelist")
    data = {"action": "repeat_next_year", "_selected_action": [chosen.pk]}

    admin_client.post(url, data)
    admin_client.post(url, data)

    assert SpecialDay.objects.filter(day__year=2029).count() == 14


def test_queries_of_lists_and_the_day_do_not_grow(client, manager):
    manager.user_permissions.add(*_view_money())
    urls = [
        reverse("admin:bookings_booking_changelist"),
        reverse("admin:bookings_paymentdue_changelist"),
        reverse("admin:bookings_ledgerentry_changelist"),
        reverse("admin:bookings_board"),
        reverse("admin:index"),
    ]
    for _ in range(2):
        pay(confirmed(days=3), "100")

    def counts() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    few = counts()
    for _ in range(6):
        pay(confirmed(days=3), "100")

    assert counts() == few


def test_the_leads_sheet_shows_its_bookings(client, manager):
    booking = confirmed()

    page = client.get(reverse("admin:leads_lead_sheet", args=[booking.lead_id])).content.decode()

    assert reverse("admin:bookings_booking_change", args=[booking.pk]) in page


@pytest.mark.parametrize("words", ["4711", "IVANO", "Coral"])
def test_the_search_finds_a_booking(client, manager, words):
    booking = confirmed()

    page = client.get(reverse("admin:search"), {"q": words}).content.decode()

    assert reverse("admin:bookings_booking_change", args=[booking.pk]) in page
