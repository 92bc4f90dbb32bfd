"""Rules of answering: by channel, by hour, and when the bot calls a person by itself."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from chat.ai.base import Limits, ReplyRequest, ReplySuggestion
from chat.ai.nlp import NLPProcessor
from chat.ai.processor import IntelligentChatProcessor
from chat.models import AiSuggestion, AnswerPolicy, Conversation, WorkDay
from chat.policy import current_mode, next_opening, policy_for
from chat.services.bot_return import return_bots
from chat.services.modes import follow_rule, pause_bot, set_mode
from chat.services.outbound import send_reply
from chat.tests.factories import write
from chat.tests.test_services import bot_texts, deliver_all
from common.errors import InvalidInput
from leads.models import LeadHistory

pytestmark = pytest.mark.django_db
ALMATY = ZoneInfo("Asia/Almaty")
Mode = Conversation.Mode
MONDAY = datetime(2026, 11, 23, tzinfo=ALMATY)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """`day` after Monday, 23 November 2026."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def hours() -> None:
    """Monday to Friday from nine to seven, Saturday till four."""
    for day in range(5):
        WorkDay.objects.create(weekday=day, opens_at=time(9), closes_at=time(19))
    WorkDay.objects.create(weekday=5, opens_at=time(10), closes_at=time(16))


def rule(**values: Any) -> AnswerPolicy:
    policy = AnswerPolicy.objects.get(account=None)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.save()
    return policy


# --- hours ---


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(0, 8, 59), at(0, 9)),
        (at(0, 9), None),
        (at(0, 18, 59), None),
        (at(0, 19), at(1, 9)),
        (at(4, 20), at(5, 10)),
        (at(5, 16), at(7, 9)),
        (at(6, 12), at(7, 9)),
    ],
)
def test_the_next_opening(hours: None, moment: datetime, opens: datetime | None) -> None:
    assert next_opening(moment) == opens


def test_without_hours_the_agency_never_closes() -> None:
    assert next_opening(at(6, 3)) is None


def test_a_day_ends_after_it_begins() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkDay.objects.create(weekday=0, opens_at=time(19), closes_at=time(9))


# --- rules by channel and hour ---


def test_the_channels_own_rule_goes_before_the_one_for_all() -> None:
    talk = write("Здравствуйте")
    rule(by_day=Mode.DRAFTS)
    assert current_mode(talk) == Mode.DRAFTS

    AnswerPolicy.objects.create(account=talk.account, by_day=Mode.HUMAN)
    assert current_mode(talk) == Mode.HUMAN
    assert policy_for(talk.account_id + 1).by_day == Mode.DRAFTS


def test_there_is_one_rule_for_all_and_one_per_channel() -> None:
    account = write("Здравствуйте").account
    AnswerPolicy.objects.create(account=account)

    for again in (None, account):
        with pytest.raises(IntegrityError), transaction.atomic():
            AnswerPolicy.objects.create(account=again)


