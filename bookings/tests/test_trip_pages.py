"""The client's own pages: tourists' data once, the trip with its documents, the mark."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, BookingTask, DocumentKind, Traveller, TravellerLink, TripLink
from bookings.services.documents import attach_file, issue_document
from bookings.services.traveller_links import new_token, open_traveller_link
from bookings.services.travellers import TravellerInput, save_traveller
from bookings.services.trip import open_trip_link
from bookings.states import State
from bookings.tests.booking_rows import DESK, confirmed, fresh, make_booking, make_person, pay
from common.errors import Conflict

pytestmark = pytest.mark.django_db
NUMBER = "N12345678"


def typed(booking: Booking) -> dict[str, str]:
    """The form of two adults and a child of six, as a phone posts it."""
    people = [("IVANOVA", "ANNA", "1990-05-04", "F"), ("IVANOV", "OLEG", "1988-01-02", "M")]
    born = booking.departs_on.replace(year=booking.departs_on.year - 6, day=1)
    people.append(("IVANOV", "MARK", born.isoformat(), "M"))
    data = {}
    for n, (surname, given, birth, sex) in enumerate(people):
        one = {
            "surname": surname, "given_names": given, "birth_on": birth, "sex": sex,
            "citizenship": "KAZ", "number": f"{NUMBER[:-1]}{n}", "expires_on": "2035-01-01",
            "phone": "", "has_consented": "on",
        }  # fmt: skip
        data |= {f"p{n}-{name}": value for name, value in one.items()}
    return data | {"p2-with_parent": "on"}


@pytest.fixture
def booking(db) -> Booking:
    return make_booking()


@pytest.fixture
def url(booking) -> str:
    return reverse("trip:travellers", args=[open_traveller_link(booking.pk, actor=DESK)])


def test_a_token_cannot_be_guessed():
    tokens = {new_token() for _ in range(200)}

    assert len(tokens) == 200
    # 32 characters of 64 kinds: 192 bits, where 128 are asked for.
    assert {len(token) for token in tokens} == {32}


def test_only_a_hash_of_the_token_is_kept(booking):
    token = open_traveller_link(booking.pk, actor=DESK)

    assert token not in str(TravellerLink.objects.values().get())
    assert len(TravellerLink.objects.get().token_hash) == 64


def test_a_client_fills_in_everybody_and_the_checks_are_content(client, booking, url):
    page = client.get(url)
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]

    answer = client.post(url, typed(booking))

    assert answer.status_code == 200
    people = list(Traveller.objects.order_by("pk"))
    assert [str(one) for one in people] == ["IVANOVA ANNA", "IVANOV OLEG", "IVANOV MARK"]
    assert people[0].document == {"number": "N12345670"}
    assert people[2].guardian == people[0]
    assert all(one.consented_at for one in people)
    assert TravellerLink.objects.get().draft == {}


def test_father_and_son_of_one_name_are_two_people(client, booking, url):
    known = save_traveller(
        booking.pk,
        TravellerInput(surname="IVANOV", given_names="OLEG", birth_on=date(1988, 1, 2)),
        actor=DESK,
    )

    client.post(url, typed(booking) | {"p2-given_names": "OLEG"})

    people = Traveller.objects.filter(surname="IVANOV", given_names="OLEG").order_by("birth_on")
    assert [one.document["number"] for one in people] == ["N12345671", "N12345672"]
    assert people[0].pk == known.pk
    assert Traveller.objects.count() == 3


def test_a_tourist_entered_by_name_alone_is_brought_up_to_date(client, booking, url):
    half = TravellerInput(surname="Ivanov", given_names="Mark")
    known = save_traveller(booking.pk, half, actor=DESK)

    client.post(url, typed(booking))

    assert Traveller.objects.count() == 3
    assert Traveller.objects.get(given_names="MARK").pk == known.pk


def test_a_page_that_was_handed_in_is_closed(client, booking, url):
    client.post(url, typed(booking))

    again = client.post(url, typed(booking) | {"p0-surname": "PETROVA"})

    assert (client.get(url).status_code, again.status_code) == (404, 404)
    assert client.post(f"{url}keep/", {"p0-surname": "X"}).status_code == 404
    assert Traveller.objects.count() == 3
    assert not Traveller.objects.filter(surname="PETROVA").exists()


def test_a_page_whose_time_is_over_is_closed(client, booking, url):
    TravellerLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(url).status_code == 404
    assert client.post(url, typed(booking)).status_code == 404
    assert not Traveller.objects.exists()


def test_a_newer_page_closes_the_older_one(client, booking, url):
    newer = reverse("trip:travellers", args=[open_traveller_link(booking.pk, actor=DESK)])

    assert (client.get(url).status_code, client.get(newer).status_code) == (404, 200)


def test_an_invented_address_looks_like_a_used_one(client, booking, url):
    client.post(url, typed(booking))
    used, invented = client.get(url), client.get(reverse("trip:travellers", args=[new_token()]))

    assert invented.status_code == used.status_code == 404
    assert invented.content == used.content


def test_what_is_typed_is_kept_and_the_number_is_not_shown_again(client, booking, url):
    client.post(f"{url}keep/", {"p0-surname": "IVANOVA", "p0-number": NUMBER, "evil": "x" * 500})
    link = TravellerLink.objects.get()
    page = client.get(url).content.decode()

    assert link.draft["p0-surname"] == "IVANOVA"
    assert link.draft["p0-number"] == NUMBER
    assert "evil" not in link.draft
    assert 'value="IVANOVA"' in page
    assert NUMBER not in page

    data = typed(booking) | {"p0-number": ""}
    assert client.post(url, data).status_code == 200
    assert Traveller.objects.get(given_names="ANNA").document == {"number": NUMBER}


def test_the_draft_is_encrypted(client, url):
    client.post(f"{url}keep/", {"p0-number": NUMBER})

    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM bookings_travellerlink")
        raw = cursor.fetchone()[0]
    assert raw.startswith("enc1:")
    assert NUMBER not in raw


@pytest.mark.parametrize(
    "wrong",
    [
        {"p0-surname": ""},
        {"p0-birth_on": "вчера"},
        {"p0-sex": ""},
        {"p0-number": "12"},
        {"p1-number": ""},
        {"p0-expires_on": ""},
        {"p0-phone": "звоните"},
        {"p0-citizenship": "Казахстан"},
        {"p1-has_consented": ""},
    ],
)
def test_a_form_with_a_mistake_comes_back_and_stores_no_tourist(client, booking, url, wrong):
    answer = client.post(url, typed(booking) | wrong)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Traveller.objects.exists()
    assert client.get(url).status_code == 200


def test_once_the_operator_has_them_there_is_no_page():
    booking = confirmed()

    with pytest.raises(Conflict):
        open_traveller_link(booking.pk, actor=DESK)


def test_a_page_still_open_when_the_operator_confirms_is_refused(client, booking, url):
    Booking.objects.update(state=State.CONFIRMED)

    assert client.post(url, typed(booking)).status_code == 404
    assert not Traveller.objects.exists()


# --- the trip -------------------------------------------------------------------------------


def trip_url(booking: Booking, task: BookingTask | None = None) -> str:
    return "/trip/" + open_trip_link(booking, task=task).partition("/trip/")[2]


def test_the_pack_is_opened_by_one_link(client):
    booking = confirmed()
    memo = issue_document(booking.pk, DocumentKind.MEMO, actor=DESK)
    url = trip_url(booking)

    page = client.get(url)
    file = client.get(f"{url}file/{memo.pk}/")
    client.post(f"{url}opened/")

    assert memo.name in page.content.decode()
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert file.content.startswith(b"%PDF-")
    assert "no-store" in file["Cache-Control"]
    assert TripLink.objects.get().opened_at is not None


def test_the_page_says_what_is_left_to_pay(client):
    booking = confirmed()
    url = trip_url(booking)
    pay(booking, "200")

    page = client.get(url).content.decode()

    assert "1 184 USD" in page
    assert "138,40 USD" not in page
    pay(booking, "1184")
    assert "К оплате" not in client.get(url).content.decode()


KAZAKH = {"accept-language": "kk"}


def test_the_clients_pages_speak_kazakh(client, url):
    form = client.get(url, headers=KAZAKH).content.decode()
    trip = client.get(trip_url(confirmed()), headers=KAZAKH).content.decode()
    closed = client.get(reverse("trip:page", args=[new_token()]), headers=KAZAKH).content.decode()

    assert '<html lang="kk">' in form
    for page, words in (
        (form, ("Кім барады?", "Паспорт нөмірі", "1-турист", "Жіберу", "әйел")),
        (trip, ("Рейстер", "Құжаттар", "Төлеу керек", "Вьетнам")),
        (closed, ("Парақ жабық",)),
    ):
        assert [word for word in words if word not in page] == []


def test_the_history_speaks_the_language_of_the_house(client):
    booking = confirmed()

    client.post(f"{trip_url(booking)}opened/", headers={"accept-language": "en"})

    assert booking.history.get(kind="client").after == "Клиент открыл страницу поездки"


def test_a_file_of_another_booking_stays_closed(client):
    booking, other = confirmed(), confirmed()
    foreign = attach_file(other.pk, "other", "a.png", b"\x89PNG\r\n\x1a\n", actor=DESK)

    assert client.get(f"{trip_url(booking)}file/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize("field", ["expires_at", "revoked_at"])
def test_the_pack_expires_and_may_be_withdrawn(client, field):
    url = trip_url(confirmed())
    TripLink.objects.update(**{field: timezone.now()})

    assert client.get(url).status_code == 404


def test_opening_the_page_of_a_reminder_marks_it_as_read(client):
    booking = confirmed()
    task = booking.tasks.filter(audience="client").first()

    client.post(f"{trip_url(booking, task)}opened/")

    assert BookingTask.objects.get(pk=task.pk).read_at is not None


def test_neither_a_messengers_preview_nor_one_of_us_is_the_client(client):
    booking = confirmed()
    task = booking.tasks.filter(audience="client").first()
    url = trip_url(booking, task)

    client.get(url)
    client.force_login(make_person("view_booking", "view_lead"))
    client.post(f"{url}opened/")

    assert BookingTask.objects.get(pk=task.pk).read_at is None
    assert TripLink.objects.get().opened_at is None
    assert not booking.history.filter(kind="client").exists()


def test_any_link_to_the_page_shows_the_new_flights(client):
    booking = confirmed()
    sent = BookingTask.objects.create(
        booking=booking, code="flight:5", audience="client", due_on=timezone.localdate(),
        title="Рейс", message_id=1,
    )  # fmt: skip
    waiting = BookingTask.objects.create(
        booking=booking, code="flight:6", audience="client", due_on=timezone.localdate(),
        title="Рейс",
    )  # fmt: skip

    client.post(f"{trip_url(booking)}opened/")

    assert BookingTask.objects.get(pk=sent.pk).read_at is not None
    assert BookingTask.objects.get(pk=waiting.pk).read_at is None


def came_home() -> Booking:
    booking = confirmed()
    today = timezone.localdate()
    Booking.objects.update(
        state=State.FINISHED, departs_on=today - timedelta(days=8), returns_on=today
    )
    return fresh(booking)


@pytest.mark.parametrize(("mark", "calls_head"), [(1, True), (3, True), (4, False), (5, False)])
def test_a_low_mark_becomes_a_task_for_the_head(client, mark, calls_head):
    booking = came_home()

    answer = client.post(f"{trip_url(booking)}mark/", {"mark": mark, "text": "Спасибо"})

    assert answer.status_code == 200
    assert (fresh(booking).feedback_mark, fresh(booking).feedback_text) == (mark, "Спасибо")
    assert BookingTask.objects.filter(audience="head", done_at=None).exists() == calls_head


def test_a_mark_is_given_once_and_after_the_trip(client):
    booking = came_home()
    url = trip_url(booking)
    client.post(f"{url}mark/", {"mark": 5})
    client.post(f"{url}mark/", {"mark": 1})
    early = confirmed()
    client.post(f"{trip_url(early)}mark/", {"mark": 5})

    assert fresh(booking).feedback_mark == 5
    assert fresh(early).feedback_mark is None
    assert not BookingTask.objects.filter(code="low-mark").exists()


@pytest.mark.parametrize("mark", ["0", "6", "отлично", ""])
def test_a_mark_beyond_five_is_nothing(client, mark):
    booking = came_home()

    client.post(f"{trip_url(booking)}mark/", {"mark": mark})

    assert fresh(booking).feedback_mark is None
