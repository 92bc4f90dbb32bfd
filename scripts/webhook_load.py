"""Invents a storm of Wazzup24's calls, and what has to be there when it is over."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

CHANNEL = "00000000-0000-4000-8000-0000000000c1"
# Of a hundred calls.
SHARES = {"message": 45, "echo": 12, "status": 28, "repeat": 10, "malformed": 5}
RANKS = ("sent", "delivered", "read")
# Neighbours change places within so many calls: nothing comes in order.
REORDERED_WITHIN = 40
BROKEN = (
    b"{", b"[]", b"null", b'{"messages": [{"messageId": "x"}]}', b'{"messages": "text"}',
    b'{"statuses": [{"status": "read"}]}', b"\xff\xfe", b'{"messages": [{"chatType": 5}]}',
)  # fmt: skip


@dataclass
class Load:
    """`messages`: ids that must be there once each; `statuses`: id -> the state it must end in."""

    bodies: list[bytes] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    malformed: int = 0


def invent(posts: int, chats: int, rng: Random) -> Load:
    load = Load()
    makers = {"message": _message, "echo": _echo, "status": _status}
    kinds = rng.choices(list(SHARES), list(SHARES.values()), k=posts)
    for number, kind in enumerate(kinds):
        if kind == "malformed":
            # Different each time, or they would be repeats of each other.
            load.malformed += 1
            load.bodies.append(rng.choice(BROKEN) + b" " * (number % 5000))
        elif kind == "repeat" and load.bodies:
            load.bodies.append(rng.choice(load.bodies))
        else:
            body = makers.get(kind, _message)(load, number, rng.randrange(chats), rng)
            load.bodies.append(json.dumps(body, ensure_ascii=False).encode())
    load.bodies = _reordered(load.bodies, rng)
    return load


def _message(load: Load, number: int, chat: int, rng: Random) -> dict[str, Any]:
    return {"messages": [_element(load, f"m{number}", chat, is_echo=False, text=f"Слово {number}")]}


def _echo(load: Load, number: int, chat: int, rng: Random) -> dict[str, Any]:
    said = _element(load, f"e{number}", chat, is_echo=True, text=f"С телефона {number}")
    load.statuses[f"e{number}"] = "sent"
    return {"messages": [said | {"authorName": "Айгуль"}]}


def _status(load: Load, number: int, chat: int, rng: Random) -> dict[str, Any]:
    """Two statuses in one call, of messages that may not have come yet."""
    ids = list(load.statuses)[-200:]
    if not ids:
        return _echo(load, number, chat, rng)
    rows = []
    for message_id in rng.choices(ids, k=2):
        status = rng.choice(RANKS)
        moment = f"2026-05-04T09:15:{number % 60:02d}.{number % 1000:03d}Z"
        rows.append({"messageId": message_id, "timestamp": moment, "status": status})
        if RANKS.index(status) > RANKS.index(load.statuses[message_id]):
            load.statuses[message_id] = status
    return {"statuses": rows}


def _element(load: Load, key: str, chat: int, *, is_echo: bool, text: str) -> dict[str, Any]:
    load.messages.append(key)
    return {
        "messageId": key,
        "channelId": CHANNEL,
        "chatType": "whatsapp",
        "chatId": f"7701{chat:07d}",
        "dateTime": "2026-05-04T09:15:00.120Z",
        "type": "text",
        "isEcho": is_echo,
        "contact": {"name": f"Клиент {chat}"},
        "text": text,
        "status": "sent" if is_echo else "inbound",
    }


def _reordered(bodies: list[bytes], rng: Random) -> list[bytes]:
    keys = [number + rng.uniform(0, REORDERED_WITHIN) for number in range(len(bodies))]
    return [bodies[number] for number in sorted(range(len(bodies)), key=keys.__getitem__)]
