from chat.models.conversation import Conversation
from chat.models.message import AiSuggestion, Message
from chat.models.policy import AnswerPolicy, WorkDay
from chat.models.run import AiRun
from chat.models.writing import CannedReply, ReplyDraft

__all__ = [
    "AiRun",
    "AiSuggestion",
    "AnswerPolicy",
    "CannedReply",
    "Conversation",
    "Message",
    "ReplyDraft",
    "WorkDay",
]
