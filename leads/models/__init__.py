from leads.models.analysis import AnalysisBatch, FactContradiction, LeadAnalysis
from leads.models.client import Client, ClientIdentity, ClientMerge
from leads.models.history import LeadFact, LeadHistory
from leads.models.lead import Lead, LeadSource, LeadStage, LostReason, Tag
from leads.models.staff import SavedView, StaffProfile

__all__ = [
    "AnalysisBatch",
    "Client",
    "ClientIdentity",
    "ClientMerge",
    "FactContradiction",
    "Lead",
    "LeadAnalysis",
    "LeadFact",
    "LeadHistory",
    "LeadSource",
    "LeadStage",
    "LostReason",
    "SavedView",
    "StaffProfile",
    "Tag",
]
