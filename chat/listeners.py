"""Who wants to hear of what happens in conversations. Empty here; the composition root fills it.

Listeners run inside the transaction of the change, with the conversation locked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chat.ai.base import ReplySuggestion
from chat.models import Conversation, Message

# (conversation, the message answered, suggestion, facts) -> whether it was said in a better way.
Sayer = Callable[[Conversation, Message, ReplySuggestion, Mapping[str, Any]], bool]
Listener = Callable[[Conversation], None]
on_customer_message: list[Listener] = []
on_hand_over: list[Listener] = []
# A message of ours has gone out, or has failed for good.
on_settled: list[Callable[[Message], None]] = []
sayers: list[Sayer] = []