def test_by_night_another_rule_holds(hours: None, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = write("Здравствуйте")
    rule(by_day=Mode.DRAFTS, by_night=Mode.BOT)

    for moment, mode in ((at(0, 12), Mode.DRAFTS), (at(0, 23), Mode.BOT)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert current_mode(talk) == mode


@pytest.mark.parametrize("mode", [Mode.DRAFTS, Mode.HUMAN])
def test_where_the_rule_does_not_let_the_bot_speak_it_sends_nothing(mode: str) -> None:
    rule(by_day=mode)
    talk = write("Здравствуйте")
    deliver_all()

    assert bot_texts(talk) == []
    assert list(talk.suggestions.values_list("outcome", flat=True)) == (
        ["draft"] if mode == Mode.DRAFTS else []
    )
    assert Conversation.objects.get().unanswered_since is not None


def test_a_choice_by_hand_goes_before_the_rule_and_can_be_taken_back(admin_user: Any) -> None:
    rule(by_day=Mode.HUMAN)
    talk = write("Здравствуйте")

    set_mode(talk.pk, Mode.BOT, user=admin_user)
    assert current_mode(Conversation.objects.get()) == Mode.BOT
    deliver_all()
    assert len(bot_texts(talk)) == 1

    follow_rule(talk.pk, user=admin_user)
    assert current_mode(Conversation.objects.get()) == Mode.HUMAN


def test_the_return_of_the_bot_follows_the_rule(admin_user: Any) -> None:
    talk = write("Здравствуйте")
    rule(bot_returns_after_h=2)
    send_reply(talk.pk, "Добрый день", user=admin_user, client_key="key-00000001")
    talk.refresh_from_db()
    assert abs(talk.bot_returns_at - timezone.now() - timedelta(hours=2)) < timedelta(minutes=1)

    rule(bot_returns_after_h=0)
    send_reply(talk.pk, "Ещё раз", user=admin_user, client_key="key-00000002")
    talk.refresh_from_db()
    assert talk.bot_returns_at is None


# --- paused until ---


def test_a_paused_bot_is_silent_until_its_moment(admin_user: Any) -> None:
    talk = write("Здравствуйте")
    until = timezone.now() + timedelta(hours=3)
    pause_bot(talk.pk, until, user=admin_user)
    deliver_all()
    talk.refresh_from_db()
    assert (talk.mode, talk.bot_returns_at, bot_texts(talk)) == (Mode.HUMAN, until, [])

    Conversation.objects.update(bot_returns_at=timezone.now(), unanswered_since=None)
    assert return_bots() == 1
    assert Conversation.objects.get().mode == Mode.BOT
    modes = LeadHistory.objects.filter(kind="mode").order_by("pk").values_list("before", "after")
    assert list(modes) == [("bot", "human"), ("human", "bot")]


def test_a_pause_ends_in_the_future(admin_user: Any) -> None:
    talk = write("Здравствуйте")
    with pytest.raises(InvalidInput):
        pause_bot(talk.pk, timezone.now() - timedelta(minutes=1), user=admin_user)
    talk.refresh_from_db()
    assert (talk.mode, talk.bot_returns_at) == (Mode.BOT, None)


def test_the_page_pauses_and_gives_back(client: Browser, admin_user: Any) -> None:
    client.force_login(admin_user)
    talk = write("Здравствуйте")
    address = reverse("admin:chat_conversation_pause", args=[talk.pk])
    assert client.post(address, {"until": "hour"}).status_code == 302
    page = client.get(reverse("admin:chat_conversation_thread", args=[talk.pk])).content.decode()
    assert "бот вернётся через" in page

    mode = reverse("admin:chat_conversation_mode", args=[talk.pk])
    client.post(mode, {"mode": "bot"})
    talk.refresh_from_db()
    assert (talk.mode, talk.is_bot_chosen) == (Mode.BOT, True)
    client.post(mode, {"mode": "rule"})
    talk.refresh_from_db()
    assert (talk.mode, talk.is_bot_chosen) == (Mode.BOT, False)


def test_the_page_says_who_speaks_by_rule(client: Browser, admin_user: Any) -> None:
    client.force_login(admin_user)
    talk = write("Здравствуйте")
    rule(by_day=Mode.DRAFTS)
    page = client.get(reverse("admin:chat_conversation_thread", args=[talk.pk])).content.decode()
    assert "так велит правило канала" in page
    assert 'value="drafts" aria-pressed="true"' in page


# --- calling a person ---


class Unsure:
    """Answers with a fixed text and confidence."""

    name = "unsure"

    def __init__(self, confidence: float, hand_over: str = "") -> None:
        self.suggestion = ReplySuggestion(
            "Есть тур за 5 ₸", "tour_request", confidence, self.name, hand_over=hand_over
        )

    def is_ready(self, request: ReplyRequest) -> bool:
        return True

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        return self.suggestion


def request(limits: Limits, opens_at: datetime | None = None) -> ReplyRequest:
    text = "Хочу в Турцию"
    understood = NLPProcessor().understand(text, asked_on=MONDAY.date())
    return ReplyRequest(
        text, understood, {}, "ru", "", 0, False, False, MONDAY, limits=limits, opens_at=opens_at
    )


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(0.5, 10, 0), "low_confidence"),
        (Limits(0.1, 10, 10), "many_turns"),
        (Limits(0.4, 10, 9), ""),
    ],
)
def test_limits_pass_the_talk_on_to_a_person(limits: Limits, reason: str) -> None:
    answer = IntelligentChatProcessor(Unsure(0.4)).answer(Mode.BOT, request(limits))

    assert answer is not None
    assert answer.hand_over == reason
    handed = "Передаю вас менеджеру, он ответит вам здесь."
    assert answer.text == (handed if reason else "Есть тур за 5 ₸")


def test_a_reason_that_is_there_already_stays() -> None:
    answer = IntelligentChatProcessor(Unsure(0.1, "complaint")).answer(
        Mode.BOT, request(Limits(0.5, 10, 0))
    )
    assert answer is not None
    assert (answer.hand_over, answer.text) == ("complaint", "Есть тур за 5 ₸")


def test_at_night_the_client_hears_when_a_person_is_there(
    hours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at(0, 23))
    talk = write("Позовите менеджера")
    deliver_all()

    said = "Передаю вас менеджеру, он ответит вам здесь. Мы откроемся 24 ноября в 09:00."
    assert bot_texts(talk)[0].endswith(said)
    suggestion = AiSuggestion.objects.get()
    assert (suggestion.outcome, suggestion.hand_over) == ("sent", "asked")
    row = LeadHistory.objects.get(kind="mode")
    assert (row.before, row.after, row.note) == ("bot", "human", "asked")


def test_so_many_answers_in_a_row_and_then_a_person() -> None:
    rule(most_turns=2)
    talk = write("Здравствуйте")
    deliver_all()
    write("Хотим в Турцию")
    deliver_all()
    assert Conversation.objects.get().mode == Mode.BOT
    write("Из Алматы")
    deliver_all()

    assert len(bot_texts(talk)) == 3
    assert Conversation.objects.get().mode == Mode.HUMAN
    assert talk.suggestions.last().hand_over == "many_turns"
