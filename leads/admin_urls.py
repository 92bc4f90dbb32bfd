from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from leads import admin_board, admin_give
from leads import admin_merge as merge


def urls(site: AdminSite) -> list[URLPattern]:
    """The board's addresses inside the back office."""
    view = site.admin_view
    return [
        path("leads/board/", view(admin_board.board_page), name="leads_lead_board"),
        path("leads/board/cards/", view(admin_board.more_cards), name="leads_lead_cards"),
        path("leads/board/changes/", view(admin_board.changed_cards), name="leads_lead_changes"),
        path("leads/board/move/", view(admin_board.move), name="leads_lead_move"),
        path("leads/lead/<int:lead_id>/give/", view(admin_give.give), name="leads_lead_give"),
        path("leads/client/<int:client_id>/merge/", view(merge.merge), name="leads_client_merge"),
        path("leads/merges/<int:merge_id>/undo/", view(merge.undo), name="leads_clientmerge_undo"),
    ]
