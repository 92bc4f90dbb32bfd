"""What Wazzup24 refuses, in its own words and in ours: https://wazzup24.com/help/api-en/errors/

The sentences are for people: they say what happened and what to do. They are stored in English and
translated where they are shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.transport.errors import (
    ConfigError,
    ConnectorError,
    InvalidRequest,
    PermanentError,
    RecipientGone,
)
from integrations.transport.http import Answer, raise_for_status

DUPLICATE = "repeatedcrmmessageid"

CHANNEL_DOWN = "The number is off in Wazzup24. Open its account and switch the channel on."
NO_MONEY = "Wazzup24 has run out of money. Top up its balance."
WINDOW_OVER = "The client wrote too long ago for free text. Send a template."
ONLY_ANSWERS = "On this channel one may only answer, not write first."
SPAM = "The messenger took it for spam. Write to this client less, or by another channel."
NOBODY = "The messenger does not know this client, or the client has blocked us."
TOO_LONG = "The text is too long for this messenger."
TOO_BIG = "The file is too big for this messenger."
WRONG_FILE = "The messenger does not take files of this type."
TEMPLATE_REFUSED = "The template is not approved, or its values do not fit."
NO_CHANGE = "This message can't be changed any more."
GONE = "The message it answers is no longer there."
NO_RIGHT = "The key of Wazzup24 does not allow this: it belongs to a ready-made integration."
UNKNOWN = "Wazzup24 refused the message."

SENTENCES: dict[str, str] = {
    **dict.fromkeys(
        (
            "channelnotfound", "channelblocked", "channelwapirejected", "channellimitexceeded",
            "messagechannelunavailable", "nosuchaccount", "channelrejected",
        ),
        CHANNEL_DOWN,
    ),
    **dict.fromkeys(("channelnomoney", "balanceisempty"), NO_MONEY),
    **dict.fromkeys(("24hoursexceeded", "7daysexceeded"), WINDOW_OVER),
    **dict.fromkeys(("messagesnottextfirst", "chatnoaccess"), ONLY_ANSWERS),
    **dict.fromkeys(("messagesisspam", "messagesabnormalsend", "spam", "toomanyextreqs"), SPAM),
    **dict.fromkeys(
        ("badcontact", "messagescannotadd", "chatidigsidmismatch", "messagesinvalidcontacttype"),
        NOBODY,
    ),
    **dict.fromkeys(("messagetexttoolong", "toolongtext"), TOO_LONG),
    **dict.fromkeys(("toobigcontent", "messagescontentsizeexceeded"), TOO_BIG),
    **dict.fromkeys(
        (
            "wrongcontent", "messagewrongcontenttype", "contentconversionerror", "badlink",
            "messagedownloadcontenterror", "commentcanbetextonly",
        ),
        WRONG_FILE,
    ),
    "templaterejected": TEMPLATE_REFUSED,
    **dict.fromkeys(
        (
            "messageseditingtimeexpired", "messagesdeletiontimeexpired", "messagescontainbuttons",
            "channelinvalidtransportforediting", "channelinvalidtransportforcontentediting",
            "channelinvalidtransportfordeletion", "messagesnotfound",
        ),
        NO_CHANGE,
    ),
    **dict.fromkeys(
        ("referencemessagenotfound", "commentdeleted", "messagedeleted", "cannotreplytodeleted"),
        GONE,
    ),
}  # fmt: skip
# Families whose members go on after the name: …_INSTAGRAM, …_WABA and so on.
PREFIXES = (
    ("messagestoolong", TOO_LONG),
    ("messagescontentsizeexceeded", TOO_BIG),
    ("messagesunsupportedcontenttype", WRONG_FILE),
)


class Refused(InvalidRequest):
    """Wazzup24 understood and will not do it; `code` is its own word, normalised."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class ChannelDown(PermanentError):
    """Nothing leaves through this channel until somebody looks after it."""


class SidecarKey(ConfigError):
    """The key of a ready-made integration: most of the API is closed to it."""


@dataclass(frozen=True)
class Refusal:
    code: str = ""
    request_id: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def normalised(code: str) -> str:
    """`repeatedCrmMessageId` and `REPEATED_CRM_MESSAGE_ID` are one."""
    return re.sub(r"[^a-z0-9]", "", code.lower())


def sentence_of(code: str) -> str:
    word = normalised(code)
    if word in SENTENCES:
        return SENTENCES[word]
    return next((said for prefix, said in PREFIXES if word.startswith(prefix)), UNKNOWN)


def read_refusal(answer: Answer) -> Refusal:
    """The error of an answer; its body may be empty, no JSON, or of another shape."""
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        return Refusal()
    if not isinstance(content, dict):
        return Refusal()
    error = content.get("error")
    if isinstance(error, dict):
        error = error.get("code") or error.get("error")
    data = content.get("data")
    return Refusal(
        code=normalised(str(error or "")),
        request_id=str(content.get("requestId", ""))[:64],
        data=data if isinstance(data, dict) else {},
    )


def raise_for_answer(answer: Answer) -> None:
    """Map an answer to the error family; return for any 2xx."""
    if 200 <= answer.status < 300:
        return
    refusal = read_refusal(answer)
    if answer.status == 403 and refusal.code == "forbidden":
        raise SidecarKey(NO_RIGHT)
    if answer.status in (400, 404) and refusal.code:
        raise error_of(refusal)
    raise_for_status(answer, "Wazzup24")


def error_of(refusal: Refusal) -> ConnectorError:
    said = sentence_of(refusal.code)
    if said in (CHANNEL_DOWN, NO_MONEY):
        return ChannelDown(said)
    if said == NOBODY:
        return RecipientGone(said)
    if said == UNKNOWN:
        said = f"{said} ({refusal.code} {refusal.request_id})"
    return Refused(said, refusal.code)
