from __future__ import annotations

from dataclasses import dataclass
from random import Random

from crystalbay.demo import phrases

LANGUAGES = ("ru", "kk", "en")
LANGUAGE_WEIGHTS = (85, 11, 4)
SOURCES = {
    "webchat": 30,
    "whatsapp": 28,
    "telegram": 18,
    "instagram": 14,
    "email": 5,
    "manual": 5,
}


@dataclass(frozen=True)
class Person:
    """`chat_id` marks a client as invented: no real channel makes an address of this form."""

    number: int
    name: str
    language: str
    source: str
    phone: str
    is_partner: bool

    @property
    def chat_id(self) -> str:
        return f"{MARK}{self.number:04d}"

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """Kind and value of everything the client is known by."""
        own = {
            "telegram": ("telegram", f"demo_{self.number:04d}"),
            "instagram": ("instagram", f"demo.guest.{self.number:04d}"),
            "whatsapp": ("whatsapp", self.phone),
            "email": ("email", f"guest{self.number:04d}@example.com"),
        }
        known = [("webchat", self.chat_id), ("phone", self.phone)]
        return known + ([own[self.source]] if self.source in own else [])


MARK = "demo-"


def invent_people(count: int, rng: Random) -> list[Person]:
    return [_invent(number, rng) for number in range(1, count + 1)]


def _invent(number: int, rng: Random) -> Person:
    is_woman = rng.random() < 0.62
    is_partner = rng.random() < 0.04
    first = rng.choice(phrases.WOMEN if is_woman else phrases.MEN)
    name = f"{first} {rng.choice(phrases.SURNAMES)}{'а' if is_woman else ''}"
    if is_partner:
        name = rng.choice(phrases.AGENCIES)
    return Person(
        number=number,
        name=name,
        language=rng.choices(LANGUAGES, LANGUAGE_WEIGHTS)[0],
        source=rng.choices(list(SOURCES), list(SOURCES.values()))[0],
        # A block of numbers that no operator has given out.
        phone=f"+7700000{number % 10_000:04d}",
        is_partner=is_partner,
    )
