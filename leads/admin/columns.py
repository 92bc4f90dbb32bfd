from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import EMPTY, colored_chip, moment_column
from leads.formats import money
from leads.models import Lead, LeadStage


def stage_chip(stage: LeadStage) -> SafeString:
    return colored_chip(stage.name, stage.color)


class LeadColumns:
    """Columns that the list of leads and a client's page share."""

    created = moment_column("created_at", _("created"))

    @admin.display(description=_("stage"), ordering="stage__position")
    def stage_name(self, lead: Lead) -> SafeString:
        return stage_chip(lead.stage)

    @admin.display(description=_("sum"), ordering="amount")
    def total(self, lead: Lead) -> str:
        if lead.amount is None:
            return EMPTY
        return format_html('<span class="number">{}</span>', money(lead.amount, lead.currency))
