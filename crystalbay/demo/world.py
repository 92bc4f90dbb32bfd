"""Who wishes for what: invented people shared out over the nine stages."""

from __future__ import annotations

from datetime import datetime
from random import Random

from crystalbay.demo.people import Person, invent_people
from crystalbay.demo.stories import CLOSED, Story, invent_story

# How many of 300 leads stand where.
SHARES = {
    "new": 26,
    "consultation": 38,
    "selection": 34,
    "offer_sent": 30,
    "negotiation": 22,
    "booking": 17,
    "payment": 13,
    "won": 64,
    "lost": 56,
}
# Between two inquiries of one client.
PAUSE_DAYS = 7


def invent_world(*, seed: int, clients: int, leads: int, now: datetime) -> list[Story]:
    """Return the stories, oldest first. The same arguments give the same world."""
    rng = Random(seed)  # noqa: S311 - invented data, no secrets
    people = invent_people(clients, rng)
    stories = []
    for person, stages in _share_out(people, count_by_stage(leads), rng):
        older_than, until = 0, now
        for stage in stages:
            story = invent_story(
                person, stage, older_than=older_than, until=until, now=now, rng=rng
            )
            until = story.started_at
            older_than = (now - until).days + PAUSE_DAYS
            stories.append(story)
    return sorted(stories, key=lambda story: (story.started_at, story.person.number))


def count_by_stage(total: int) -> dict[str, int]:
    """Share a number of leads out over the stages; the largest remainders are rounded up."""
    whole = sum(SHARES.values())
    counts = {stage: share * total // whole for stage, share in SHARES.items()}
    by_remainder = sorted(SHARES, key=lambda stage: -(SHARES[stage] * total % whole))
    for stage in by_remainder[: total - sum(counts.values())]:
        counts[stage] += 1
    return counts


def _share_out(
    people: list[Person], counts: dict[str, int], rng: Random
) -> list[tuple[Person, list[str]]]:
    """Give each person stages, newest first: an open inquiry before the closed ones."""
    current = [
        stage for stage, count in counts.items() if stage not in CLOSED for _ in range(count)
    ]
    closed = [stage for stage, count in counts.items() if stage in CLOSED for _ in range(count)]
    rng.shuffle(current)
    rng.shuffle(closed)
    rows: list[tuple[Person, list[str]]] = [(person, []) for person in people]
    for number, stage in enumerate(current):
        rows[number % len(rows)][1].append(stage)
    # First those who have nothing yet, then anybody.
    order = sorted(range(len(rows)), key=lambda index: (len(rows[index][1]), rng.random()))
    for number, stage in enumerate(closed):
        rows[order[number % len(order)]][1].append(stage)
    return rows
