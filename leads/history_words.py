"""The history of a lead in words: what changed, who did it, from where."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.fact_words import fact_name, fact_text
from leads.models import LeadHistory, LeadStage

Kind = LeadHistory.Kind
ORIGINS = {
    "board": gettext_lazy("on the board"),
    "admin": gettext_lazy("on the lead's page"),
    "chat": gettext_lazy("in the chat"),
    "api": gettext_lazy("from the site"),
    "bot": gettext_lazy("by itself"),
    "selection": gettext_lazy("on the page of the selection"),
}
# Who speaks with the client, as the history keeps it.
MODES = {
    "bot": gettext_lazy("Bot"),
    "drafts": gettext_lazy("Drafts"),
    "human": gettext_lazy("Person"),
}
ICONS = {
    Kind.CREATED: "plus-circle",
    Kind.STAGE: "arrow-right-circle",
    Kind.ASSIGNEE: "person",
    Kind.FACT: "lightbulb",
    Kind.NOTE: "sticky",
    Kind.MODE: "mic",
    Kind.STEP: "flag",
    Kind.TAGS: "tag",
    Kind.CHAT: "chat-dots",
    Kind.CLIENT: "person-vcard",
    Kind.OTHERWISE: "question-circle",
    Kind.SELECTION: "airplane",
}
FACTS = (Kind.FACT, Kind.OTHERWISE)


@dataclass(frozen=True)
class HistoryLine:
    row: LeadHistory
    stages: dict[str, str]

    @property
    def icon(self) -> str:
        return ICONS.get(Kind(self.row.kind), "dot") if self.row.kind in Kind.values else "dot"

    @property
    def text(self) -> str:
        if self.row.kind == Kind.NOTE:
            return self.row.note
        if self.row.kind in FACTS:
            return fact_change(self.row)
        before, after = self._words(self.row.before), self._words(self.row.after)
        if self.row.kind == Kind.SELECTION and self.row.note:
            return f"{after}: «{self.row.note}»"
        return f"{before} → {after or '—'}" if before else after

    @property
    def who(self) -> str:
        actor = self.row.actor
        if actor:
            return actor.get_full_name() or actor.username
        return _("Client") if self.row.origin == "selection" else _("Bot")

    @property
    def where(self) -> str:
        # «Bot, by itself» would say one thing twice.
        return str(ORIGINS.get(self.row.origin, "")) if self.row.actor else ""

    def _words(self, text: str) -> str:
        """Codes of stages and modes, as people call them."""
        if self.row.kind in (Kind.STAGE, Kind.CREATED):
            return self.stages.get(text, text)
        if self.row.kind == Kind.MODE:
            return str(MODES.get(text, text))
        return text


def fact_change(row: LeadHistory) -> str:
    """«Where: Turkey → Vietnam»; a contradiction that a person has settled says so."""
    name, values = "", []
    for text in (row.before, row.after):
        named, _colon, value = text.partition(": ")
        name = name or named
        values.append(fact_text(named, value) if text else "")
    before, after = values
    if row.kind == Kind.OTHERWISE and before:
        after = _("left as it was")
    change = f"{before} → {after or '—'}" if before else after
    return f"{fact_name(name)}: {change}"


def history_lines(rows: list[LeadHistory]) -> list[HistoryLine]:
    stages = dict(LeadStage.objects.values_list("code", "name"))
    return [HistoryLine(row, stages) for row in rows]
