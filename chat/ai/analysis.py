"""How good an inquiry is and what comes next, by rules over plain data. Codes only, no wording:
`leads.analysis_words` says them to people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from chat.ai.signals import signs_of
from leads.models import LeadAnalysis, LeadStage

Temperature, Urgency, Segment = (
    LeadAnalysis.Temperature,
    LeadAnalysis.Urgency,
    LeadAnalysis.Segment,
)
Stage = LeadStage.Code
Reason = tuple[str, Any]

BASE, HOT_FROM, WARM_FROM = 10, 55, 20
COMPLETE = 15
# (days at most, points)
DEPARTS = ((14, 20), (45, 10))
SILENT = ((14, -45), (6, -25), (3, -10))
STAGES = {Stage.OFFER_SENT: 5, Stage.NEGOTIATION: 15, Stage.BOOKING: 30, Stage.PAYMENT: 40}
SIGN_POINTS = {
    "ready": 35, "hotel": 15, "price": 10, "dear": -5, "later": -10, "looking": -10, "gone": -60,
}  # fmt: skip
URGENT_DAYS, URGENT_DAYS_BOOKED, SOON_DAYS = 7, 14, 21
MANY_MESSAGES, GROUP_FROM = 5, 10
FRESH = timedelta(hours=24)
BEFORE_BOOKING = (
    Stage.NEW, Stage.CONSULTATION, Stage.SELECTION, Stage.OFFER_SENT, Stage.NEGOTIATION,
)  # fmt: skip
USUAL_STEPS = {
    Stage.BOOKING: "passports",
    Stage.PAYMENT: "payment",
    Stage.NEGOTIATION: "check_price",
    Stage.OFFER_SENT: "ask_opinion",
}


@dataclass(frozen=True)
class Said:
    """One message: `author` is customer, bot or staff."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Dossier:
    """What is known of a lead. `facts` by the names of `chat.ai.nlp`; `said` oldest first.

    `needs`: what a search takes and whether it is known. `earlier_leads` of the same client,
    `bought` of them won. Days are compared with the day of `now`, so `now` is in agency's time.
    """

    facts: Mapping[str, Any]
    needs: Sequence[tuple[str, bool]]
    said: Sequence[Said]
    stage: str
    now: datetime
    earlier_leads: int = 0
    bought: int = 0
    is_partner: bool = False
    has_phone: bool = False

    @cached_property
    def customer(self) -> list[Said]:
        return [one for one in self.said if one.author == "customer"]

    @cached_property
    def signs(self) -> set[str]:
        return signs_of([one.text for one in self.customer])

    @cached_property
    def departs_on(self) -> date | None:
        """The first day of departure still possible; None if unknown or past."""
        last = self._day("date_to") or self._day("date_from")
        tomorrow = self.now.date() + timedelta(days=1)
        if last is None or last < tomorrow:
            return None
        return max(self._day("date_from") or tomorrow, tomorrow)

    @property
    def days_left(self) -> int | None:
        return (self.departs_on - self.now.date()).days if self.departs_on else None

    @property
    def is_too_late(self) -> bool:
        has_dates = bool(self.facts.get("date_from") or self.facts.get("date_to"))
        return has_dates and self.departs_on is None

    @property
    def silent_since(self) -> datetime | None:
        """When the client's turn began: the last word, if it is ours."""
        if not self.said or self.said[-1].author == "customer":
            return None
        return self.said[-1].at

    @property
    def heads(self) -> int:
        return int(self.facts.get("adults") or 0) + int(self.facts.get("children") or 0)

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(str(self.facts.get(name) or ""))
        except ValueError:
            return None


@dataclass(frozen=True)
class Analysis:
    temperature: str
    points: int
    reasons: tuple[Reason, ...]
    completeness: int
    missing: tuple[str, ...]
    urgency: str
    segment: str
    step: str
    signs: frozenset[str]


