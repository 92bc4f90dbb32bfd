from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from bookings import topics as bookings_topics
from botapp import topics as bot_topics
from chat import topics as chat_topics
from integrations.delivery.handlers import inbox_handlers, outbox_handlers


@register
def every_topic_has_a_handler(**kwargs: Any) -> list[CheckMessage]:
    topics = {**vars(chat_topics), **vars(bot_topics), **vars(bookings_topics)}
    names = {value for name, value in topics.items() if name.isupper()}
    problems: list[CheckMessage] = [
        Error(f"No handler for outbox topic {name}", id="wiring.E001")
        for name in sorted(names - outbox_handlers.keys())
    ]
    if not inbox_handlers:
        problems.append(Error("No inbox handlers", id="wiring.E002"))
    return problems
