"""Names of the outbox topics that chat owns; their key is `conversation:<id>`."""

SEND_MESSAGE = "chat.send_message"
RESPOND = "chat.respond"


def conversation_key(conversation_id: int) -> str:
    return f"conversation:{conversation_id}"
