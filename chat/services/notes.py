"""Notes to colleagues: they stand in the thread and never leave the house."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chat.models import Conversation, Message
from chat.permissions import conversations_visible_to
from chat.services.feed import STAFF
from common.errors import InvalidInput
from live.services import notify, publish

LONGEST_NOTE = 4000
_MENTION = re.compile(r"(?<![\w@])@([\w.+-]{1,150})")


@transaction.atomic
def write_note(conversation_id: int, text: str, *, user: User, client_key: str) -> Message:
    """Add a note; the client still waits if they did. The same `client_key` is the same note.

    Colleagues named with @login are notified if they may see the conversation.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=client_key).first()
    if known:
        return known
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise InvalidInput(_("Write up to 4,000 characters."), code="length", field="text")
    note = Message.objects.create(
        conversation=conversation,
        author=Message.Author.NOTE,
        delivery=Message.Delivery.INTERNAL,
        user=user,
        text=text,
        client_key=client_key,
    )
    publish(STAFF, "message.created", conversation=conversation.pk, message=note.pk)
    for colleague in _mentioned(conversation, text, user):
        _tell(colleague, conversation, note, user)
    return note


def _mentioned(conversation: Conversation, text: str, author: User) -> list[User]:
    names = {name.rstrip(".") for name in _MENTION.findall(text)}
    people = User.objects.filter(username__in=names, is_active=True, is_staff=True)
    return [
        person
        for person in people.exclude(pk=author.pk)
        if conversations_visible_to(person).filter(pk=conversation.pk).exists()
    ]


def _tell(colleague: User, conversation: Conversation, note: Message, author: User) -> None:
    who = author.get_full_name() or author.username
    text = _("%(who)s mentioned you: %(client)s") % {"who": who, "client": conversation.client}
    url = reverse("admin:chat_conversation_thread", args=[conversation.pk])
    notify(colleague.pk, "mention", f"note:{note.pk}", text, url)
