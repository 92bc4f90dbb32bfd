"""Names of the outbox topics that chat owns, and their keys."""

SEND_MESSAGE = "chat.send_message"
EDIT_MESSAGE = "chat.edit_message"
RESPOND = "chat.respond"
FETCH_FILE = "chat.fetch_file"
REHEARSE = "chat.rehearse"


def conversation_key(conversation_id: int) -> str:
    return f"conversation:{conversation_id}"


def trial_key(trial_id: int) -> str:
    return f"trial:{trial_id}"
