from chat.models.conversation import Conversation
from chat.models.message import AiSuggestion, Message
from chat.models.run import AiRun
from chat.models.writing import CannedReply, ReplyDraft

__all__ = ["AiRun", "AiSuggestion", "CannedReply", "Conversation", "Message", "ReplyDraft"]
