"""What a colleague answers by replying to a notification: words and files, and what became of them.

The message of ours carries where it came from as its `client_key`: `tg|<chat>|<message>`, for a
file with `|f`. So the same update is one message, and the outcome finds its way back.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext as _
from telegram import Message as Received

from botapp.calls import say_to_chat
from botapp.models import StaffChat
from botapp.topics import FORWARD_FILE
from chat.models import Conversation, Message
from chat.permissions import conversations_visible_to
from chat.services.outbound import NewFile, send_reply
from common.errors import DomainError
from integrations.accounts import telegram_account
from integrations.channels.telegram.connector import FILE_LIMIT_BYTES
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.models import IntegrationAccount
from integrations.registry import telegram_connector

MARK = "tg"
FILES = ("document", "video", "audio", "voice")


@dataclass(frozen=True)
class Origin:
    """The colleague's message that is passed on."""

    chat_id: str
    message_id: int

    @property
    def key(self) -> str:
        return f"{MARK}|{self.chat_id}|{self.message_id}"


def pass_on(
    account: IntegrationAccount, user: User, lead_id: int, message: Received, origin: Origin
) -> str:
    """Send words at once, have a file fetched; return why not, or nothing.

    A file enqueues `botapp.forward_file`.
    """
    text = (message.text or message.caption or "").strip()
    found = file_of(message)
    if not text and found is None:
        return _("Words, photos and files can be passed on from here; this can't. Send it anew.")
    if text and (refusal := _send(user, lead_id, origin.key, text=text)):
        return refusal
    if found:
        reference, name = found
        payload = {
            "account": account.pk, "user": user.pk, "lead": lead_id, "chat": origin.chat_id,
            "message": origin.message_id, "reference": reference, "name": name,
        }  # fmt: skip
        enqueue(FORWARD_FILE, f"staff:{origin.chat_id}", payload)
    return ""


def file_of(message: Received) -> tuple[str, str] | None:
    """The reference and the name of the file in a message, if there is one."""
    if message.photo:
        return message.photo[-1].file_id, "photo.jpg"
    for kind in FILES:
        if found := getattr(message, kind, None):
            return found.file_id, (getattr(found, "file_name", "") or kind)[:200]
    return None


def _send(
    user: User, lead_id: int, key: str, *, text: str = "", file: NewFile | None = None
) -> str:
    """Return why it may not be sent, or nothing."""
    talks = conversations_visible_to(user).filter(lead=lead_id)
    talk: Conversation | None = talks.order_by("-last_message_at").first()
    if talk is None or not user.has_perm("chat.change_conversation"):
        return _("You may not answer in this conversation.")
    try:
        send_reply(talk.pk, text, user=user, client_key=key, files=[file] if file else [])
    except DomainError as error:
        return error.message
    return ""


class ForwardFile:
    """Topic `botapp.forward_file`: fetch a colleague's file, send it to the client."""

    def perform(self, outgoing: Outgoing) -> bytes:
        account = IntegrationAccount.objects.get(pk=outgoing.payload["account"])
        connector = telegram_connector(account)
        return connector.fetch_file(
            outgoing.payload["reference"], max_bytes=FILE_LIMIT_BYTES
        ).content

    def apply(self, outgoing: Outgoing, result: bytes) -> None:
        wish = outgoing.payload
        user = User.objects.filter(pk=wish["user"], is_active=True).first()
        origin = Origin(wish["chat"], wish["message"])
        with translation.override(settings.LANGUAGE_CODE):
            file = NewFile(wish["name"], result)
            refusal = (
                _send(user, wish["lead"], f"{origin.key}|f", file=file)
                if user
                else _("You may not answer in this conversation.")
            )
        if refusal:
            self._refuse(outgoing, refusal)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            self._refuse(outgoing, _("Telegram did not give us the file (20 MB at most)."))

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True

    def _refuse(self, outgoing: Outgoing, why: str) -> None:
        wish = outgoing.payload
        with translation.override(settings.LANGUAGE_CODE):
            said = _("The file was not sent. %(why)s") % {"why": why}
        say_to_chat(wish["account"], wish["chat"], said, reply_to=str(wish["message"]))


def tell_of_delivery(message: Message) -> None:
    """Whoever answered from Telegram hears there whether it went out; in full or why not."""
    mark, _bar, rest = (message.client_key or "").partition("|")
    if mark != MARK:
        return
    account = telegram_account()
    if account is None:
        return
    chat_id, _bar, number = rest.partition("|")
    # The key of a message from the back office is made by a page: it must not choose a chat.
    if not StaffChat.objects.filter(account=account, chat_id=chat_id).exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        said = _("Sent to %(client)s.") % {"client": message.conversation.client}
        if message.delivery == Message.Delivery.FAILED:
            values = {"client": message.conversation.client, "why": message.delivery_error}
            said = _("Not sent to %(client)s. %(why)s") % values
    say_to_chat(account.pk, chat_id, said, reply_to=number.partition("|")[0])
