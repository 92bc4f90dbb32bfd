from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import EMPTY, chip, colored_chip, moment_column, short_moment
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

    @admin.display(description=_("next step"), ordering="next_step_at")
    def step(self, lead: Lead) -> str:
        if lead.next_step_at is None:
            return EMPTY if lead.is_closed else chip(_("No next step"), "red")
        is_late = lead.next_step_at < timezone.now() and not lead.is_closed
        when = chip(short_moment(lead.next_step_at), "red" if is_late else "")
        return format_html('{}<span class="second-line">{}</span>', when, lead.next_step)

    @admin.display(description=_("wish"), ordering="wish")
    def wish_and_tags(self, lead: Lead) -> str:
        chips = [(colored_chip(tag.name, tag.color),) for tag in lead.tags.all()]
        if not chips:
            return lead.wish or EMPTY
        tags = format_html_join(" ", "{}", chips)
        return format_html('{}<span class="second-line">{}</span>', lead.wish, tags)

    @admin.display(description=_("responsible"), ordering="assignee")
    def responsible(self, lead: Lead) -> str:
        if lead.assignee is None:
            return EMPTY
        return lead.assignee.get_full_name() or lead.assignee.username

    @admin.display(description=_("sum"), ordering="amount")
    def total(self, lead: Lead) -> str:
        if lead.amount is None:
            return EMPTY
        return format_html('<span class="number">{}</span>', money(lead.amount, lead.currency))
