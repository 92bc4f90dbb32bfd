"""«Разбор лидов»: the analysis of all leads, started, watched and stopped on one page."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from common.admin import NeverDeleted
from common.errors import DomainError, InvalidInput
from leads.analysis_batch import latest_batch, resume_batch, start_batch, stop_batch
from leads.models import AnalysisBatch, Lead


@admin.register(AnalysisBatch)
class BatchAdmin(NeverDeleted, admin.ModelAdmin):
    fields = (
        "status", "total", "done", "errors", "started_by", "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("progress/", view(self.progress), name="leads_analysisbatch_progress"),
            path("act/", view(self.act), name="leads_analysisbatch_act"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self._context(request),
            "title": _("Analysis of leads"),
            "subtitle": _(
                "Temperature, completeness and the next step for leads that came earlier"
            ),
        }
        return render(request, "admin/leads/batch.html", context)

    def progress(self, request: HttpRequest) -> HttpResponse:
        """A fragment: how far the run has come."""
        return render(request, "admin/leads/batch_progress.html", self._context(request))

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = latest_batch()
        failed = batch.failed if batch else []
        return {
            "batch": batch,
            "failed": Lead.objects.filter(pk__in=failed).select_related("client"),
            "may_change": self.has_change_permission(request),
        }

    def act(self, request: HttpRequest) -> HttpResponse:
        """Start a run, stop the one that goes on, or let it go on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            messages.success(request, self._done(request))
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(reverse("admin:leads_analysisbatch_changelist"))

    def _done(self, request: HttpRequest) -> str:
        batch, wish = latest_batch(), request.POST.get("do")
        if wish == "start":
            start_batch(cast(User, request.user))
            return _("The analysis has started.")
        if batch and wish == "stop":
            stop_batch(batch.pk)
            return _("The analysis stops after the page that is in work.")
        if batch and wish == "resume":
            resume_batch(batch.pk)
            return _("The analysis goes on.")
        raise InvalidInput(_("Choose what to do."))
