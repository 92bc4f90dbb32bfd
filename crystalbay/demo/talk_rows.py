"""Conversations of invented stories, in the channel their person writes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from django.contrib.auth.models import User

from chat.models import Conversation, Message
from crystalbay.demo.bulk import save_as_of
from crystalbay.demo.channel_rows import Channels
from crystalbay.demo.people import Person
from crystalbay.demo.stories import Line, Story
from leads.models import Client, Lead

# These leads were written down by a person; there is nothing to read.
SILENT = ("manual", "email")
# An older «thank you, I'll wait» was answered by telephone.
STILL_WAITS = timedelta(hours=20)

Author, Delivery = Message.Author, Message.Delivery


@dataclass
class Talk:
    """Everything one client and we ever said, oldest first; `lead` is the newest inquiry.

    Who speaks and who waits follows from `latest`, the lines of that inquiry alone.
    """

    person: Person
    lead: Lead
    latest: list[Line]
    said: list[tuple[Line, User | None]]


def save_talks(
    stories: Sequence[Story],
    clients: dict[Person, Client],
    leads: Sequence[Lead],
    managers: Sequence[User],
    *,
    now: datetime,
) -> None:
    talks = _talks(stories, leads, managers)
    channels = Channels()
    conversations = [
        Conversation(
            account=channels.of(talk.person),
            external_id=channels.chat_id(talk.person),
            window_closes_at=channels.window_closes_at(
                talk.person, [line for line, _user in talk.said]
            ),
            client=clients[talk.person],
            lead=talk.lead,
            language=talk.person.language,
            **_state(talk.latest, now),
        )
        for talk in talks
    ]
    save_as_of(Conversation, conversations, [talk.said[0][0].at for talk in talks])
    _save_messages(talks, conversations)


def _talks(stories: Sequence[Story], leads: Sequence[Lead], managers: Sequence[User]) -> list[Talk]:
    talks: dict[Person, Talk] = {}
    for story, lead in zip(stories, leads, strict=True):
        if story.person.source in SILENT:
            continue
        user = managers[story.manager or 0]
        said = [(line, user if line.author == "staff" else None) for line in story.lines]
        talk = talks.setdefault(story.person, Talk(story.person, lead, story.lines, []))
        talk.lead, talk.latest = lead, story.lines
        talk.said = sorted([*talk.said, *said], key=lambda pair: pair[0].at)
    return list(talks.values())


def _state(lines: Sequence[Line], now: datetime) -> dict[str, object]:
    """Who speaks now, and since when the client waits for a person."""
    last = lines[-1]
    is_human = any(line.author == "staff" or line.hands_over for line in lines)
    return {
        "mode": Conversation.Mode.HUMAN if is_human else Conversation.Mode.BOT,
        "unanswered_since": _waiting_since(lines) if now - last.at < STILL_WAITS else None,
        "last_message_at": last.at,
        "last_text": last.text[:120],
    }


def _waiting_since(lines: Sequence[Line]) -> datetime | None:
    since = None
    for line in reversed(lines):
        if line.author == "customer":
            since = line.at
        elif not line.hands_over:
            break
    is_goodbye = lines[-1].stage == "lost" or any(line.stage == "won" for line in lines[-2:])
    return None if is_goodbye else since


def _save_messages(talks: Sequence[Talk], conversations: Sequence[Conversation]) -> None:
    """One round per place in the talk: ids grow with time, and an answer finds its question."""
    newest_customer: dict[int, Message] = {}
    threads = [_thread(*pair) for pair in zip(talks, conversations, strict=True)]
    for round_ in zip_longest(*threads):
        messages = [message for message in round_ if message]
        for message in messages:
            if message.author == Author.BOT:
                message.answers = newest_customer[message.conversation_id]
        Message.objects.bulk_create(messages)
        for message in messages:
            if message.author == Author.CUSTOMER:
                newest_customer[message.conversation_id] = message
    for conversation in conversations:
        conversation.understood_id = newest_customer[conversation.pk].pk
    Conversation.objects.bulk_update(conversations, ["understood_id"], batch_size=200)


def _thread(talk: Talk, conversation: Conversation) -> Iterator[Message]:
    for number, (line, user) in enumerate(talk.said, 1):
        is_own = line.author == "customer"
        yield Message(
            conversation=conversation,
            author=line.author,
            user=user,
            text=line.text,
            external_id=f"{talk.person.chat_id}-{number}",
            delivery=Delivery.RECEIVED if is_own else Delivery.SENT,
            sent_at=line.at,
            created_at=line.at,
        )
