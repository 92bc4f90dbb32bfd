"""One invented inquiry from the first word to where it stands now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from django.utils import translation

from chat.ai import texts
from crystalbay.demo import phrases
from crystalbay.demo.people import Person
from crystalbay.demo.wishes import Told, Wish, invent_wish

PATH = ("new", "consultation", "selection", "offer_sent", "negotiation", "booking", "payment")
# Days since the first message, at least and at most.
AGES = {
    "new": (0, 1),
    "consultation": (0, 4),
    "selection": (1, 8),
    "offer_sent": (2, 12),
    "negotiation": (3, 18),
    "booking": (5, 25),
    "payment": (8, 32),
    "won": (18, 60),
    "lost": (6, 60),
}
CLOSED = ("won", "lost")
NIGHT_SHARE = 0.2
LATE_SHARE = 0.4


@dataclass
class Line:
    """Something said. `stage` is where the lead goes with it; `told` is what it tells.

    `hands_over`: the bot's word that a person will answer, so the client still waits.
    """

    author: str
    text: str
    stage: str = ""
    told: tuple[Told, ...] = ()
    hands_over: bool = False
    at: datetime = datetime.min.replace(tzinfo=UTC)


@dataclass
class Story:
    person: Person
    stage: str
    wish: Wish
    manager: int | None
    lost_reason: str
    lines: list[Line]

    @property
    def started_at(self) -> datetime:
        return self.lines[0].at

    @property
    def stage_since(self) -> datetime:
        moves = [line.at for line in self.lines if line.stage]
        return moves[-1] if moves else self.started_at


def invent_story(
    person: Person, stage: str, *, older_than: int, until: datetime, now: datetime, rng: Random
) -> Story:
    """Tell an inquiry that began more than `older_than` days ago and is over by `until`."""
    started_at = _start(person, stage, older_than, until, now, rng)
    wish = invent_wish(person.language, started_at.date(), rng)
    manager = rng.randrange(len(phrases.MANAGERS)) if _is_assigned(stage, rng) else None
    reason = rng.choice(list(phrases.REFUSALS)) if stage == "lost" else ""
    story = Story(person, stage, wish, manager, reason, [])
    story.lines = list(_tell(story, rng))
    _set_times(story, started_at, until, rng)
    return story


def _start(
    person: Person, stage: str, older_than: int, until: datetime, now: datetime, rng: Random
) -> datetime:
    if stage == "new":
        # Some who write in WhatsApp have waited until their 24 hours are nearly over.
        is_late = person.source == "whatsapp" and rng.random() < LATE_SHARE
        return now - timedelta(minutes=rng.randint(1140, 1195) if is_late else rng.randint(4, 1140))
    least, most = AGES[stage]
    least = min(max(least, older_than), 59)
    day = now - timedelta(days=rng.randint(least, max(least, most)))
    is_night = rng.random() < NIGHT_SHARE
    hour = rng.choice((22, 23, 0, 1, 2, 7)) if is_night else rng.randint(9, 20)
    start = day.replace(hour=hour, minute=rng.randint(0, 59), second=rng.randint(0, 59))
    return min(start, until - timedelta(hours=3))


def _is_assigned(stage: str, rng: Random) -> bool:
    return rng.random() < {"new": 0.2, "consultation": 0.5}.get(stage, 1.0)


def _tell(story: Story, rng: Random) -> Iterator[Line]:
    yield from _opening(story, rng)
    if story.stage == "new":
        return
    # A refusal comes after a talk of any length, but after an offer at the least.
    last = {"won": "payment", "lost": rng.choice(PATH[3:5])}.get(story.stage, story.stage)
    for stage in PATH[2 : PATH.index(last) + 1]:
        yield from _chapter(stage, story, rng)
    if story.stage == "won":
        yield Line("staff", phrases.DOCUMENTS, "won")
        yield Line("customer", rng.choice(phrases.FAREWELL))
    if story.stage == "lost":
        yield from _refusal(story)


def _opening(story: Story, rng: Random) -> Iterator[Line]:
    """The first words, all at once or after «more details?», and the bot's questions."""
    language, parts = story.person.language, list(story.wish.parts)
    known = len(parts) if rng.random() < 0.45 else rng.choice((0, 0, 2, 3))
    if known:
        yield _said(rng.choice(phrases.WANT[language]), parts[:known])
    else:
        yield Line("customer", rng.choice(phrases.ADVERT[language]))
    if story.stage == "new":
        if rng.random() < 0.3:
            yield Line("customer", rng.choice(phrases.NUDGE))
        return
    has_all = known == len(parts)
    words = _bot_words(language, known, has_all)
    yield Line("bot", words, "consultation", hands_over=has_all)
    if not has_all and (story.stage != "consultation" or rng.random() < 0.6):
        yield _said("", parts[known:])


