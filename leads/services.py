"""Everything that changes clients and leads. Human moves win; automation only goes forward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.errors import Conflict, InvalidInput
from leads.fact_groups import group_of
from leads.models import (
    Client,
    ClientIdentity,
    FactContradiction,
    Lead,
    LeadFact,
    LeadHistory,
    LeadSource,
    LeadStage,
    LostReason,
)
from live.services import publish

Kind = LeadHistory.Kind
STAFF = "staff"


@dataclass(frozen=True)
class Actor:
    """Who changes something: a person (`user`), or automation; `origin` says from where.

    `origin`: board, admin, api, chat, bot.
    """

    user: User | None
    origin: str


BOT = Actor(user=None, origin="bot")
# What happens to each lead that a channel brings, in its transaction. Wiring fills it.
channel_lead_rules: list[Callable[[Lead, Actor], Lead]] = []
# Who works a lead out anew after it has come into another stage, by its id. Wiring fills it.
on_moved: list[Callable[[int], object]] = []
# Who wants to hear that a lead has another responsible person. The composition root fills it.
on_assigned: list[Callable[[Lead, Actor], None]] = []


@dataclass(frozen=True)
class Summary:
    """What a card says of an inquiry: the wish in one line, and the budget."""

    wish: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class NewFact:
    name: str
    value: Any
    quote: str = ""
    confidence: float = 1.0


@transaction.atomic(savepoint=False)
def ensure_client(kind: str, value: str, *, name: str = "") -> Client:
    """Return the client known by this address, made on first sight. Safe to run twice at once."""
    known = ClientIdentity.objects.select_related("client").filter(kind=kind, value=value).first()
    if known:
        return known.client
    client = Client.objects.create(name=name[:120])
    identity, is_new = ClientIdentity.objects.get_or_create(
        kind=kind, value=value, defaults={"client": client}
    )
    if not is_new:
        client.delete()
    return identity.client


@transaction.atomic
def add_identity(client: Client, kind: str, value: str) -> bool:
    """Note another address of a client. False when it already belongs to somebody else."""
    identity, _is_new = ClientIdentity.objects.get_or_create(
        kind=kind, value=value, defaults={"client": client}
    )
    return identity.client_id == client.pk


@transaction.atomic(savepoint=False)
def ensure_open_lead(client: Client, *, source: str, actor: Actor) -> Lead:
    """Return the client's newest open lead, or make one in stage «new».

    Locks the client, so that two messages at once make one lead. The lead is the kept client's
    if this one has been merged meanwhile.
    """
    client = _locked_client(client.pk)
    lead = Lead.objects.open().filter(client=client).order_by("-pk").first()
    if lead is None:
        return _bring_lead(client, source, actor)
    lead.client = client
    return lead


def _locked_client(client_id: int) -> Client:
    client = Client.objects.select_for_update(no_key=True).get(pk=client_id)
    return _locked_client(client.merged_into_id) if client.merged_into_id else client


def _bring_lead(client: Client, source: str, actor: Actor) -> Lead:
    lead = create_lead(client, source=source, actor=actor)
    for rule in channel_lead_rules:
        lead = rule(lead, actor)
    return lead


@transaction.atomic
def create_lead(client: Client, *, source: str, actor: Actor) -> Lead:
    lead = Lead.objects.create(client=client, source=_source(source))
    record(lead, Kind.CREATED, actor, after=lead.stage.code)
    publish(STAFF, "lead.created", lead=lead.pk)
    return lead


def _source(code: str) -> LeadSource:
    """A messenger becomes a source with its first lead; nobody has to choose from all there are."""
    known = LeadSource.objects.filter(code=code).first()
    if known or code not in ClientIdentity.Kind.values:
        return known or LeadSource.objects.get(code=code)
    with override(settings.LANGUAGE_CODE):
        name = str(ClientIdentity.Kind(code).label)
    return LeadSource.objects.get_or_create(code=code, defaults={"name": name})[0]


@transaction.atomic
def move_lead(
    lead_id: int,
    stage: str,
    *,
    actor: Actor,
    version: int | None = None,
    lost_reason: LostReason | None = None,
) -> Lead:
    """Put a lead into a stage.

    `version` is what the mover saw: Conflict if the lead has changed since. «Lost» needs a reason.
    """
    lead = locked_lead(lead_id)
    if version is not None and version != lead.version:
        raise Conflict(_("Somebody has just changed this card. Look at it again."), code="stale")
    if stage == LeadStage.Code.LOST and lost_reason is None:
        raise InvalidInput(
            _("Say why the client was lost."), code="reason_required", field="lost_reason"
        )
    if stage == lead.stage.code:
        return lead
    before = lead.stage.code
    lead.stage = LeadStage.objects.get(pk=stage)
    lead.lost_reason = lost_reason if stage == LeadStage.Code.LOST else None
    lead.stage_changed_at = timezone.now()
    save_lead(lead, "stage", "lost_reason", "stage_changed_at")
    record(lead, Kind.STAGE, actor, before=before, after=stage)
    publish(STAFF, "lead.moved", lead=lead.pk, stage=stage, before=before)
    for tell in on_moved:
        tell(lead.pk)
    return lead


@transaction.atomic(savepoint=False)
def advance_lead(lead_id: int, stage: str, *, actor: Actor) -> bool:
    """Move a lead forward on behalf of automation; never back, never out of won or lost."""
    target = LeadStage.objects.filter(pk=stage).values("position")
    behind = Lead.objects.open().filter(pk=lead_id, stage__position__lt=Subquery(target))
    # Nearly always it is there already, which takes no lock to see.
    if not behind.exists():
        return False
    locked_lead(lead_id)
    if not behind.exists():
        return False
    move_lead(lead_id, stage, actor=actor)
    return True


@transaction.atomic
def set_origin(lead_id: int, utm: Mapping[str, str], *, actor: Actor) -> bool:
    """Say by which advert a lead came. The first mark stays; False if there is one already.

    The source of the lead changes where the dictionary of sources knows `utm["source"]`.
    """
    lead = locked_lead(lead_id)
    if lead.utm:
        return False
    known = LeadSource.objects.filter(code=utm["source"].lower()).first()
    lead.utm, lead.source = dict(utm), known or lead.source
    save_lead(lead, "utm", "source")
    publish(STAFF, "lead.changed", lead=lead.pk)
    return True


@transaction.atomic
def assign_lead(lead_id: int, assignee: User | None, *, actor: Actor, note: str = "") -> Lead:
    """Let somebody answer for a lead. `note` says by what rule, where it was no person's wish."""
    lead = locked_lead(lead_id)
    if lead.assignee == assignee:
        return lead
    before = str(lead.assignee or "")
    lead.assignee = assignee
    save_lead(lead, "assignee")
    record(lead, Kind.ASSIGNEE, actor, before=before, after=str(assignee or ""), note=note)
    publish(STAFF, "lead.assigned", lead=lead.pk)
    for tell in on_assigned:
        tell(lead, actor)
    return lead


