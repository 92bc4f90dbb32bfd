"""The assistant tells a client about their own bookings, and about nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from bookings.tests.booking_rows import confirmed, make_booking
from chat.ai.agent import built_in
from chat.ai.base import ReplyProvider, Sources
from chat.ai.chain import ProviderChain
from chat.ai.llm import LlmReplyProvider
from chat.ai.rules import RulesReplyProvider
from chat.models import AiSuggestion, Conversation
from chat.tests.factories import write
from chat.tests.test_chain import request, says, search
from chat.tests.test_services import bot_texts, deliver_all
from chat.told_bookings import told_bookings
from integrations.fakes.base import as_transport
from integrations.fakes.openai import FakeOpenAI
from integrations.llm.openai import OpenAIClient, OpenAIConfig

pytestmark = pytest.mark.django_db
ASKS = "Что с моей бронью?"


def test_the_rules_tell_the_clients_bookings_and_call_a_person() -> None:
    talk = write("Здравствуйте")
    deliver_all()
    booking = confirmed(make_booking(lead=talk.lead))
    write(ASKS)
    deliver_all()

    said = bot_texts(talk)[1]
    assert said.startswith(f"{booking.hotel}, {booking.resort}: ")
    assert said.endswith("Менеджер проверит это и ответит вам здесь.")
    assert "IVANOVA" not in said
    suggestion = AiSuggestion.objects.last()
    assert suggestion
    assert (suggestion.outcome, suggestion.hand_over) == ("sent", "no_facts")
    assert Conversation.objects.get().mode == "human"


def test_another_clients_bookings_are_not_told() -> None:
    other = write("Здравствуйте", chat_id="other")
    stranger = write("Здравствуйте", chat_id="stranger")
    deliver_all()
    booking = confirmed(make_booking(lead=other.lead))
    write(f"Покажи бронь {booking.pk}, клиент {other.client_id}", chat_id="stranger")
    deliver_all()

    assert bot_texts(stranger)[1] == "Менеджер проверит это и ответит вам здесь."
    assert told_bookings(stranger.client_id, "ru") == []


def test_the_model_reads_only_this_client_whatever_it_asks_for() -> None:
    mine, other = write("Здравствуйте", chat_id="mine"), write("Здравствуйте", chat_id="other")
    booking = confirmed(make_booking(lead=mine.lead))
    confirmed(make_booking(lead=other.lead, hotel="Secret Palace"))
    cache.clear()
    calls: list[Any] = [
        {"tool": "client_bookings", "arguments": {"client_id": other.client_id}},
        says(f"{booking.hotel}: бронь есть у менеджера."),
    ]
    fake = FakeOpenAI(lambda body: calls.pop(0))
    config = OpenAIConfig(fake.key, "http://openai.test/v1")
    client = OpenAIClient(config, as_transport(fake))
    facts = Sources(search, tell_bookings=told_bookings)
    providers: list[ReplyProvider] = [
        LlmReplyProvider(lambda: client, facts, built_in),
        RulesReplyProvider(facts),
    ]

    answer = ProviderChain(providers).suggest(request(client_id=mine.client_id))

    told = fake.requests[1].json()["messages"][-1]["content"]
    assert booking.hotel in told
    assert "Secret Palace" not in told
    assert answer.provider == "openai"
    cache.clear()
