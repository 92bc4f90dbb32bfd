"""Who wants to hear of what happens in conversations. Empty here; the composition root fills it.

Listeners run inside the transaction of the change, with the conversation locked.
"""

from __future__ import annotations

from collections.abc import Callable

from chat.models import Conversation

Listener = Callable[[Conversation], None]
on_customer_message: list[Listener] = []
on_hand_over: list[Listener] = []
