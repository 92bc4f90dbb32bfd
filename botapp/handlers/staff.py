"""Colleagues in Telegram: linking, «I take it», and answers to clients by reply."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from botapp.bridge import Handler, Turn, argument
from botapp.callbacks import decode
from botapp.calls import answer_press, say_to_chat
from botapp.forwarding import Origin, pass_on
from botapp.linking import colleague_of, redeem
from botapp.models import StaffChat, StaffNotice
from leads.models import Lead
from leads.permissions import leads_visible_to
from leads.services import Actor, assign_lead

LINK = "link_"


def or_client(handler: Handler) -> Handler:
    """A linked colleague's private chat is no client's: it never becomes a lead."""

    def run(turn: Turn) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            if argument(turn).startswith(LINK):
                return link_person(turn, argument(turn).removeprefix(LINK))
            if colleague_of(turn.account, turn.chat_id):
                return reply_in_chat(turn)
        return handler(turn)

    return run


def link_person(turn: Turn, code: str) -> None:
    chat = redeem(
        turn.account, code, chat_id=turn.chat_id, title=turn.sender.name, is_for_group=False
    )
    say_to_chat(turn.account.pk, turn.chat_id, _linked() if chat else _unknown_code())


def link_group(turn: Turn) -> None:
    group = turn.update.effective_chat
    title = (group.title or "") if group else ""
    code = argument(turn)
    with translation.override(settings.LANGUAGE_CODE):
        chat = redeem(turn.account, code, chat_id=turn.chat_id, title=title, is_for_group=True)
        said = _("Here you will hear of new leads.") if chat else _unknown_code()
    say_to_chat(turn.account.pk, turn.chat_id, said)


def _linked() -> str:
    return _(
        "Done: here you will hear of your leads. Reply to a notification, and the client gets your "
        "words and files."
    )


def _unknown_code() -> str:
    return _("This code is not valid any more. Take a new one in the back office.")


def reply_in_chat(turn: Turn) -> None:
    """The reply to a notification goes to the client, in the name of the linked colleague."""
    if not StaffChat.objects.filter(account=turn.account, chat_id=turn.chat_id).exists():
        return
    with translation.override(settings.LANGUAGE_CODE):
        said = _forward(turn)
    if said:
        say_to_chat(turn.account.pk, turn.chat_id, said)


def _forward(turn: Turn) -> str:
    notice = _notice(turn)
    is_private = turn.chat_id == turn.sender.external_id
    if notice is None:
        return _("Reply to a notification to answer its client.") if is_private else ""
    user = colleague_of(turn.account, turn.sender.external_id)
    if user is None:
        return _("Link your Telegram in the back office first: menu of your name, “Telegram”.")
    message = turn.update.effective_message
    assert message is not None
    origin = Origin(turn.chat_id, message.message_id)
    return pass_on(turn.account, user, notice.lead_id or 0, message, origin)


def _notice(turn: Turn) -> StaffNotice | None:
    message = turn.update.effective_message
    quoted = message.reply_to_message if message else None
    notices = StaffNotice.objects.filter(chat__account=turn.account, chat__chat_id=turn.chat_id)
    return notices.filter(message_id=str(quoted.message_id)).first() if quoted else None


def press_in_staff_chat(turn: Turn) -> bool:
    """Take a press under a notification. False if the chat is a client's."""
    if not StaffChat.objects.filter(account=turn.account, chat_id=turn.chat_id).exists():
        return False
    query = turn.update.callback_query
    assert query is not None
    pressed = decode(query.data or "")
    with translation.override(settings.LANGUAGE_CODE):
        said = _("This key does nothing here.")
        if pressed and pressed.action == "a" and pressed.value.isdecimal():
            said = _take(turn, int(pressed.value[:18]))
    answer_press(turn.account.pk, query.id, said, is_alert=True)
    return True


def _take(turn: Turn, lead_id: int) -> str:
    user = colleague_of(turn.account, turn.sender.external_id)
    if user is None:
        return _("Link your Telegram in the back office first: menu of your name, “Telegram”.")
    lead = Lead.objects.select_related("assignee").filter(pk=lead_id).first()
    if lead and lead.assignee and lead.assignee != user:
        name = lead.assignee.get_full_name() or lead.assignee.username
        return _("Taken already: %(name)s.") % {"name": name}
    may_take = user.has_perm("leads.change_lead")
    if lead is None or not may_take or not leads_visible_to(user).filter(pk=lead_id).exists():
        return _("You may not take this lead.")
    assign_lead(lead_id, user, actor=Actor(user, origin="bot"))
    return _("The lead is yours.")
