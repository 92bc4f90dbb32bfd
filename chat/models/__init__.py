from chat.models.agent import AiAgent, PromptVersion
from chat.models.attachment import Attachment
from chat.models.conversation import Conversation
from chat.models.knowledge import Article
from chat.models.message import AiSuggestion, EarlyReport, Message, MessageVersion
from chat.models.policy import AnswerPolicy, WorkDay
from chat.models.run import AiRun
from chat.models.trial import Scenario, ScenarioStep, Trial
from chat.models.writing import CannedReply, ReplyDraft

__all__ = [
    "AiAgent",
    "AiRun",
    "AiSuggestion",
    "AnswerPolicy",
    "Article",
    "Attachment",
    "CannedReply",
    "Conversation",
    "EarlyReport",
    "Message",
    "MessageVersion",
    "PromptVersion",
    "ReplyDraft",
    "Scenario",
    "ScenarioStep",
    "Trial",
    "WorkDay",
]
