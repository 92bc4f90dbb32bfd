"""Reads old talks nobody has read for facts: what a run over all leads does besides analysing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.ai.inquiry import InquiryProcessor
from chat.ai.nlp import Fact, NLPProcessor
from chat.models import Message
from chat.services.analysis import analyse_lead, newest_words, summary_of
from leads.models import Lead, LeadAnalysis, LeadFact
from leads.services import (
    BOT,
    NewFact,
    Summary,
    add_identity,
    describe_lead,
    locked_lead,
    record_facts,
)


@transaction.atomic
def read_anew(lead_id: int) -> LeadAnalysis:
    """Analyse a lead; where it has no fact and never had one, take them from its talk first.

    By rules, without network. Safe to run twice: facts found once are not looked for again, and
    what a person has written or thrown away stays as it is.
    """
    lead = Lead.objects.select_related("client").get(pk=lead_id)
    if not _has_facts(lead_id) and (found := _read(lead)):
        locked_lead(lead_id)
        if not _has_facts(lead_id):
            _take_over(lead, found)
    return analyse_lead(lead_id)


def _has_facts(lead_id: int) -> bool:
    return LeadFact.objects.filter(lead=lead_id).exists()


def _read(lead: Lead) -> list[Fact]:
    """What the client's messages leave known in the end, each fact with its own words."""
    nlp, inquiries = NLPProcessor(), InquiryProcessor()
    known: Mapping[str, Any] = {}
    facts: dict[str, Fact] = {}
    for _pk, author, text, sent_at in reversed(newest_words(lead)):
        if author != Message.Author.CUSTOMER:
            continue
        understood = nlp.understand(text, asked_on=timezone.localdate(sent_at))
        new = inquiries.in_context(understood, "", text).facts
        known, _stale = inquiries.merge(known, new)
        facts |= {fact.name: fact for fact in new}
    return [facts[name] for name in known]


def _take_over(lead: Lead, found: list[Fact]) -> None:
    facts = {fact.name: fact.value for fact in found}
    new = [NewFact(fact.name, fact.value, fact.quote, fact.confidence) for fact in found]
    record_facts(lead.pk, new, actor=BOT)
    if "phone" in facts:
        add_identity(lead.client, "phone", str(facts["phone"]))
    describe_lead(lead.pk, before=Summary(), after=summary_of(facts))
