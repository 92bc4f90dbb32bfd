"""Who lets the bot in and who throws it out."""

from __future__ import annotations

from telegram import Chat, ChatMember

from botapp.bridge import Turn
from botapp.models import StaffChat
from chat.models import Conversation
from chat.services.reach import mark_back, mark_gone

OUT = (ChatMember.BANNED, ChatMember.LEFT)


def changed(turn: Turn) -> None:
    change = turn.update.my_chat_member
    assert change is not None
    is_out = change.new_chat_member.status in OUT
    if change.chat.type != Chat.PRIVATE:
        if is_out:
            StaffChat.objects.filter(account=turn.account, chat_id=turn.chat_id).delete()
        return
    talks = Conversation.objects.filter(account=turn.account, external_id=turn.chat_id)
    for pk in talks.values_list("pk", flat=True):
        if is_out:
            mark_gone(pk, "blocked")
        else:
            mark_back(pk)
