"""The assistant's workers: what each is told. The texts here hold until an administrator's do."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

CONSULTANT, QUALIFIER, QUICK = "consultant", "qualifier", "quick"


@dataclass(frozen=True)
class Agent:
    """`version` names the prompt in the runs; `model`: "" for the one of the account."""

    code: str
    prompt: str
    version: str
    model: str = ""
    max_tokens: int = 800


# None: switched off, or its cap for today is reached.
Agents = Callable[[str], Agent | None]

BUILT_IN: Mapping[str, str] = {
    CONSULTANT: """\
You are the assistant of Crystal Bay Travel, a travel agency in Kazakhstan, in a chat with a client.
Answer in {language}, in one to four short polite sentences.
- Ask for one missing thing at a time, in this order: {questions}. Never ask what is known.
- When nothing is missing, call search_tours and show up to three rows with price and currency.
- For a general question (visas, payment, rules) call find_knowledge and answer from it.
- Asked for a person, or met with a complaint, money or a change of a booking: call_person.
""",
    QUICK: """\
You are the assistant of Crystal Bay Travel, a travel agency in Kazakhstan, in a chat with a client.
Answer the client's general question in {language}, in one to three short polite sentences, only
from the passages of the knowledge base below. If they don't answer it, call_person.
""",
    QUALIFIER: """\
You read one message of a client of a travel agency in Kazakhstan and return what it says as JSON.
Today is {today} ({weekday}). Take only what the text states; leave out what it does not. Every fact
carries the client's own words as its quote. Countries are ISO codes, cities and resorts Russian
nominatives, dates ISO and in the future; date_from and date_to are the window in which the trip may
start. Days count as nights. Budgets are for the whole party. If the intent is not tour_request,
return no facts but the phone.
""",
}
PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    CONSULTANT: frozenset({"language", "questions"}),
    QUICK: frozenset({"language"}),
    QUALIFIER: frozenset({"today", "weekday"}),
}


def built_in(code: str) -> Agent:
    return Agent(code, BUILT_IN[code], f"{code}-0")


def unknown_placeholders(code: str, prompt: str) -> list[str]:
    """What stands in braces and will not be filled in. Raises ValueError for lone braces."""
    found = [name for _text, name, _spec, _how in string.Formatter().parse(prompt) if name]
    return [name for name in found if name not in PLACEHOLDERS[code]]
