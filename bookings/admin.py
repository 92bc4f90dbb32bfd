from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Registered by being imported.
from bookings import admin_bookings, admin_money, admin_rules  # noqa: F401
from bookings.matching import find_entries
from bookings.models import CatalogueEntry, CatalogueSync
from bookings.services.catalogue import start_sync
from bookings.web import person
from common.admin import ReadOnly, chip, moment_column

FOUND = 200


@admin.register(CatalogueEntry)
class CatalogueEntryAdmin(ReadOnly, admin.ModelAdmin):
    """The operator's dictionaries, found in any spelling; a button reads them afresh."""

    list_display = ("name", "name_alt", "kind", "stars", "code", "state_chip")
    list_filter = ("kind", "stars", ("vanished_at", admin.EmptyFieldListFilter))
    search_fields = ("name",)
    search_help_text = _("Name in Russian or Latin letters, typos allowed")
    ordering = ("kind", "name")
    list_per_page = 50
    fields = (
        *("name", "name_alt", "kind", "code", "parent", "stars", "details"),
        *("state_chip", "changed"),
    )
    readonly_fields = fields
    change_list_template = "admin/tours/catalogue.html"
    changed = moment_column("changed_at", _("changed"))

    @admin.display(description=_("state"), ordering="vanished_at")
    def state_chip(self, entry: CatalogueEntry) -> SafeString:
        if entry.vanished_at is None:
            return chip(_("on sale"), "green")
        return chip(_("no longer there"), "orange")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CatalogueEntry], search_term: str
    ) -> tuple[QuerySet[CatalogueEntry], bool]:
        if not search_term.strip():
            return queryset, False
        found = find_entries(search_term, queryset.order_by(), limit=FOUND)
        return queryset.filter(pk__in=[entry.pk for entry in found]), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("sync/", view(self.sync), name="bookings_catalogue_sync"),
            path("progress/", view(self.progress), name="bookings_catalogue_progress"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **self._state(request)}
        return super().changelist_view(request, context)

    def sync(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("bookings.add_cataloguesync"):
            raise PermissionDenied
        start_sync(person(request))
        messages.success(request, gettext("The operator's lists are being read."))
        return HttpResponseRedirect(reverse("admin:bookings_catalogueentry_changelist"))

    def progress(self, request: HttpRequest) -> HttpResponse:
        """A fragment: how far the newest sync is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "admin/tours/catalogue_progress.html", self._state(request))

    def _state(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "sync": CatalogueSync.objects.first(),
            "may_sync": request.user.has_perm("bookings.add_cataloguesync"),
        }
