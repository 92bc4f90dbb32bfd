from integrations.models.account import IntegrationAccount
from integrations.models.inbox import InboxEvent
from integrations.models.link import ExternalLink
from integrations.models.outbox import DeliveryAttempt, OutboxMessage

__all__ = ["DeliveryAttempt", "ExternalLink", "InboxEvent", "IntegrationAccount", "OutboxMessage"]
