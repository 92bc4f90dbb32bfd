from chat.models.conversation import Conversation
from chat.models.message import AiSuggestion, Message

__all__ = ["AiSuggestion", "Conversation", "Message"]
