"""The messengers behind Wazzup24 and what each of them allows.

https://wazzup24.com/help/api-en/sending-messages/ contradicts itself about lengths: the smaller
number is taken, and the server's refusal is obeyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from integrations.channels.base import Capabilities

MB = 1024 * 1024
DAY, WEEK = timedelta(hours=24), timedelta(days=7)


@dataclass(frozen=True)
class Messenger:
    """`name` is how clients' addresses and sources of leads are called; `title` is for people."""

    name: str
    title: str
    chat_type: str
    capabilities: Capabilities


def _can(
    text_limit: int,
    *,
    edits: bool = True,
    file_mb: int = 10,
    window: timedelta | None = None,
    templates: bool = False,
) -> Capabilities:
    return Capabilities(
        text_limit=text_limit,
        # It knows our key for a minute only.
        repeats_safely=False,
        splits_text=True,
        files=True,
        file_limit_bytes=file_mb * MB,
        edits=edits,
        window=window,
        templates=templates,
    )


_TELEGRAM = Messenger("telegram", "Telegram", "telegram", _can(4096))
_MAX = Messenger("max", "MAX", "max", _can(4096))
TRANSPORTS: dict[str, Messenger] = {
    "whatsapp": Messenger("whatsapp", "WhatsApp", "whatsapp", _can(10_000)),
    "wapi": Messenger(
        "whatsapp",
        "WhatsApp Business",
        "whatsapp",
        _can(1024, edits=False, window=DAY, templates=True),
    ),
    "instagram": Messenger(
        "instagram", "Instagram", "instagram", _can(1000, file_mb=8, window=WEEK)
    ),
    "tgapi": _TELEGRAM,
    "telegram": _TELEGRAM,
    "max": _MAX,
    "maxbot": _MAX,
    "vk": Messenger("vk", "VK", "vk", _can(1000)),
    "avito": Messenger("avito", "Avito", "avito", _can(1000)),
    "viber": Messenger("viber", "Viber", "viber", _can(6999)),
}
# What a chat type alone says, until the channel's own transport is known.
OF_CHAT_TYPE = {
    "whatsapp": "whatsapp", "whatsgroup": "whatsapp", "instagram": "instagram",
    "telegram": "tgapi", "telegroup": "tgapi", "vk": "vk", "avito": "avito", "max": "max",
    "maxgroup": "max", "viber": "viber",
}  # fmt: skip
GROUPS = ("whatsgroup", "telegroup", "maxgroup")
UNKNOWN = Messenger("other", "Wazzup24", "", _can(1000, edits=False))


def messenger_of(transport: str) -> Messenger:
    return TRANSPORTS.get(transport, UNKNOWN)
