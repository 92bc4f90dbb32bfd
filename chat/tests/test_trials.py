"""Talks without a client: the trial page, saved scenarios and the bench over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from chat.ai.assistant import TalkState, Turn
from chat.models import AiRun, Conversation, Message, Scenario, Trial
from chat.rehearsal import Rehearsal, assistants
from chat.services.trials import begin_trial, ensure_trial, say_in_trial
from chat.tests.test_services import deliver_all
from common.errors import Conflict, InvalidInput
from integrations.models import OutboxMessage
from leads.models import Client, Lead

pytestmark = pytest.mark.django_db
PAGE = "admin:chat_trial"


@pytest.fixture
def desk(client: Browser, admin_user: Any) -> Browser:
    cache.clear()
    client.force_login(admin_user)
    return client


def say(desk: Browser, text: str) -> str:
    """Say it, let the worker answer, and return the page."""
    desk.post(reverse(PAGE), {"action": "say", "text": text})
    deliver_all()
    return desk.get(reverse(PAGE)).content.decode()


# --- the page ---


def test_a_dialogue_is_answered_and_nothing_is_sent_or_made(desk: Browser) -> None:
    assert "Например: «Хотим во Вьетнам" in desk.get(reverse(PAGE)).content.decode()
    page = say(desk, "Хотим во Вьетнам на 10 ночей, двое взрослых")
    assert "Из какого города хотите вылететь?" in page
    page = say(desk, "из Алматы")
    assert "Когда хотите лететь?" in page or "Когда" in page

    trial = Trial.objects.get()
    assert [line["intent"] for line in trial.lines] == ["tour_request", "tour_request"]
    assert trial.state["known"]["departure_city"] == "Алматы"
    assert (Client.objects.count(), Lead.objects.count(), Conversation.objects.count()) == (0, 0, 0)
    assert Message.objects.count() == 0
    assert set(AiRun.objects.values_list("conversation", flat=True)) == {None}


def test_while_it_thinks_the_page_asks_again(desk: Browser) -> None:
    desk.get(reverse(PAGE))
    desk.post(reverse(PAGE), {"action": "say", "text": "Здравствуйте"})
    page = desk.get(reverse(PAGE)).content.decode()
    assert "Помощник думает…" in page
    assert 'hx-trigger="every 1s"' in page

    deliver_all()
    lines = desk.get(reverse("admin:chat_trial_lines")).content.decode()
    assert "hx-trigger" not in lines
    assert "Crystal Bay Travel" in lines


def test_after_calling_a_person_the_bot_is_silent(desk: Browser) -> None:
    page = say(desk, "Позовите менеджера")
    assert "зовёт человека: попросил человека" in page
    assert "бот молчит" in say(desk, "Алло")


def test_a_new_talk_forgets_the_old_one(desk: Browser) -> None:
    say(desk, "Хотим в Турцию")
    desk.post(reverse(PAGE), {"action": "begin", "engine": "rules"})
    trial = Trial.objects.get()
    assert (trial.engine, trial.lines, trial.state) == ("rules", [], {})
    desk.post(reverse(PAGE), {"action": "begin", "engine": "magic"})
    trial.refresh_from_db()
    assert trial.engine == "rules"


@pytest.mark.parametrize("text", ["", "   ", "a" * 2001])
def test_empty_and_endless_words_are_refused(admin_user: Any, text: str) -> None:
    ensure_trial(admin_user)
    with pytest.raises(InvalidInput):
        say_in_trial(admin_user, text)
    assert OutboxMessage.objects.count() == 0


def test_one_answer_at_a_time(admin_user: Any) -> None:
    ensure_trial(admin_user)
    say_in_trial(admin_user, "Здравствуйте")
    with pytest.raises(Conflict):
        say_in_trial(admin_user, "Ещё")
    assert OutboxMessage.objects.count() == 1


def test_an_answer_to_a_forgotten_talk_is_thrown_away(admin_user: Any) -> None:
    ensure_trial(admin_user)
    say_in_trial(admin_user, "Здравствуйте")
    begin_trial(admin_user, "auto")
    deliver_all()
    assert Trial.objects.get().lines == []


def test_who_may_not_try_is_refused(client: Browser, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create(username="plain", is_staff=True))
    for name in (PAGE, "admin:chat_trial_lines"):
        assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse(PAGE), {"text": "Привет"}).status_code == 403
    assert Trial.objects.count() == 0


def test_a_talk_becomes_a_scenario(desk: Browser) -> None:
    desk.get(reverse(PAGE))
    desk.post(reverse(PAGE), {"action": "keep"})
    assert Scenario.objects.count() == 0

    say(desk, "Хотим во Вьетнам")
    say(desk, "Позовите менеджера")
    answer = desk.post(reverse(PAGE), {"action": "keep"})

    scenario = Scenario.objects.get()
    assert answer["Location"] == reverse("admin:chat_scenario_change", args=[scenario.pk])
    steps = list(scenario.steps.values_list("says", "intent", "person"))
    assert steps == [
        ("Хотим во Вьетнам", "tour_request", "no"),
        ("Позовите менеджера", "human_agent", "yes"),
    ]
    assert bench() == (0, f"{scenario.title}  stable  3/3")


# --- the bench ---


def bench(**options: Any) -> tuple[int, str]:
    """Exit code and the first line up to the time."""
    out = StringIO()
    try:
        call_command("ai_bench", stdout=out, **options)
    except CommandError:
        return 1, out.getvalue().partition(" ms")[0].rsplit(maxsplit=1)[0].rstrip()
    return 0, out.getvalue().partition(" ms")[0].rsplit(maxsplit=1)[0].rstrip()


def scenario(*steps: dict[str, Any]) -> Scenario:
    made = Scenario.objects.create(title="Вьетнам")
    for number, step in enumerate(steps):
        made.steps.create(position=number, **step)
    return made


def test_a_talk_that_holds_is_stable() -> None:
    scenario(
        {"says": "Хотим во Вьетнам", "question": "departure_city", "words": "города; Здравствуйте"},
        {"says": "Из Алматы", "question": "dates", "person": "no", "no_words": "₸; скидка"},
    )
    assert bench(repeats=2) == (0, "Вьетнам  stable  2/2")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"intent": "complaint"}, "step 1: intent tour_request"),
        ({"question": "dates"}, "step 1: asks for departure_city"),
        ({"person": "yes"}, "step 1: calls nobody"),
        ({"words": "Турция"}, "step 1: no «Турция»"),
        ({"no_words": "города"}, "step 1: says «города»"),
    ],
)
def test_what_never_holds_has_failed_and_says_why(step: dict[str, str], problem: str) -> None:
    scenario({"says": "Хотим во Вьетнам", **step})
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 1 failed"):
        call_command("ai_bench", repeats=2, stdout=out)
    assert "failed  0/2" in out.getvalue()
    assert problem in out.getvalue()
    assert out.getvalue().endswith("1 scenarios: stable 0, flaky 0, failed 1\n")


def test_what_holds_sometimes_is_flaky(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moody:
        """Every second time somebody else has taken the word."""

        turns = 0

        def take_turn(self, text: str, state: TalkState, *, asked_on: date) -> Turn:
            self.turns += 1
            mode = "human" if self.turns % 2 else "bot"
            return good.take_turn(text, replace(state, mode=mode), asked_on=asked_on)

    good = assistants["rules"]
    monkeypatch.setitem(assistants, "rules", Moody())  # type: ignore[arg-type]
    scenario({"says": "Хотим во Вьетнам", "question": "departure_city"})

    assert bench(repeats=4) == (0, "Вьетнам  flaky   2/4")


def test_without_a_model_the_provider_openai_fails_honestly() -> None:
    scenario({"says": "Хотим во Вьетнам"})
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("ai_bench", provider="openai", repeats=1, stdout=out)
    assert "answered by rules" in out.getvalue()


def test_without_scenarios_the_command_says_so() -> None:
    with pytest.raises(CommandError, match="no scenarios"):
        call_command("ai_bench")


def test_a_rehearsal_goes_on_where_it_was_left() -> None:
    first = Rehearsal(assistants["rules"])
    first.say("Хотим во Вьетнам из Алматы")
    second = Rehearsal(assistants["rules"], first.state())
    line = second.say("в январе на 7 ночей")
    assert line.turn.facts["countries"] == ["VN"]
    assert line.turn.suggestion
    assert line.turn.suggestion.question == "party"
    assert "Здравствуйте" not in line.answer
