from leads.models.client import Client, ClientIdentity, ClientMerge
from leads.models.history import LeadFact, LeadHistory
from leads.models.lead import Lead, LeadSource, LeadStage, LostReason, Tag
from leads.models.staff import SavedView, StaffProfile

__all__ = [
    "Client",
    "ClientIdentity",
    "ClientMerge",
    "Lead",
    "LeadFact",
    "LeadHistory",
    "LeadSource",
    "LeadStage",
    "LostReason",
    "SavedView",
    "StaffProfile",
    "Tag",
]
