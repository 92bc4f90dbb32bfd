"""The guided search from the first key to the lead with results, in both modes."""

import pytest
import time_machine

from botapp.tests.phone import both_modes
from chat.models import Message
from integrations.models import InboxEvent, OutboxMessage

pytestmark = pytest.mark.django_db


@both_modes
def test_keys_lead_to_tours_and_to_a_lead(phone):
    with time_machine.travel("2026-11-24 09:00:00+05:00", tick=True):
        phone.writes("/tours")
        assert "Из какого города" in phone.last
        phone.presses("Алматы", "Вьетнам", "Пропустить", "Январь", "12", "9–10", "2", "1", "6")
        phone.presses("Пропустить", "Пропустить", "до 1_800_000")

    assert phone.facts == {
        "departure_city": "Алматы",
        "countries": ["VN"],
        "date_from": "2027-01-12",
        "date_to": "2027-01-12",
        "nights_min": 9,
        "nights_max": 10,
        "adults": 2,
        "children": 1,
        "children_ages": [6],
        "budget_max": 1800000,
        "currency": "KZT",
    }
    assert phone.lead.source.code == "telegram"
    assert phone.lead.stage_id == "selection"
    cards = phone.shown[-3:]
    for card in cards:
        assert "12 янв" in card["text"]
        assert "₸" in card["text"]
        assert "24 нояб., 09:00" in card["text"]
    assert phone.keys() == ["Хочу этот", "Вопрос менеджеру", "Ещё", "Изменить"]
    assert phone.keys(back=2) == ["Хочу этот", "Вопрос менеджеру"]
    assert phone.fake.refusals == []
    assert not InboxEvent.objects.exclude(status="done").exists()
    assert not OutboxMessage.objects.exclude(status__in=("done", "cancelled")).exists()
    # Every press got its answer.
    assert len(phone.fake.answered) == 12


def test_the_same_message_shows_step_after_step(phone):
    phone.writes("/tours")
    phone.presses("Астана", "Турция")

    assert len(phone.shown) == 1
    assert "курорт" in phone.last
    assert Message.objects.filter(author="bot").count() == 1
