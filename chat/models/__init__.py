from chat.models.attachment import Attachment
from chat.models.conversation import Conversation
from chat.models.message import AiSuggestion, EarlyReport, Message, MessageVersion
from chat.models.run import AiRun
from chat.models.writing import CannedReply, ReplyDraft

__all__ = [
    "AiRun",
    "AiSuggestion",
    "Attachment",
    "CannedReply",
    "Conversation",
    "EarlyReport",
    "Message",
    "MessageVersion",
    "ReplyDraft",
]
