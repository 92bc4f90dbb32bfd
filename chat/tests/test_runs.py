from __future__ import annotations

import pytest
from django.test import override_settings

from chat.ai.usage import Run, Usage
from chat.models import AiRun
from chat.services.runs import may_spend, save_runs
from chat.tests.factories import write

pytestmark = pytest.mark.django_db
RUN = Run("openai", "ok", 250, Usage("consultant", "consultant-1", "gpt-4o", 900, 100))


def test_runs_are_stored_without_texts() -> None:
    talk = write("Здравствуйте")

    save_runs(talk, [RUN, Run("rules", "gate", 3, detail="sum: 5 ₸")])

    rows = list(AiRun.objects.order_by("pk").values_list("provider", "outcome", "prompt_tokens"))
    assert rows == [("openai", "ok", 900), ("rules", "gate", 0)]


@override_settings(AI_TOKENS_PER_DAY=2000, AI_TOKENS_PER_CONVERSATION_DAY=1500)
def test_the_caps_hold_for_one_talk_and_for_all() -> None:
    first, second, third = (write("Здравствуйте", chat_id=f"chat-{n}") for n in range(3))
    save_runs(first, [RUN])
    assert may_spend(first)

    save_runs(second, [RUN])
    assert not may_spend(third)
    AiRun.objects.filter(conversation=second).delete()
    assert may_spend(third)

    save_runs(first, [Run("openai", "ok", 1, Usage("quick", "v", "m", 400, 100))])
    assert not may_spend(first)
    assert may_spend(third)


@override_settings(AI_TOKENS_PER_DAY=2500, AI_TOKENS_PER_CONVERSATION_DAY=100_000)
def test_workers_at_once_overshoot_by_one_answer_each_and_no_more() -> None:
    """Four workers look before any of them has written down what it took."""
    talks = [write("Здравствуйте", chat_id=f"chat-{n}") for n in range(4)]
    save_runs(talks[0], [RUN, RUN])

    for _round in range(3):
        allowed = [talk for talk in talks if may_spend(talk)]
        for talk in allowed:
            save_runs(talk, [RUN])

    assert AiRun.objects.count() == 2 + len(talks)