def _said(start: str, parts: list[tuple[str, tuple[Told, ...]]]) -> Line:
    text = ", ".join(text for text, _told in parts)
    told = tuple(fact for _text, facts in parts for fact in facts)
    return Line("customer", f"{start} {text}".strip(), told=told)


def _bot_words(language: str, known: int, has_all: bool) -> str:
    asks = {0: "country", 2: "nights", 3: "departure_city"}
    with translation.override(language):
        says = texts.handing_over() if has_all else texts.question(asks[known])
        return f"{texts.greeting()} {says}"


def _chapter(stage: str, story: Story, rng: Random) -> Iterator[Line]:
    """What is said while a lead comes into a stage."""
    price = f"{story.wish.price:,}".replace(",", " ")
    manager = phrases.MANAGERS[story.manager or 0][1]
    if stage == "selection":
        place = story.wish.trip.said["ru"]
        greeting = rng.choice(phrases.INTRODUCTION).format(manager=manager, place=place)
        yield Line("staff", greeting, stage)
        yield Line("customer", rng.choice(phrases.THANKS).format(phone=story.person.phone))
    elif stage == "offer_sent":
        yield Line("staff", phrases.OFFER.format(price=price), stage)
    elif stage == "negotiation":
        doubt, answer = rng.choice(phrases.DOUBTS)
        yield Line("customer", doubt)
        yield Line("staff", answer.format(price=price), stage)
    elif stage == "booking":
        yield Line("customer", rng.choice(phrases.YES))
        yield Line("staff", phrases.PASSPORTS, stage)
    elif stage == "payment":
        yield Line("staff", phrases.CONFIRMED, stage)
        yield Line("customer", rng.choice(phrases.PAID))


def _refusal(story: Story) -> Iterator[Line]:
    answer = phrases.REFUSALS[story.lost_reason]
    yield Line("staff", phrases.STILL_THERE, "" if answer else "lost")
    if answer:
        yield Line("customer", answer, "lost")


def _set_times(story: Story, started_at: datetime, until: datetime, rng: Random) -> None:
    """Give each line its moment: the bot answers at once, people in minutes or hours."""
    gaps = [_gap(line.author, rng) for line in story.lines[1:]]
    slow = sum(gap for gap, line in zip(gaps, story.lines[1:], strict=True) if line.author != "bot")
    room = (until - started_at).total_seconds() - 60 * len(story.lines) - 120
    squeeze = min(1.0, max(0.0, room) / slow) if slow else 1.0
    story.lines[0].at = moment = started_at
    for line, gap in zip(story.lines[1:], gaps, strict=True):
        moment += timedelta(seconds=gap if line.author == "bot" else 1 + int(gap * squeeze))
        line.at = min(moment, until)


def _gap(author: str, rng: Random) -> int:
    if author == "bot":
        return rng.randint(4, 40)
    return int(3600 * rng.choice((0.1, 0.3, 1, 3, 9, 20)) * rng.uniform(0.5, 1.5))
