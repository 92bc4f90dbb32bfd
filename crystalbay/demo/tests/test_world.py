"""What the invented world looks like before anything is stored."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.phones import normalize_phone
from crystalbay.demo.people import MARK
from crystalbay.demo.stories import CLOSED, Story
from crystalbay.demo.world import SHARES, count_by_stage, invent_world

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 24, 11, 30, tzinfo=ZoneInfo("Asia/Almaty"))


def world(**changes: int) -> list[Story]:
    return invent_world(**{"seed": 1, "clients": 200, "leads": 300, **changes}, now=NOW)


@pytest.mark.parametrize("total", [0, 1, 9, 100, 300, 301, 1000])
def test_shares_add_up(total: int) -> None:
    assert sum(count_by_stage(total).values()) == total


def test_every_stage_has_its_share() -> None:
    assert Counter(story.stage for story in world()) == SHARES


def test_every_client_has_an_inquiry_and_at_most_one_open() -> None:
    stories = world()
    open_ones = Counter(story.person for story in stories if story.stage not in CLOSED)

    assert len({story.person for story in stories}) == 200
    assert set(open_ones.values()) == {1}


def test_the_same_seed_tells_the_same() -> None:
    assert world(seed=7) == world(seed=7)
    assert world(seed=7) != world(seed=8)


def test_everything_happens_in_order_within_the_last_sixty_days() -> None:
    for story in world():
        moments = [line.at for line in story.lines]
        assert moments == sorted(moments)
        assert NOW - timedelta(days=61) < moments[0]
        assert moments[-1] <= NOW


def test_quotes_are_the_clients_own_words() -> None:
    lines = [line for story in world() for line in story.lines]
    told = [(fact, line) for line in lines for fact in line.told]

    assert told
    assert all(fact.quote in line.text and line.author == "customer" for fact, line in told)


def test_nobody_real_can_be_reached() -> None:
    for person in {story.person for story in world()}:
        assert person.phone.startswith("+7700000")
        assert normalize_phone(person.phone) == person.phone
        assert person.chat_id.startswith(MARK)
        assert all(
            value.endswith("@example.com") for kind, value in person.addresses if kind == "email"
        )


def test_all_sources_and_languages_occur() -> None:
    people = {story.person for story in world()}

    assert {person.source for person in people} == {
        *("webchat", "whatsapp", "telegram", "instagram", "email", "manual")
    }
    assert {person.language for person in people} == {"ru", "kk", "en"}
