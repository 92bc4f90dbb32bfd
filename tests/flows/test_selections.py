"""A selection on its way: put together, sent, opened, chosen; prices checked anew meanwhile."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.models import Offer, Selection, SelectionEvent, SelectionItem
from bookings.services import client_choices, rechecks, selections
from bookings.services.offers import save_offer
from bookings.services.searching import start_searches
from bookings.tests.operators import use_fake
from bookings.tests.test_searching import run_all
from bookings.tests.tours import tour_offer, tour_search
from chat.models import Conversation, Message
from chat.tests.factories import write
from common.errors import Conflict, InvalidInput
from integrations.fakes.samo import FakeSamo
from integrations.models import OutboxMessage
from leads.models import Lead, LeadHistory, LeadStage, StaffProfile
from leads.services import BOT, Actor, assign_lead, move_lead
from leads.steps import plan_step
from live.models import Notification

pytestmark = pytest.mark.django_db
Kind = SelectionEvent.Kind
State = SelectionItem.State


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSamo:
    return use_fake(monkeypatch)


@pytest.fixture
def manager() -> User:
    return User.objects.create_superuser("aigul", password="x")


@pytest.fixture
def talk(manager: User) -> Conversation:
    """A client's chat, whose lead is the manager's."""
    talk = write("Хотим во Вьетнам")
    assert talk.lead_id
    assign_lead(talk.lead_id, manager, actor=BOT)
    Notification.objects.all().delete()
    return talk


def real_offers(number: int) -> list[Offer]:
    """Tours that the fake operator does sell."""
    start_searches([tour_search()], author=None)
    run_all()
    return list(Offer.objects.order_by("price")[:number])


def make(talk: Conversation, manager: User, *offers: Offer) -> Selection:
    items = [
        selections.add_to_selection(talk.lead_id, offer, author=manager)
        for offer in offers or [save_offer(tour_offer(), tour_search())]
    ]
    return items[0].selection


def make_sent(talk: Conversation, manager: User, *offers: Offer) -> Selection:
    selection = make(talk, manager, *offers)
    return selections.share_link(selection.pk, author=manager)


def stage(talk: Conversation) -> str:
    return Lead.objects.get(pk=talk.lead_id).stage_id


def kinds(selection: Selection) -> list[str]:
    return list(selection.events.order_by("pk").values_list("kind", flat=True))


# --- put together ---


def test_first_tour_begins_a_selection_and_moves_the_lead(
    talk: Conversation, manager: User
) -> None:
    selection = make(talk, manager)

    assert selections.draft_of(talk.lead_id) == selection
    assert stage(talk) == LeadStage.Code.SELECTION
    assert re.fullmatch(r"[\w-]{22}", selection.token)


def test_the_same_tour_twice_is_one(talk: Conversation, manager: User) -> None:
    offer = save_offer(tour_offer(), tour_search())

    selection = make(talk, manager, offer, offer)

    assert selection.items.count() == 1


def test_ninth_tour_is_refused_and_a_free_place_is_used_again(
    talk: Conversation, manager: User
) -> None:
    offers = [save_offer(tour_offer(), tour_search()) for _ in range(9)]
    selection = make(talk, manager, *offers[:8])

    with pytest.raises(InvalidInput, match="8"):
        selections.add_to_selection(talk.lead_id, offers[8], author=manager)
    assert selection.items.count() == 8

    selections.take_out(selection.items.get(position=3))
    item = selections.add_to_selection(talk.lead_id, offers[8], author=manager)
    assert item.position == 3


def test_sent_selection_is_not_changed_any_more(talk: Conversation, manager: User) -> None:
    selection = make_sent(talk, manager)

    with pytest.raises(Conflict):
        selections.take_out(selection.items.get())
    item = selections.add_to_selection(
        talk.lead_id, save_offer(tour_offer(), tour_search()), author=manager
    )

    assert item.selection != selection
    assert selection.items.count() == 1


def test_tokens_are_of_128_bits_and_never_the_same(talk: Conversation, manager: User) -> None:
    tokens = {
        Selection.objects.create(lead=talk.lead, expires_at=timezone.now()).token for _ in range(50)
    }

    assert len(tokens) == 50
    assert min(map(len, tokens)) == 22


# --- sent ---


@pytest.mark.parametrize("as_text", [False, True])
def test_selection_goes_into_the_clients_chat(
    talk: Conversation, manager: User, as_text: bool
) -> None:
    selection = make(talk, manager)
    selections.write_notes(selection.pk, "Смотрите, что нашлось", {})

    selections.send_selection(
        selection.pk, author=manager, route_key=f"chat:{talk.pk}", as_text=as_text
    )

    message = Message.objects.get(conversation=talk, author=Message.Author.STAFF)
    assert message.text.startswith("Смотрите, что нашлось\n")
    assert f"/s/{selection.token}/" in message.text
    assert ("Coral Lagoon Resort 4★, Нячанг" in message.text) == as_text
    assert ("719" in message.text) == as_text
    assert stage(talk) == LeadStage.Code.OFFER_SENT
    assert kinds(selection) == [Kind.SENT]
    history = LeadHistory.objects.filter(lead=talk.lead, kind=LeadHistory.Kind.SELECTION)
    assert history.count() == 1
    talk.refresh_from_db()
    assert talk.mode == Conversation.Mode.HUMAN


def test_pressed_twice_it_is_sent_once(talk: Conversation, manager: User) -> None:
    selection = make(talk, manager)
    for _ in range(2):
        selections.send_selection(selection.pk, author=manager, route_key=f"chat:{talk.pk}")

    assert Message.objects.filter(author=Message.Author.STAFF).count() == 1
    assert kinds(selection) == [Kind.SENT]


def test_chat_of_somebody_else_is_refused(talk: Conversation, manager: User) -> None:
    stranger = write("Здравствуйте", chat_id="stranger")
    selection = make(talk, manager)

    with pytest.raises(InvalidInput):
        selections.send_selection(selection.pk, author=manager, route_key=f"chat:{stranger.pk}")

    assert not Message.objects.filter(author=Message.Author.STAFF).exists()
    selection.refresh_from_db()
    assert selection.sent_at is None


def test_empty_selection_is_not_sent(talk: Conversation, manager: User) -> None:
    selection = make(talk, manager)
    selections.take_out(selection.items.get())

    with pytest.raises(InvalidInput):
        selections.send_selection(selection.pk, author=manager, route_key=f"chat:{talk.pk}")
    with pytest.raises(InvalidInput):
        selections.share_link(selection.pk, author=manager)


def test_lead_that_is_further_is_not_moved_back(talk: Conversation, manager: User) -> None:
    actor = Actor(user=manager, origin="board")
    move_lead(talk.lead_id, LeadStage.Code.BOOKING, actor=actor)

    make_sent(talk, manager)

    assert stage(talk) == LeadStage.Code.BOOKING


# --- the client ---


class TestClient:
    @pytest.fixture
    def selection(self, talk: Conversation, manager: User) -> Selection:
        return make_sent(talk, manager)

    def item(self, selection: Selection) -> SelectionItem:
        return selection.items.get()

    def test_opening_is_counted_once_a_visit_and_told(
        self, selection: Selection, manager: User
    ) -> None:
        for _ in range(3):
            client_choices.note_opening(selection.token)

        selection.refresh_from_db()
        assert (selection.open_count, kinds(selection)) == (1, [Kind.SENT, Kind.OPENED])
        assert selection.opened_at is not None
        assert Notification.objects.get().user == manager

        SelectionEvent.objects.update(created_at=timezone.now() - timedelta(hours=1))
        client_choices.note_opening(selection.token)
        selection.refresh_from_db()
        assert selection.open_count == 2

    def test_the_same_said_twice_is_said_once(self, selection: Selection) -> None:
        """A tap whose answer was lost on the way is tapped again."""
        item = self.item(selection)
        for _ in range(2):
            client_choices.like(selection.token, item.pk)
            client_choices.ask(selection.token, item.pk, "Есть ли бассейн?")
            client_choices.choose(selection.token, item.pk)

        assert kinds(selection) == [Kind.SENT, Kind.LIKED, Kind.ASKED, Kind.CHOSEN]

    def test_like_can_be_taken_back(self, selection: Selection) -> None:
        item = self.item(selection)

        assert client_choices.like(selection.token, item.pk).liked_at
        assert client_choices.like(selection.token, item.pk, is_liked=False).liked_at is None
        assert kinds(selection)[1:] == [Kind.LIKED, Kind.UNLIKED]

    def test_question_becomes_the_next_step_and_is_in_the_history(
        self, selection: Selection, talk: Conversation
    ) -> None:
        client_choices.ask(selection.token, self.item(selection).pk, "  Есть ли песчаный пляж?  ")

        lead = Lead.objects.get(pk=talk.lead_id)
        assert "Coral Lagoon Resort" in lead.next_step
        assert lead.next_step_kind == Lead.StepKind.CALL
        row = LeadHistory.objects.get(note="Есть ли песчаный пляж?")
        assert (row.origin, row.actor) == ("selection", None)
        # The bell is for a list that others may look over.
        assert "пляж" not in Notification.objects.get().text

    @pytest.mark.parametrize(
        "text", ["", "   ", "<script>alert(1)</script>", "\u202eabc", "x" * 501]
    )
    def test_bad_question_is_refused(self, selection: Selection, text: str) -> None:
        with pytest.raises(InvalidInput):
            client_choices.ask(selection.token, self.item(selection).pk, text)

        assert kinds(selection) == [Kind.SENT]

    def test_choice_moves_the_lead_plans_the_step_and_rings(
        self, selection: Selection, talk: Conversation, manager: User
    ) -> None:
        client_choices.choose(selection.token, self.item(selection).pk)

        lead = Lead.objects.get(pk=talk.lead_id)
        assert lead.stage_id == LeadStage.Code.NEGOTIATION
        assert lead.next_step_at is not None
        assert timedelta(minutes=50) < lead.next_step_at - timezone.now() < timedelta(hours=1)
        bell = Notification.objects.get()
        assert bell.user == manager
        assert "Coral Lagoon Resort" in bell.text

    def test_second_tap_changes_nothing(self, selection: Selection) -> None:
        for _ in range(2):
            client_choices.choose(selection.token, self.item(selection).pk)

        assert kinds(selection) == [Kind.SENT, Kind.CHOSEN]

    def test_only_one_tour_is_chosen(self, talk: Conversation, manager: User) -> None:
        offers = [save_offer(tour_offer(), tour_search()) for _ in range(2)]
        selection = make_sent(talk, manager, *offers)
        for item in selection.items.all():
            client_choices.choose(selection.token, item.pk)

        chosen = selection.items.exclude(chosen_at=None)
        assert [item.position for item in chosen] == [2]

    def test_earlier_promise_of_a_person_stays(
        self, selection: Selection, talk: Conversation, manager: User
    ) -> None:
        due = timezone.now() + timedelta(minutes=20)
        plan_step(talk.lead_id, "Позвонить", due, actor=Actor(user=manager, origin="admin"))

        client_choices.choose(selection.token, self.item(selection).pk)

        assert Lead.objects.get(pk=talk.lead_id).next_step == "Позвонить"

    def test_closed_lead_is_not_moved(self, selection: Selection, talk: Conversation) -> None:
        move_lead(talk.lead_id, LeadStage.Code.WON, actor=BOT)

        client_choices.choose(selection.token, self.item(selection).pk)

        lead = Lead.objects.get(pk=talk.lead_id)
        assert (lead.stage_id, lead.next_step) == (LeadStage.Code.WON, "")

    def test_sold_out_tour_cannot_be_chosen(self, selection: Selection, talk: Conversation) -> None:
        selection.items.update(state=State.SOLD_OUT)

        with pytest.raises(Conflict):
            client_choices.choose(selection.token, self.item(selection).pk)

        assert stage(talk) == LeadStage.Code.OFFER_SENT

    def test_expired_page_takes_nothing(self, selection: Selection) -> None:
        Selection.objects.update(expires_at=timezone.now())

        for act in (client_choices.like, client_choices.choose):
            with pytest.raises(Conflict):
                act(selection.token, self.item(selection).pk)
        with pytest.raises(Conflict):
            client_choices.note_opening(selection.token)
        assert kinds(selection) == [Kind.SENT]

    def test_somebody_who_plays_with_it_is_stopped(self, selection: Selection) -> None:
        SelectionEvent.objects.bulk_create(
            SelectionEvent(selection=selection, kind=Kind.LIKED) for _ in range(300)
        )

        with pytest.raises(InvalidInput):
            client_choices.like(selection.token, self.item(selection).pk)

    def test_without_a_responsible_those_on_shift_are_told(
        self, selection: Selection, talk: Conversation, manager: User
    ) -> None:
        assign_lead(talk.lead_id, None, actor=BOT)
        StaffProfile.objects.create(user=manager, is_on_shift=True)
        Notification.objects.all().delete()

        client_choices.choose(selection.token, self.item(selection).pk)

        assert Notification.objects.get().user == manager

    def test_item_of_another_selection_is_not_touched(
        self, selection: Selection, manager: User
    ) -> None:
        other = make_sent(write("Привет", chat_id="other"), manager)

        with pytest.raises(SelectionItem.DoesNotExist):
            client_choices.like(selection.token, self.item(other).pk)


# --- prices of this minute ---


class TestRecheck:
    def open(self, selection: Selection) -> None:
        Selection.objects.update(
            checked_at=None, check_started_at=None, sent_at=timezone.now() - timedelta(hours=1)
        )
        client_choices.note_opening(selection.token)
        run_all()
        selection.refresh_from_db()

    def test_same_price_is_confirmed_with_a_newer_time(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(2))
        fake.reload()

        self.open(selection)

        assert selection.checked_at is not None
        assert kinds(selection) == [Kind.SENT, Kind.OPENED]
        for item in selection.items.select_related("offer", "first_offer"):
            assert item.state == State.AS_SENT
            assert item.offer.seen_at > item.first_offer.seen_at
            assert item.offer.row_id != item.first_offer.row_id
            assert item.offer.price == item.first_offer.price

    def test_changed_price_is_a_new_offer_and_the_old_one_stays(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        (offer,) = real_offers(1)
        selection = make_sent(talk, manager, offer)
        fake.market.price_factor = 1.1

        self.open(selection)

        item = selection.items.select_related("offer").get()
        assert (item.state, item.first_offer) == (State.CHANGED, offer)
        assert item.offer.price == round(float(offer.price) * 1.1)
        assert Offer.objects.get(pk=offer.pk).price == offer.price
        event = selection.events.get(kind=Kind.PRICE_CHANGED)
        assert (event.before, event.after) == (offer, item.offer)
        assert Notification.objects.filter(text__contains=offer.hotel).exists()

    def test_price_that_comes_back_is_as_sent(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(1))
        for factor in (1.2, 1.0):
            fake.market.price_factor = factor
            self.open(selection)

        assert selection.items.get().state == State.AS_SENT
        assert kinds(selection).count(Kind.PRICE_CHANGED) == 2

    def test_sold_out_is_told_once(self, fake: FakeSamo, talk: Conversation, manager: User) -> None:
        (offer,) = real_offers(1)
        selection = make_sent(talk, manager, offer)
        fake.market.sold_out_hotels.add(offer.operator_keys["hotelKey"])

        self.open(selection)
        self.open(selection)

        item = selection.items.get()
        assert (item.state, item.offer) == (State.SOLD_OUT, offer)
        assert kinds(selection).count(Kind.SOLD_OUT) == 1

    def test_prices_are_not_asked_for_at_every_look(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(1))

        for _ in range(3):
            client_choices.note_opening(selection.token)

        assert not OutboxMessage.objects.filter(topic="bookings.recheck_selection").exists()
        self.open(selection)
        client_choices.note_opening(selection.token)
        assert OutboxMessage.objects.filter(topic="bookings.recheck_selection").count() == 1

    def test_operator_who_is_away_changes_no_price(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(1))
        fake.fail_next("500", times=20)

        self.open(selection)

        item = selection.items.get()
        assert (item.state, item.offer_id) == (State.AS_SENT, item.first_offer_id)
        assert selection.checked_at is None

    def test_operator_too_slow_for_all_is_asked_in_rounds(
        self, talk: Conversation, fake: FakeSamo, manager: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(3))
        monkeypatch.setattr(rechecks, "ENOUGH_FOR_ONE_S", rechecks.BUDGET_S)
        fake.market.price_factor = 1.1

        checked = []
        self.open(selection)
        for _ in range(3):
            selection.refresh_from_db()
            changed = selection.items.filter(state=State.CHANGED).count()
            checked.append((changed, selection.checked_at is not None))
            run_all()

        assert checked == [(1, False), (2, False), (3, True)]
        assert kinds(selection).count(Kind.PRICE_CHANGED) == 3

    def test_operator_who_fails_in_the_middle_is_asked_for_the_rest_only(
        self, talk: Conversation, fake: FakeSamo, manager: User
    ) -> None:
        selection = make_sent(talk, manager, *real_offers(2))
        second = str(selection.items.get(position=2).offer.operator_keys["hotelKey"])
        fake.fail_next("500", times=2, when=lambda asked: asked.query.get("HOTELS") == second)
        fake.market.price_factor = 1.1

        self.open(selection)

        states = selection.items.values_list("state", flat=True)
        assert list(states) == [State.CHANGED, State.AS_SENT]
        assert selection.checked_at is None
        run_all()
        assert list(states.all()) == [State.CHANGED, State.CHANGED]
        assert kinds(selection).count(Kind.PRICE_CHANGED) == 2

    def test_tour_that_cannot_be_asked_for_is_not_called_sold_out(
        self, talk: Conversation, fake: FakeSamo, manager: User
    ) -> None:
        offers = real_offers(2)
        Offer.objects.filter(pk=offers[0].pk).update(operator_keys={})
        selection = make_sent(talk, manager, *offers)
        fake.market.price_factor = 1.1

        self.open(selection)

        assert selection.checked_at is not None
        states = list(selection.items.values_list("state", flat=True))
        assert states == [State.AS_SENT, State.CHANGED]

    def test_rate_that_moved_is_a_changed_price(
        self, fake: FakeSamo, talk: Conversation, manager: User
    ) -> None:
        """The client pays in tenge."""
        (offer,) = real_offers(1)
        selection = make_sent(talk, manager, offer)
        Offer.objects.filter(pk=offer.pk).update(price_kzt=offer.price * 510, kzt_rate=Decimal(510))

        self.open(selection)

        assert selection.items.get().state == State.CHANGED


# --- the page ---


class TestPage:
    @pytest.fixture
    def selection(self, talk: Conversation, manager: User) -> Selection:
        talk.client.name = "Тайный Клиент"
        talk.client.save()
        selection = make(talk, manager)
        selections.write_notes(selection.pk, "Для вас", {selection.items.get().pk: "У моря"})
        return selections.share_link(selection.pk, author=manager)

    def url(self, selection: Selection, name: str = "selection", *rest: Any) -> str:
        return reverse(name, args=[selection.token, *rest])

    def test_client_sees_tours_price_rate_and_time(
        self, client: Browser, selection: Selection
    ) -> None:
        answer = client.get(self.url(selection))
        text = answer.content.decode().replace("\xa0", " ")

        assert answer.status_code == 200
        for words in ("Для вас", "У моря", "Coral Lagoon Resort", "719 680 ₸", "1 384 $"):
            assert words in text
        assert "1 $ = 520 ₸" in text

    def test_page_is_private(self, client: Browser, selection: Selection, manager: User) -> None:
        answer = client.get(self.url(selection))
        text = answer.content.decode()

        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert '<meta name="robots" content="noindex' in text
        for personal in ("Тайный", manager.username, str(selection.lead), "webchat"):
            assert personal not in text

    def test_looking_alone_counts_nothing(self, client: Browser, selection: Selection) -> None:
        """Messengers fetch every link to draw a picture of it; they run no scripts."""
        client.get(self.url(selection))

        assert kinds(selection) == [Kind.SENT]

        client.post(self.url(selection, "selection_opened"))
        assert kinds(selection) == [Kind.SENT, Kind.OPENED]

    def test_colleague_who_looks_is_not_the_client(
        self, client: Browser, selection: Selection, manager: User
    ) -> None:
        client.force_login(manager)

        client.get(self.url(selection))
        client.post(self.url(selection, "selection_opened"))

        assert kinds(selection) == [Kind.SENT]

    def test_unsent_selection_is_for_colleagues_only(
        self, client: Browser, selection: Selection, manager: User
    ) -> None:
        Selection.objects.update(sent_at=None)

        assert client.get(self.url(selection)).status_code == 404
        client.force_login(manager)
        assert client.get(self.url(selection)).status_code == 200

    @pytest.mark.parametrize("token", ["x", "A" * 22, "../admin", "%00"])
    def test_guessed_address_is_nothing(self, client: Browser, db: None, token: str) -> None:
        assert client.get(f"/s/{token}/").status_code == 404

    def test_taps_work_without_scripts(
        self, client: Browser, selection: Selection, talk: Conversation
    ) -> None:
        item = selection.items.get()
        for act in ("like", "choose"):
            answer = client.post(self.url(selection, "selection_act", item.pk, act))
            assert answer.status_code == 302
            assert answer["Location"] == self.url(selection)

        assert stage(talk) == LeadStage.Code.NEGOTIATION

    def test_taps_by_script_get_a_sentence(self, client: Browser, selection: Selection) -> None:
        url = self.url(selection, "selection_act", selection.items.get().pk, "ask")

        answer = client.post(url, {"question": "Далеко до моря?"}, HTTP_ACCEPT="application/json")
        refused = client.post(url, {"question": ""}, HTTP_ACCEPT="application/json")

        assert answer.json()["said"]
        assert (refused.status_code, refused.json()["code"]) == (409, "empty")

    def test_other_sites_cannot_tap(self, selection: Selection) -> None:
        strict = Browser(enforce_csrf_checks=True)
        url = self.url(selection, "selection_act", selection.items.get().pk, "choose")

        assert strict.post(url).status_code == 403
        assert kinds(selection) == [Kind.SENT]

    @pytest.mark.parametrize("act", ["delete", "send", "note"])
    def test_unknown_act_is_nothing(self, client: Browser, selection: Selection, act: str) -> None:
        url = self.url(selection, "selection_act", selection.items.get().pk, act)

        assert client.post(url).status_code == 404

    def test_expired_page_says_so_and_offers_no_buttons(
        self, client: Browser, selection: Selection
    ) -> None:
        Selection.objects.update(expires_at=timezone.now())

        text = client.get(self.url(selection)).content.decode()

        assert "selection__notice--bad" in text
        assert "tour__choose" not in text

    def test_changed_price_is_shown_beside_the_old_one(
        self, client: Browser, selection: Selection
    ) -> None:
        newer = save_offer(
            tour_offer(price=Decimal(1500), converted_price=Decimal(780000)), tour_search()
        )
        selection.items.update(offer=newer, state=State.CHANGED)

        text = client.get(self.url(selection)).content.decode().replace("\xa0", " ")

        assert "780 000 ₸" in text
        assert "719 680 ₸" in text
        assert "+60 320 ₸" in text

    def test_fragment_waits_for_the_prices(self, client: Browser, selection: Selection) -> None:
        now = timezone.now()
        Selection.objects.update(check_started_at=now)
        url = self.url(selection, "selection_tours")

        assert client.get(url, {"waiting": "1"}).status_code == 204
        Selection.objects.update(checked_at=now + timedelta(seconds=1))
        assert client.get(url, {"waiting": "1"}).status_code == 200

    def test_page_costs_few_queries(
        self, client: Browser, talk: Conversation, manager: User, django_assert_max_num_queries: Any
    ) -> None:
        offers = [save_offer(tour_offer(), tour_search()) for _ in range(8)]
        selection = make_sent(talk, manager, *offers)

        with django_assert_max_num_queries(6):
            client.get(self.url(selection))


# --- at once ---


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="needs real threads")
def test_ten_taps_at_once_choose_once(talk: Conversation, manager: User) -> None:
    selection = make_sent(talk, manager)
    item = selection.items.get()

    def tap() -> None:
        try:
            client_choices.choose(selection.token, item.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kinds(selection) == [Kind.SENT, Kind.CHOSEN]
    assert stage(talk) == LeadStage.Code.NEGOTIATION
