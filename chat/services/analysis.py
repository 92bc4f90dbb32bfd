"""Works a lead out anew from its facts, its newest words and its client's history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from chat.ai.analysis import Dossier, Said
from chat.ai.inquiry import Inquiry, InquiryProcessor
from chat.ai.signals import ALL
from chat.models import Message
from leads.analysis import save_analysis
from leads.models import ClientIdentity, Lead, LeadAnalysis
from leads.selectors import current_facts
from leads.services import Summary, describe_lead, locked_lead

Author, Delivery = Message.Author, Message.Delivery
SPOKEN = (Delivery.RECEIVED, Delivery.SENT, Delivery.PENDING)


@transaction.atomic(savepoint=False)
def analyse_lead(lead_id: int, before: Mapping[str, Any] | None = None) -> LeadAnalysis:
    """Store what the rules make of a lead now. Safe to run twice: no network.

    `before`: the facts as they were, where a person has changed them; the card's one-line wish
    follows. Nothing that a person has written is touched.
    """
    locked_lead(lead_id)
    facts = current_facts(lead_id)
    if before is not None:
        describe_lead(lead_id, before=summary_of(before), after=summary_of(facts))
    lead = _known_leads().get(pk=lead_id)
    newest = newest_words(lead)
    case = _dossier(lead, facts, newest)
    analysis, summary, tags = InquiryProcessor().analyse(case)
    found = asdict(analysis)
    del found["signs"]
    row = LeadAnalysis(
        **found,
        summary=summary,
        tags=tags,
        earlier_leads=case.earlier_leads,
        stage=case.stage,
        message_id=max(
            (pk for pk, author, *_rest in newest if author == Author.CUSTOMER), default=0
        ),
        analysed_at=case.now,
    )
    row.reasons, row.missing = [list(one) for one in row.reasons], list(row.missing)
    save_analysis(lead, row)
    return row


def summary_of(facts: Mapping[str, Any]) -> Summary:
    """What a card says of these facts."""
    inquiry, budget = Inquiry(facts), facts.get("budget_max")
    with translation.override("ru"):
        wish = inquiry.wish()[:200]
    if not budget:
        return Summary(wish)
    return Summary(wish, Decimal(str(budget)).quantize(Decimal("0.01")), inquiry.currency)


def _known_leads() -> QuerySet[Lead]:
    """Leads with all that one query can tell of the client and of earlier inquiries."""
    earlier = Lead.objects.filter(client=OuterRef("client"), pk__lt=OuterRef("pk")).order_by()
    phones = ClientIdentity.objects.filter(client=OuterRef("client"), kind="phone")
    return Lead.objects.select_related("client", "analysis").annotate(
        earlier=_count(earlier, Q()),
        bought=_count(earlier, Q(stage="won")),
        has_phone=Exists(phones),
    )


def _count(leads: QuerySet[Lead], which: Q) -> Coalesce:
    counted = leads.values("client").annotate(found=Count("pk", filter=which)).values("found")
    return Coalesce(Subquery(counted), 0)


def newest_words(lead: Lead) -> list[tuple[Any, ...]]:
    """The talk of this inquiry only: the client may have had others in the same chat before."""
    said = Message.objects.filter(conversation__lead=lead, created_at__gte=lead.created_at)
    rows = said.filter(delivery__in=SPOKEN).order_by("-pk")
    return list(rows.values_list("pk", "author", "text", "sent_at")[:ALL])


def _dossier(lead: Any, facts: Mapping[str, Any], newest: list[tuple[Any, ...]]) -> Dossier:
    return Dossier(
        facts=facts,
        needs=Inquiry(facts).needs(),
        said=tuple(Said(author, text, at) for _pk, author, text, at in reversed(newest)),
        stage=str(lead.stage_id),
        now=timezone.localtime(),
        earlier_leads=lead.earlier,
        bought=lead.bought,
        is_partner=lead.client.is_partner,
        has_phone=lead.has_phone,
    )