@transaction.atomic(savepoint=False)
def record_facts(lead_id: int, facts: Iterable[NewFact], *, actor: Actor) -> list[LeadFact]:
    """Add what was learnt; return the facts that are new or changed.

    A fact set by a person is never overwritten by automation: what the client says otherwise is
    kept as a contradiction, together with all that belongs to it.
    """
    said = list(facts)
    if not said:
        return []
    lead = locked_lead(lead_id)
    current = {fact.name: fact for fact in lead.facts.filter(is_current=True)}
    disputed = set() if actor.user else _against_a_person(current, said)
    now, changed = timezone.now(), []
    for new in said:
        known = current.get(new.name)
        if new.name in disputed or (known and known.value == new.value):
            continue
        if known:
            LeadFact.objects.filter(pk=known.pk).update(is_current=False, closed_at=now)
        changed.append(_add_fact(lead, new, known, actor, now))
    told = _settle_contradictions(lead, current, said, disputed, actor)
    if changed:
        save_lead(lead)
    if changed or told:
        publish(STAFF, "lead.changed", lead=lead.pk)
    return changed


def _against_a_person(current: Mapping[str, LeadFact], said: Iterable[NewFact]) -> set[str]:
    """Names of the facts that contradict what a person has set, or belong to one that does."""
    disputed: set[str] = set()
    for new in said:
        known = current.get(new.name)
        if known and known.set_by_id and known.value != new.value:
            disputed |= set(group_of(new.name))
    return disputed


