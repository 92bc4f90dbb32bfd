"""Names of the outbox topics that chat owns; the key of most is `conversation:<id>`."""

SEND_MESSAGE = "chat.send_message"
EDIT_MESSAGE = "chat.edit_message"
RESPOND = "chat.respond"
FETCH_FILE = "chat.fetch_file"


def conversation_key(conversation_id: int) -> str:
    return f"conversation:{conversation_id}"
