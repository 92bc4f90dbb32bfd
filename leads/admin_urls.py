from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from leads import (
    admin_board,
    admin_filter,
    admin_give,
    admin_many,
    admin_move,
    admin_sheet,
)
from leads import admin_merge as merge

LEAD = "leads/lead/<int:lead_id>/sheet/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the board and of a lead's sheet inside the back office."""
    view = site.admin_view
    return [
        path("leads/board/", view(admin_board.board_page), name="leads_lead_board"),
        path("leads/board/cards/", view(admin_board.more_cards), name="leads_lead_cards"),
        path("leads/board/changes/", view(admin_board.changed_cards), name="leads_lead_changes"),
        path("leads/board/move/", view(admin_move.move), name="leads_lead_move"),
        path("leads/board/many/", view(admin_many.many), name="leads_lead_many"),
        path("leads/board/filter/", view(admin_filter.filter_panel), name="leads_lead_filter"),
        path("leads/board/views/", view(admin_filter.keep_view), name="leads_lead_keep_view"),
        path(
            "leads/board/views/<int:view_id>/delete/",
            view(admin_filter.forget_view),
            name="leads_lead_forget_view",
        ),
        path(LEAD, view(admin_sheet.sheet), name="leads_lead_sheet"),
        path(f"{LEAD}earlier/", view(admin_sheet.timeline), name="leads_lead_timeline"),
        path(f"{LEAD}assign/", view(admin_sheet.assign), name="leads_lead_assign"),
        path(f"{LEAD}tags/", view(admin_sheet.tags), name="leads_lead_tags"),
        path(f"{LEAD}plan/", view(admin_sheet.plan), name="leads_lead_plan"),
        path(f"{LEAD}done/", view(admin_sheet.done), name="leads_lead_done"),
        path(f"{LEAD}later/", view(admin_sheet.later), name="leads_lead_later"),
        path(f"{LEAD}facts/", view(admin_sheet.facts), name="leads_lead_facts"),
        path(f"{LEAD}decide/", view(admin_sheet.decide), name="leads_lead_decide"),
        path(f"{LEAD}note/", view(admin_sheet.note), name="leads_lead_note"),
        path("leads/lead/<int:lead_id>/give/", view(admin_give.give), name="leads_lead_give"),
        path("leads/client/<int:client_id>/merge/", view(merge.merge), name="leads_client_merge"),
        path("leads/merges/<int:merge_id>/undo/", view(merge.undo), name="leads_clientmerge_undo"),
    ]