def analyse(case: Dossier) -> Analysis:
    """The same dossier gives the same analysis; no clock, no database, no wording."""
    completeness = completeness_of(case.needs)
    weighed = [*_from_inquiry(case, completeness), *_from_talk(case)]
    points = BASE + completeness * COMPLETE // 100 + sum(points for points, *_reason in weighed)
    weighed.sort(key=lambda one: -abs(one[0]))
    return Analysis(
        temperature=_temperature(points),
        points=points,
        reasons=tuple((code, value) for _points, code, value in weighed),
        completeness=completeness,
        missing=tuple(need for need, is_known in case.needs if not is_known),
        urgency=_urgency(case),
        segment=_segment(case),
        step=_step(case),
        signs=frozenset(case.signs),
    )


def completeness_of(needs: Sequence[tuple[str, bool]]) -> int:
    """Percent of what a search of tours takes; 100 only if nothing is missing."""
    return 100 * sum(is_known for _need, is_known in needs) // len(needs)


def _temperature(points: int) -> str:
    if points >= HOT_FROM:
        return Temperature.HOT
    return Temperature.WARM if points >= WARM_FROM else Temperature.COLD


Weighed = list[tuple[int, str, Any]]


def _from_inquiry(case: Dossier, completeness: int) -> Weighed:
    """What the facts and the history of the client say: (points, code, value)."""
    found: Weighed = []
    if case.facts.get("budget_max") or case.facts.get("budget_min"):
        found.append((10, "budget", None))
    if completeness == 100:
        # Its points have been counted by the percent.
        found.append((0, "complete", None))
    if case.is_too_late:
        found.append((-30, "dates_gone", None))
    elif case.departs_on and case.days_left is not None:
        points = next((points for days, points in DEPARTS if case.days_left <= days), 0)
        found.append((points, "departs", case.departs_on.isoformat()))
    if points := STAGES.get(Stage(case.stage), 0):
        found.append((points, "stage", case.stage))
    if case.bought:
        found.append((10, "bought", case.bought))
    if case.has_phone:
        found.append((5, "phone", None))
    return found


def _from_talk(case: Dossier) -> Weighed:
    """What the client's words and pauses say."""
    found: Weighed = [
        (points, sign, None) for sign, points in SIGN_POINTS.items() if sign in case.signs
    ]
    if case.customer and case.now - case.customer[-1].at <= FRESH:
        found.append((10, "fresh", case.customer[-1].at.isoformat()))
    if len(case.customer) >= MANY_MESSAGES:
        found.append((5, "active", len(case.customer)))
    if since := case.silent_since:
        days = (case.now - since).days
        if points := next((points for least, points in SILENT if days >= least), 0):
            found.append((points, "silent", since.isoformat()))
    return found


def _urgency(case: Dossier) -> str:
    days = case.days_left
    if "urgent" in case.signs and not case.is_too_late:
        return Urgency.URGENT
    if days is None:
        return Urgency.CALM
    is_booked = case.stage in (Stage.BOOKING, Stage.PAYMENT)
    if days <= (URGENT_DAYS_BOOKED if is_booked else URGENT_DAYS):
        return Urgency.URGENT
    return Urgency.SOON if days <= SOON_DAYS else Urgency.CALM


def _segment(case: Dossier) -> str:
    if case.is_partner or "agency" in case.signs:
        return Segment.AGENCY
    if "company" in case.signs:
        return Segment.COMPANY
    is_group = "group" in case.signs or case.heads >= GROUP_FROM
    return Segment.GROUP if is_group else Segment.TOURIST


def _step(case: Dossier) -> str:
    """The code of what a manager should do next; empty for a closed lead."""
    if case.stage in (Stage.WON, Stage.LOST):
        return ""
    is_early = case.stage in BEFORE_BOOKING
    since = case.silent_since
    if is_early and "gone" in case.signs:
        return "ask_why"
    if is_early and case.is_too_late:
        return "new_dates"
    if is_early and "ready" in case.signs:
        return "book"
    if is_early and since and (case.now - since).days >= SILENT[-1][0]:
        return "remind"
    if usual := USUAL_STEPS.get(Stage(case.stage)):
        return usual
    return "ask_details" if not all(known for _need, known in case.needs) else "send_selection"
