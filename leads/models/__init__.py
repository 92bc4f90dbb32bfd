from leads.models.client import Client, ClientIdentity
from leads.models.history import LeadFact, LeadHistory
from leads.models.lead import Lead, LeadSource, LeadStage, LostReason

__all__ = [
    "Client",
    "ClientIdentity",
    "Lead",
    "LeadFact",
    "LeadHistory",
    "LeadSource",
    "LeadStage",
    "LostReason",
]
