"""Deep links into the bot: an advert's mark stays with the lead, a selection opens in the chat."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.models import Selection, SelectionItem
from bookings.services import selections
from bookings.services.offers import save_offer
from bookings.tests.tours import tour_offer, tour_search
from integrations.fakes.telegram import FakeTelegram
from leads.models import Lead, LeadHistory

pytestmark = pytest.mark.django_db


def notes(lead):
    rows = LeadHistory.objects.filter(lead=lead, kind=LeadHistory.Kind.NOTE)
    return list(rows.order_by("pk").values_list("note", flat=True))


@pytest.fixture
def selection(phone, admin_user):
    """Two tours that were sent to the client of the phone."""
    phone.writes("/start")
    for hotel in ("Coral Lagoon", "Vinpearl"):
        offer = save_offer(tour_offer(hotel=hotel, row_id=hotel), tour_search())
        item = selections.add_to_selection(phone.lead.pk, offer, author=admin_user)
    selections.write_notes(item.selection_id, "Смотрите, что нашла", {item.pk: "Свой пляж"})
    return selections.share_link(item.selection_id, author=admin_user)


@pytest.mark.parametrize(
    ("payload", "source", "utm"),
    [
        ("instagram", "instagram", {"source": "instagram"}),
        (
            "Instagram__cpc__viet-nam_2027",
            "instagram",
            {"source": "Instagram", "medium": "cpc", "campaign": "viet-nam_2027"},
        ),
        ("blogger-aliya", "telegram", {"source": "blogger-aliya"}),
        ("____", "telegram", {}),
    ],
)
def test_an_adverts_mark_stays_with_the_lead(phone, payload, source, utm):
    phone.writes(f"/start {payload}")
    phone.writes("/start other")

    assert (phone.lead.source.code, phone.lead.utm) == (source, utm or {"source": "other"})
    assert notes(phone.lead) == [f"Пришёл по ссылке: {payload}", "Пришёл по ссылке: other"]


@pytest.mark.parametrize("payload", ["a b", "<script>", "ы", "x" * 65])
def test_a_mark_that_telegram_does_not_send_changes_nothing(phone, payload):
    phone.writes(f"/start {payload}")

    assert (phone.lead.source.code, phone.lead.utm, notes(phone.lead)) == ("telegram", {}, [])
    assert "Здравствуйте" in phone.last


def test_the_mark_is_seen_on_the_leads_page(phone, admin_client):
    phone.writes("/start instagram__cpc__vietnam")

    page = admin_client.get(reverse("admin:leads_lead_change", args=[phone.lead.pk]))

    assert "instagram · cpc · vietnam" in page.content.decode()


def test_a_selection_opens_in_the_chat_and_a_tour_is_chosen(phone, selection):
    phone.writes(f"/start {selection.token}")

    hello, first, second = phone.texts[-3:]
    assert hello == "Смотрите, что нашла"
    assert first.startswith("Coral Lagoon")
    assert "за всех" in first
    assert "Свой пляж" in second
    assert phone.keys() == ["Хочу этот", "Вопрос менеджеру"]
    phone.presses("Хочу этот")
    assert SelectionItem.objects.get(chosen_at__isnull=False).offer.hotel == "Vinpearl"
    assert (phone.lead.stage_id, phone.talk.mode) == ("negotiation", "human")
    assert "Менеджер проверит" in "\n".join(phone.texts)
    assert any("Клиент хочет этот тур" in note and "Vinpearl" in note for note in notes(phone.lead))
    assert Selection.objects.get().open_count == 1
    assert phone.fake.refusals == []


def test_a_selection_that_was_passed_on_is_told_to_the_new_leads_manager(world, phone, selection):
    friend = world.phone(1002, "Болат")

    friend.writes(f"/start {selection.token}")

    assert friend.texts[0] == "Смотрите, что нашла"
    expected = f"Открыл: Подборка № {selection.pk}, Лид № {phone.lead.pk}"
    assert notes(friend.lead) == [expected]
    assert friend.lead.utm == {}


def test_a_selection_speaks_the_clients_language(world, selection):
    friend = world.phone(1003, "Aigerim", "kk")
    Selection.objects.update(note="")

    friend.writes(f"/start {selection.token}")

    hello, card = friend.texts[:2]
    assert hello == "Сізге турлар таңдадым:"
    assert {"түн", "ересек"} <= set(card.replace(",", " ").split())
    assert friend.keys()[0] == "Осыны қалаймын"


@pytest.mark.parametrize("payload", ["number", "draft", "cut"])
def test_only_the_token_of_a_sent_selection_opens_it(phone, selection, payload):
    if payload == "draft":
        Selection.objects.update(sent_at=None)
    guess = {"number": str(selection.pk), "draft": selection.token, "cut": selection.token[:-1]}
    count = len(phone.shown)

    phone.writes(f"/start {guess[payload]}")

    assert len(phone.shown) == count + 1
    assert "Здравствуйте" in phone.last
    assert Selection.objects.get().open_count == 0


def test_an_expired_selection_says_so(phone, selection):
    Selection.objects.update(expires_at=timezone.now())

    phone.writes(f"/start {selection.token}")

    assert "истёк" in phone.last
    assert phone.keys() == ["Позвать менеджера"]
    assert Selection.objects.get().open_count == 0


@pytest.mark.parametrize("value", ["", ":", "x:{item}", "{token}:", "{token}:0", "{token}:-1", "1"])
def test_a_tour_is_not_chosen_by_guessing(phone, selection, value):
    phone.writes(f"/start {selection.token}")
    item = selection.items.first()
    data = f"1|0|v|{value.format(item=item.pk, token=selection.token)}"

    phone.fake.sends_callback(phone.chat_id, phone.shown[-1], data)
    phone.world.run()

    assert not SelectionItem.objects.exclude(chosen_at=None).exists()
    assert phone.talk.mode == "bot"
    assert "прежнего сообщения" in phone.fake.answered[-1]["text"]


def test_a_sold_out_tour_offers_the_manager_only(phone, selection):
    phone.writes(f"/start {selection.token}")
    SelectionItem.objects.update(state=SelectionItem.State.SOLD_OUT)

    phone.presses("Хочу этот")
    assert "раскупили" in phone.last or "распродан" in phone.last
    phone.writes(f"/start {selection.token}")

    assert phone.keys() == ["Вопрос менеджеру"]
    assert not SelectionItem.objects.exclude(chosen_at=None).exists()
    assert Lead.objects.get().stage_id != "negotiation"


def test_the_page_of_a_selection_leads_into_the_bot(phone, selection):
    page = Browser().get(f"/s/{selection.token}/").content.decode()

    assert f'href="https://t.me/{FakeTelegram().bot["username"]}?start={selection.token}"' in page
