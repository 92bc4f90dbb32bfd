"""Names of the outbox topics that chat owns, and their keys."""

SEND_MESSAGE = "chat.send_message"
RESPOND = "chat.respond"
REHEARSE = "chat.rehearse"


def conversation_key(conversation_id: int) -> str:
    return f"conversation:{conversation_id}"


def trial_key(trial_id: int) -> str:
    return f"trial:{trial_id}"
