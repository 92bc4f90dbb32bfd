"""Structured logs with a correlation id; never message text, phones or secrets."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from integrations.transport.redact import redact

# django_structlog adds these to every request.
PERSONAL = {"ip", "user_agent"}


def redact_values(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last net: whatever slipped into a log line loses tokens, phones and addresses."""
    return {
        key: redact(value) if isinstance(value, str) else value
        for key, value in event.items()
        if key not in PERSONAL
    }


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def logging_config(*, plain: bool) -> dict[str, Any]:
    """Lines for people where `plain`, JSON for a log collector otherwise."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    redact_values,
                    renderer,
                ],
                "foreign_pre_chain": SHARED,
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # The access log repeats what django_structlog already says.
            "uvicorn.access": {"level": logging.WARNING},
            "django.server": {"level": logging.WARNING, "propagate": True},
            "httpx2": {"level": logging.WARNING},
            # Says at every connection that a folder has no host name.
            "kombu.connection": {"level": logging.ERROR},
            "pymorphy3": {"level": logging.WARNING},
            "celery.worker.strategy": {"level": logging.WARNING},
            "celery.app.trace": {"level": logging.WARNING},
        },
    }
