"""The back office's pages of tours: the form, the results, selections, the operator."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.forms import SearchForm
from bookings.models import CatalogueSync, Offer, OperatorCheck, SearchRun, Selection
from bookings.prefill import from_facts, from_search
from bookings.services.catalogue import continue_sync, start_sync
from bookings.services.offers import save_offer
from bookings.tests.operators import use_fake
from bookings.tests.test_searching import run_all
from bookings.tests.tours import tour_offer, tour_search
from chat.models import Conversation, Message
from chat.selectors import kept_draft
from chat.services.reply_drafts import keep_draft
from chat.tests.factories import write
from crystalbay.roles import HEAD, MANAGER, READER, ensure_roles
from integrations.fakes.samo import FakeSamo
from integrations.models import OutboxMessage
from integrations.tours.base import TourSearch
from leads.services import BOT, NewFact, record_facts

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
FIRST = timezone.localdate() + timedelta(days=50)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSamo:
    return use_fake(monkeypatch, today=timezone.localdate())


@pytest.fixture
def catalogue(fake: FakeSamo) -> None:
    continue_sync(start_sync().pk, 60.0)
    OutboxMessage.objects.all().delete()


@pytest.fixture
def talk() -> Conversation:
    return write("Хотим во Вьетнам")


def browser(*roles: str) -> Browser:
    ensure_roles()
    user = User.objects.create_user("person", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    window = Browser()
    window.force_login(user)
    return window


def wish(**changes: Any) -> dict[str, Any]:
    values = {
        "departure_city": "Алматы",
        "countries": ["VN", "TR"],
        "date_from": FIRST.isoformat(),
        "date_to": (FIRST + timedelta(days=5)).isoformat(),
        "nights_min": 7,
        "nights_max": 10,
        "adults": 2,
        "ages": "6",
        "currency": "KZT",
    }
    return values | changes


def post(window: Browser, values: dict[str, Any]) -> Any:
    return window.post(reverse("admin:bookings_search"), values)


# --- the form ---


def test_search_asks_one_question_per_country_and_shows_what_came(
    catalogue: None, talk: Conversation
) -> None:
    window = browser(MANAGER)

    answer = post(window, wish(lead=talk.lead_id))
    run_all()
    page = window.get(answer["Location"])

    runs = SearchRun.objects.order_by("pk")
    assert [TourSearch.from_dict(run.parameters).country for run in runs] == ["VN", "TR"]
    assert {run.lead_id for run in runs} == {talk.lead_id}
    text = page.content.decode()
    assert text.count('class="card tours-hotel"') > 10
    assert "data-pick" in text
    assert 'data-over="1"' in text


def test_names_are_understood_in_any_spelling(catalogue: None, fake: FakeSamo) -> None:
    hotel = fake.catalogue.hotels[0]
    name = re.sub(r"\s*\d\*$", "", hotel.name)

    form = SearchForm(wish(resorts="нячанк, PHU QUOC", hotels=name.lower()))

    assert form.is_valid(), form.errors
    (search, _other) = form.searches()
    assert search.resorts == ("Нячанг", "Фукуок")
    assert search.hotels == (hotel.id,)


def test_before_the_catalogue_is_read_the_operator_understands_resorts_itself(db: None) -> None:
    form = SearchForm(wish(resorts="Нячанг"))

    assert form.is_valid(), form.errors
    assert form.searches()[0].resorts == ("Нячанг",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"countries": []}, "countries"),
        ({"countries": ["XX"]}, "countries"),
        ({"departure_city": "Париж"}, "departure_city"),
        ({"date_from": "2020-01-01"}, "date_from"),
        ({"date_to": (FIRST - timedelta(days=1)).isoformat()}, "date_to"),
        ({"date_to": (FIRST + timedelta(days=32)).isoformat()}, "date_to"),
        ({"nights_min": 11}, "nights_max"),
        ({"nights_max": 61}, "nights_max"),
        ({"adults": 0}, "adults"),
        ({"ages": "18"}, "ages"),
        ({"ages": "шесть"}, "ages"),
        ({"resorts": "Урюпинск"}, "resorts"),
        ({"hotels": "Гостиница у дороги"}, "hotels"),
        ({"budget_max": "-5"}, "budget_max"),
        ({"currency": "THB"}, "currency"),
    ],
)
def test_what_cannot_be_searched_is_told_and_nothing_is_asked(
    catalogue: None, changes: dict[str, Any], field: str
) -> None:
    answer = post(browser(MANAGER), wish(**changes))

    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not SearchRun.objects.exists()


def test_form_knows_what_the_client_has_said(catalogue: None, talk: Conversation) -> None:
    facts = {
        "departure_city": "Астана",
        "countries": ["TR"],
        "resorts": ["Кемер"],
        "date_from": FIRST.isoformat(),
        "nights_min": 9,
        "adults": 3,
        "children_ages": [4, 9],
        "stars_min": 5,
        "meal": "AI",
        "budget_max": 2000000,
        "currency": "KZT",
    }
    record_facts(talk.lead_id, [NewFact(*pair) for pair in facts.items()], actor=BOT)

    page = browser(MANAGER).get(reverse("admin:bookings_tours"), {"lead": talk.lead_id})

    initial = page.context["form"].initial
    assert initial["departure_city"] == "Астана"
    assert initial["countries"] == ["TR"]
    assert initial["date_from"] == FIRST
    assert (initial["nights_min"], initial["nights_max"]) == (9, 9)
    assert (initial["ages"], initial["resorts"]) == ("4, 9", "Кемер")
    assert (initial["stars_min"], initial["meal"], initial["budget_max"]) == (5, "AI", 2000000)


def test_days_that_have_passed_are_not_proposed() -> None:
    today = date(2026, 11, 25)

    values = from_facts({"date_from": "2026-10-01", "date_to": "2026-10-10"}, today)

    assert (values["date_from"], values["date_to"]) == (date(2026, 11, 26), date(2026, 11, 26))


def test_a_search_makes_the_form_that_asks_it_again(catalogue: None) -> None:
    search = tour_search(
        date_from=FIRST, date_to=FIRST, resorts=("Нячанг",), stars_min=4, meal="BB", limit=200
    )

    form = SearchForm({name: value or "" for name, value in from_search(search).items()})

    assert form.is_valid(), form.errors
    assert form.searches() == [search]


@pytest.mark.parametrize(
    ("field", "typed", "found"),
    [("resorts", "Нячанк", "Нячанг"), ("resorts", "Кемер, фукок", "Фукуок"), ("hotels", "z", None)],
)
def test_names_are_suggested_while_typed(
    catalogue: None, field: str, typed: str, found: str | None
) -> None:
    answer = browser(MANAGER).get(
        reverse("admin:bookings_suggestions"), {"field": field, "q": typed}
    )

    assert answer.json()["names"][:1] == ([found] if found else [])


# --- the results ---


class TestResults:
    @pytest.fixture
    def run(self, fake: FakeSamo, talk: Conversation) -> SearchRun:
        search = tour_search(date_from=FIRST, date_to=FIRST)
        run = SearchRun.objects.create(parameters=search.as_dict(), lead_id=talk.lead_id)
        for number in range(3):
            dearer = tour_offer(price=1384 + number, row_id=str(number))
            save_offer(dearer, search, run=run)
        return run

    def url(self, run: SearchRun) -> str:
        return reverse("admin:bookings_results", args=[run.batch])

    def test_fragment_is_sent_only_when_there_is_news(self, run: SearchRun) -> None:
        window = browser(MANAGER)
        first = window.get(self.url(run))

        assert (first.status_code, first["X-Over"]) == (200, "0")
        assert window.get(self.url(run), {"seen": first["X-Seen"]}).status_code == 204
        SearchRun.objects.update(status="done")
        last = window.get(self.url(run), {"seen": first["X-Seen"]})
        assert (last.status_code, last["X-Over"]) == (200, "1")

    def test_rows_of_one_hotel_stand_together_cheapest_first(self, run: SearchRun) -> None:
        page = browser(MANAGER).get(self.url(run))

        (hotel,) = page.context["hotels"]
        assert [offer.price for offer in (hotel.best, *hotel.others)] == [1384, 1385, 1386]

    def test_price_has_its_currency_rate_and_day(self, run: SearchRun) -> None:
        text = browser(MANAGER).get(self.url(run)).content.decode().replace("\xa0", " ")

        for words in ("719 680 ₸", "1 384 $", "1 $ = 520 ₸", "Есть места"):
            assert words in text

    def test_link_leads_into_the_operators_own_search(
        self, run: SearchRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Offer.objects.update(operator_keys={"townFromKey": 1, "stateKey": 2, "hotelKey": 3})
        monkeypatch.setenv("SAMO_API_URL", "https://booking.example.com/export/default.php")

        text = browser(MANAGER).get(self.url(run)).content.decode()

        assert 'href="https://booking.example.com/search_tour?TOWNFROMINC=1&amp;STATEINC=2' in text

    def test_queries_do_not_grow_with_the_rows(
        self, run: SearchRun, django_assert_max_num_queries: Any
    ) -> None:
        search = TourSearch.from_dict(run.parameters)
        for number in range(60):
            row = tour_offer(row_id=str(number), operator_keys={"hotelKey": number})
            save_offer(row, search, run=run)
        window = browser(MANAGER)

        with django_assert_max_num_queries(16):
            window.get(self.url(run))

    def test_one_tap_puts_a_tour_into_the_selection(
        self, run: SearchRun, talk: Conversation
    ) -> None:
        offer = run.offers.earliest("pk")
        window, url = browser(MANAGER), reverse("admin:bookings_pick", args=[offer.pk])

        told = window.post(url, {"lead": talk.lead_id}, **JSON).json()
        plain = window.post(url, {"lead": talk.lead_id})

        selection = Selection.objects.get()
        assert told["count"] == 1
        assert told["page"] == reverse("admin:bookings_selection_page", args=[selection.pk])
        assert plain.status_code == 302
        assert selection.items.get().offer == offer

    def test_one_tap_puts_a_tour_into_the_answer_and_sends_nothing(
        self, run: SearchRun, talk: Conversation
    ) -> None:
        window = browser(MANAGER)
        person = User.objects.get(username="person")
        keep_draft(talk, person, "Добрый день!")
        url = reverse("admin:bookings_into_chat", args=[run.offers.earliest("pk").pk])
        sent = Message.objects.count()

        for _ in range(2):
            answer = window.post(url, {"lead": talk.lead_id})

        thread = reverse("admin:chat_conversation_thread", args=[talk.pk])
        assert answer["Location"] == thread
        text = kept_draft(talk.pk, person).replace("\xa0", " ")
        assert text.startswith("Добрый день!\n\nCoral Lagoon Resort 4★, Нячанг")
        assert text.count("719 680 ₸") == 1
        assert "Цена за всех (2 взрослых, ребёнок, лет: 6)" in text
        assert Message.objects.count() == sent
        assert "Coral Lagoon" in window.get(thread).content.decode()

    def test_lead_without_a_chat_is_told(self, run: SearchRun, talk: Conversation) -> None:
        Conversation.objects.update(lead=None)
        window = browser(MANAGER)
        url = reverse("admin:bookings_into_chat", args=[run.offers.earliest("pk").pk])

        answer = window.post(url, {"lead": talk.lead_id}, follow=True)

        assert "нет чата" in answer.content.decode()

    def test_why_a_search_failed_is_told_in_plain_words(self, run: SearchRun) -> None:
        SearchRun.objects.update(status="failed", error="SAMO error 1: no")

        text = browser(MANAGER).get(self.url(run)).content.decode()

        assert "Поиск не удался: оператор отказал" in text
        assert "SAMO error" not in text

    def test_without_a_lead_there_is_no_selection(self, run: SearchRun) -> None:
        url = reverse("admin:bookings_pick", args=[run.offers.earliest("pk").pk])

        assert browser(MANAGER).post(url).status_code == 404
        assert not Selection.objects.exists()

    def test_reader_looks_and_asks_nothing(self, run: SearchRun) -> None:
        window = browser(READER)
        offer = run.offers.earliest("pk")

        assert window.get(self.url(run)).status_code == 200
        assert post(window, wish()).status_code == 403
        pick = reverse("admin:bookings_pick", args=[offer.pk])
        assert window.post(pick, {"lead": run.lead_id}).status_code == 403
        assert SearchRun.objects.count() == 1

    def test_proposal_is_one_tap(self, fake: FakeSamo, run: SearchRun) -> None:
        relaxed = tour_search(date_from=FIRST, date_to=FIRST, departure_city="Астана")
        SearchRun.objects.update(
            status="done",
            empty_reason="no_departures",
            relaxations=[{"code": "city", "search": relaxed.as_dict(), "cheapest": None}],
        )
        Offer.objects.all().delete()
        window = browser(MANAGER)
        text = window.get(self.url(run)).content.decode()
        assert "вылет: Астана" in text
        assert "оператор не продаёт" in text

        answer = window.post(reverse("admin:bookings_relax", args=[run.pk, 0]))

        newest = SearchRun.objects.latest("pk")
        assert str(newest.batch) in answer["Location"]
        assert TourSearch.from_dict(newest.parameters) == relaxed
        missing = reverse("admin:bookings_relax", args=[run.pk, 5])
        assert window.post(missing).status_code == 404

    def test_flights_are_asked_for_by_the_worker_and_kept(
        self, fake: FakeSamo, catalogue: None
    ) -> None:
        window = browser(MANAGER)
        post(window, wish())
        run_all()
        offer = Offer.objects.earliest("pk")
        url = reverse("admin:bookings_flights", args=[offer.pk])

        assert "data-not-yet" in window.post(url).content.decode()
        window.post(url)
        assert OutboxMessage.objects.filter(topic="bookings.load_flights").count() == 1
        run_all()

        assert "ZZ " in window.get(url).content.decode()
        offer.refresh_from_db()
        assert [leg["from_city"] for leg in offer.flights] == ["Алматы", offer.resort]


# --- a selection ---


class TestSelection:
    @pytest.fixture
    def selection(self, talk: Conversation) -> Selection:
        offer = save_offer(tour_offer(), tour_search())
        browser_ = browser(HEAD)
        url = reverse("admin:bookings_pick", args=[offer.pk])
        browser_.post(url, {"lead": talk.lead_id})
        self.window = browser_
        return Selection.objects.get()

    def act(self, selection: Selection, name: str, **values: Any) -> Any:
        url = reverse("admin:bookings_selection_act", args=[selection.pk, name])
        return self.window.post(url, values)

    def test_notes_and_words_are_sent_with_the_link(
        self, selection: Selection, talk: Conversation
    ) -> None:
        item = selection.items.get()

        self.act(
            selection, "send", route=f"chat:{talk.pk}", form="link", note="Для вас",
            **{f"note-{item.pk}": "У моря", "note-x": "?"},
        )  # fmt: skip

        selection.refresh_from_db()
        item.refresh_from_db()
        assert (selection.note, item.note) == ("Для вас", "У моря")
        message = Message.objects.get(author=Message.Author.STAFF)
        assert message.text.startswith("Для вас\nhttp")

    def test_page_shows_the_link_only_after_it_is_open(self, selection: Selection) -> None:
        url = reverse("admin:bookings_selection_page", args=[selection.pk])
        assert "data-link" not in self.window.get(url).content.decode()

        self.act(selection, "share")

        assert f"/s/{selection.token}/" in self.window.get(url).content.decode()

    def test_tour_is_taken_out_before_it_is_sent(self, selection: Selection) -> None:
        item = selection.items.get()
        self.act(selection, "take-out", item=item.pk)
        assert not selection.items.exists()
        assert self.act(selection, "take-out", item=item.pk).status_code == 404

    def test_expired_page_is_opened_for_another_week(self, selection: Selection) -> None:
        Selection.objects.update(expires_at=timezone.now() - timedelta(days=1))

        self.act(selection, "prolong")

        selection.refresh_from_db()
        assert selection.is_open

    def test_prices_are_checked_on_a_word(self, selection: Selection) -> None:
        self.act(selection, "recheck")

        assert OutboxMessage.objects.filter(topic="bookings.recheck_selection").count() == 1

    def test_refusal_is_told_on_the_page(self, selection: Selection) -> None:
        answer = self.act(selection, "send", route="chat:999")

        page = self.window.get(answer["Location"]).content.decode()
        assert "Выберите чат с клиентом." in page
        selection.refresh_from_db()
        assert selection.sent_at is None

    def test_unknown_act_is_nothing(self, selection: Selection) -> None:
        assert self.act(selection, "delete").status_code == 404


# --- the operator ---


class TestOperator:
    def check(self, window: Browser) -> str:
        window.post(reverse("admin:bookings_operator_check"))
        run_all()
        return str(window.get(reverse("admin:bookings_operator")).content.decode())

    def test_everything_works(self, fake: FakeSamo) -> None:
        text = self.check(browser(HEAD))

        assert "Всё работает." in text
        assert OperatorCheck.objects.get().is_ok

    @pytest.mark.parametrize("as_xml", [False, True])
    def test_refused_address_is_named_with_a_letter(self, fake: FakeSamo, as_xml: bool) -> None:
        fake.is_address_allowed, fake.errors_always_xml = False, as_xml

        text = self.check(browser(HEAD))

        assert "Наш адрес: <b>203.0.113.7</b>" in text
        assert "Просим добавить адрес нашего сервера" in text
        assert fake.token not in text + repr(OperatorCheck.objects.values())

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ("wrong_token", "не знает ключ доступа"),
            ("html", "не программный доступ"),
            ("no_connection", "Ответа нет"),
        ],
    )
    def test_what_is_wrong_is_told_in_plain_words(
        self, fake: FakeSamo, fault: str, words: str
    ) -> None:
        fake.fail_next(fault, times=2)

        assert words in self.check(browser(HEAD))

    def test_a_running_check_is_not_begun_twice(self, fake: FakeSamo) -> None:
        window = browser(HEAD)
        for _ in range(2):
            window.post(reverse("admin:bookings_operator_check"))

        assert OperatorCheck.objects.count() == 1
        fragment = window.get(reverse("admin:bookings_operator"), headers={"X-Fragment": "1"})
        assert "data-poll-again" in fragment.content.decode()

    def test_manager_does_not_see_it(self, fake: FakeSamo) -> None:
        assert browser(MANAGER).get(reverse("admin:bookings_operator")).status_code == 403

    def test_command_says_the_same(self, fake: FakeSamo, capsys: Any) -> None:
        call_command("samo_check")
        assert "Всё работает." in capsys.readouterr().out

        fake.is_address_allowed = False
        with pytest.raises(CommandError, match="не пускает наш адрес"):
            call_command("samo_check")
        told = capsys.readouterr().out
        assert "    203.0.113.7" in told
        assert fake.token not in told

    def test_command_without_settings_says_what_to_fill_in(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.DEMO_MODE = False

        with pytest.raises(CommandError, match="SAMO_API_URL"):
            call_command("samo_check")


class TestCatalogue:
    def test_button_reads_it_and_the_bar_tells_how_far(self, fake: FakeSamo) -> None:
        window = browser(HEAD)
        window.post(reverse("admin:bookings_catalogue_sync"))
        sync = CatalogueSync.objects.get()
        progress = reverse("admin:bookings_catalogue_progress")

        assert "data-poll-again" in window.get(progress).content.decode()
        continue_sync(sync.pk, 60.0)

        assert "Прочитано" in window.get(progress).content.decode()

    def test_manager_looks_and_does_not_start_it(self, catalogue: None) -> None:
        window = browser(MANAGER)

        page = window.get(reverse("admin:bookings_catalogueentry_changelist"), {"q": "нячанк"})

        assert "Нячанг" in page.content.decode()
        assert window.post(reverse("admin:bookings_catalogue_sync")).status_code == 403
        assert CatalogueSync.objects.count() == 1


def test_lead_sheet_leads_to_tours(talk: Conversation) -> None:
    window = browser(MANAGER)
    sheet = reverse("admin:leads_lead_sheet", args=[talk.lead_id])

    text = window.get(sheet).content.decode()

    assert f"{reverse('admin:bookings_tours')}?lead={talk.lead_id}" in text
