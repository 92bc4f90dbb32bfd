"""Small calls to Telegram that leave no message: a pressed key is answered, typing is shown."""

from __future__ import annotations

from typing import Any

from botapp.topics import CALL
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.models import IntegrationAccount
from integrations.registry import telegram_connector
from integrations.transport.errors import PermanentError

ALERT_LIMIT = 200


def answer_press(account_id: int, query_id: str, text: str = "", *, is_alert: bool = False) -> None:
    """Stop the clock on a pressed key; an unanswered one spins for half a minute."""
    fields: dict[str, Any] = {"callback_query_id": query_id}
    if text:
        fields |= {"text": text[:ALERT_LIMIT], "show_alert": is_alert}
    _enqueue(f"press:{query_id}", account_id, "answerCallbackQuery", fields)


def show_typing(account_id: int, chat_id: str) -> None:
    fields = {"chat_id": chat_id, "action": "typing"}
    _enqueue(f"typing:{chat_id}", account_id, "sendChatAction", fields, merge=True)


def say_to_chat(account_id: int, chat_id: str, text: str, *, reply_to: str = "") -> None:
    """A few words into a staff chat; they are no message of a conversation."""
    fields: dict[str, Any] = {"chat_id": chat_id, "text": text}
    if reply_to.isdecimal():
        quoted = {"message_id": int(reply_to), "allow_sending_without_reply": True}
        fields["reply_parameters"] = quoted
    _enqueue(f"say:{chat_id}", account_id, "sendMessage", fields)


def _enqueue(
    key: str, account_id: int, method: str, fields: dict[str, Any], *, merge: bool = False
) -> None:
    payload = {"account": account_id, "method": method, "fields": fields}
    enqueue(CALL, key[:120], payload, merge=merge)


class CallTelegram:
    """Topic `botapp.call`, payload `{"account", "method", "fields"}`."""

    def perform(self, outgoing: Outgoing) -> None:
        account = IntegrationAccount.objects.get(pk=outgoing.payload["account"])
        try:
            telegram_connector(account).call(outgoing.payload["method"], outgoing.payload["fields"])
        except PermanentError:
            # Too late, or the client is gone: nobody has to look at it.
            return

    def apply(self, outgoing: Outgoing, result: None) -> None:
        pass

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        pass

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return outgoing.payload["method"] != "sendMessage"