def _settle_contradictions(
    lead: Lead,
    current: Mapping[str, LeadFact],
    said: Iterable[NewFact],
    disputed: set[str],
    actor: Actor,
) -> bool:
    """Write down what stands against a person's words; close what has been settled by new ones."""
    if not actor.user and not any(fact.set_by_id for fact in current.values()):
        return False
    Outcome = FactContradiction.Outcome
    open_ones = {row.name: row.value for row in lead.contradictions.filter(outcome=Outcome.OPEN)}
    against = [new for new in said if new.name in disputed]
    news = [new for new in against if new.name not in open_ones or open_ones[new.name] != new.value]
    known = {new.name for new in against} - {new.name for new in news}
    settled = {name for new in said for name in group_of(new.name)} - known
    closed = lead.contradictions.filter(outcome=Outcome.OPEN, name__in=settled).update(
        outcome=Outcome.KEPT, decided_by=actor.user, decided_at=timezone.now()
    )
    for new in news:
        _add_contradiction(lead, new, actor)
    return bool(closed or news)


def _add_contradiction(lead: Lead, new: NewFact, actor: Actor) -> None:
    record(lead, Kind.OTHERWISE, actor, after=f"{new.name}: {new.value}"[:300])
    FactContradiction.objects.create(
        lead=lead,
        name=new.name,
        value=new.value,
        quote=new.quote[:500],
        confidence=new.confidence,
    )


@transaction.atomic(savepoint=False)
def forget_facts(lead_id: int, names: Iterable[str], *, actor: Actor) -> None:
    """Close facts that are no longer true. Automation leaves alone what a person has a hand in."""
    wanted = set(names)
    if not wanted:
        return
    facts = LeadFact.objects.filter(lead=lead_id, is_current=True)
    gone = list(facts)
    held = {name for fact in gone if fact.set_by_id for name in group_of(fact.name)}
    if actor.user is None:
        wanted -= held
    gone = [fact for fact in gone if fact.name in wanted]
    for fact in gone:
        record(fact.lead, Kind.FACT, actor, before=f"{fact.name}: {fact.value}"[:300])
    facts.filter(name__in=wanted).update(is_current=False, closed_at=timezone.now())


def _add_fact(
    lead: Lead, new: NewFact, known: LeadFact | None, actor: Actor, now: datetime
) -> LeadFact:
    before = "" if known is None else f"{known.name}: {known.value}"
    record(lead, Kind.FACT, actor, before=before[:300], after=f"{new.name}: {new.value}"[:300])
    return LeadFact.objects.create(
        lead=lead,
        name=new.name,
        value=new.value,
        quote=new.quote[:500],
        confidence=new.confidence,
        set_by=actor.user,
        created_at=now,
    )


@transaction.atomic(savepoint=False)
def describe_lead(lead_id: int, *, before: Summary, after: Summary) -> None:
    """Refresh the one-line wish and the budget that cards show, on behalf of automation.

    `before` is what automation had made of the facts so far: where the lead says something else, a
    person has written it, and it stays.
    """
    lead, fields = locked_lead(lead_id), []
    if after.wish and lead.wish in ("", before.wish) and lead.wish != after.wish:
        lead.wish = after.wish
        fields.append("wish")
    ours = lead.amount is None or (lead.amount, lead.currency) == (before.amount, before.currency)
    if after.amount is not None and ours and lead.amount != after.amount:
        lead.amount, lead.currency = after.amount, after.currency
        fields += ["amount", "currency"]
    if fields:
        save_lead(lead, *fields)
        publish(STAFF, "lead.changed", lead=lead.pk)


@transaction.atomic
def add_note(lead_id: int, text: str, *, actor: Actor) -> LeadHistory:
    if not text.strip():
        raise InvalidInput(_("Write something first."), code="empty", field="text")
    lead = Lead.objects.get(pk=lead_id)
    row = record(lead, Kind.NOTE, actor, note=text.strip())
    publish(STAFF, "lead.changed", lead=lead.pk)
    return row


def record(
    lead: Lead, kind: str, actor: Actor, *, before: str = "", after: str = "", note: str = ""
) -> LeadHistory:
    return LeadHistory.objects.create(
        lead=lead,
        kind=kind,
        actor=actor.user,
        origin=actor.origin,
        before=before,
        after=after,
        note=note,
    )


def locked_lead(lead_id: int) -> Lead:
    """Lock a lead; children may still be added by others (`no_key`), or they would deadlock.

    Without a join: after waiting for another mover PostgreSQL checks the join again
    with the new stage against the old stage's row, and would find no lead at all.
    """
    return Lead.objects.select_for_update(no_key=True).get(pk=lead_id)


def save_lead(lead: Lead, *fields: str) -> None:
    """Save under the lock that the caller holds, and let others see that it changed."""
    lead.version += 1
    lead.save(update_fields=[*fields, "version", "updated_at"])
