from integrations.models.account import IntegrationAccount
from integrations.models.inbox import InboxEvent
from integrations.models.link import ExternalLink
from integrations.models.outbox import DeliveryAttempt, OutboxMessage
from integrations.models.pace import CallPace
from integrations.models.template import MessageTemplate

__all__ = [
    "CallPace",
    "DeliveryAttempt",
    "ExternalLink",
    "InboxEvent",
    "IntegrationAccount",
    "MessageTemplate",
    "OutboxMessage",
]
