"""Stored updates on their way to the handlers, the same whether Telegram called or was asked."""

from __future__ import annotations

import json
from typing import Any

from asgiref.sync import async_to_sync
from telegram import Update
from telegram.ext import CallbackContext

from botapp.application import AnyApplication, build_application
from integrations.channels.base import UnreadableEvent
from integrations.models import InboxEvent


def process_stored_update(event: InboxEvent) -> bool:
    """The inbox handler of the bot: one update, in the transaction that marks its row done."""
    try:
        update = json.loads(event.body)
    except ValueError as error:
        raise UnreadableEvent("The stored update is not JSON.") from error
    return async_to_sync(_process)(build_application(event.account, event.body), update)


async def _process(application: AnyApplication, content: Any) -> bool:
    failures: list[Exception] = []

    async def remember(update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        if isinstance(context.error, Exception):
            failures.append(context.error)

    application.add_error_handler(remember)
    async with application:
        try:
            update = Update.de_json(content, application.bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableEvent("The stored update has another shape.") from error
        has_handler = any(
            handler.check_update(update) not in (None, False)
            for group in application.handlers.values()
            for handler in group
        )
        await application.process_update(update)
    if failures:
        # The library swallows them; the row must not be marked as done.
        raise failures[0]
    return has_handler
