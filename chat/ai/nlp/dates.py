"""When: the window in which the journey may start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from chat.ai.nlp.calendar_rules import Window
from chat.ai.nlp.day_dates import find_day_window
from chat.ai.nlp.month_dates import find_month_window
from chat.ai.nlp.nights import Stay
from chat.ai.nlp.relative_dates import find_relative_window
from chat.ai.nlp.types import Fact

Found = tuple[Window, int, int]


def find_window(text: str, asked_on: dt.date, stay: Stay | None) -> Found | None:
    """Return the window and where it stands in the text; exact dates win over vague ones."""
    nights = (stay.high or stay.low) if stay else None
    try:
        return (
            find_day_window(text, asked_on, nights)
            or find_month_window(text, asked_on)
            or find_relative_window(text, asked_on)
        )
    except (OverflowError, ValueError):
        # Dates at the very end of the calendar have no next year; nobody travels then.
        return None


def window_facts(window: Window, quote: str) -> Iterator[Fact]:
    if window.start:
        yield Fact("date_from", window.start.isoformat(), quote, 0.9)
    if window.end:
        yield Fact("date_to", window.end.isoformat(), quote, 0.9)
