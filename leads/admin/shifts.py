"""«Смены»: who takes new leads now. One page, one tap per colleague."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from common.admin import NeverDeleted
from common.errors import InvalidInput
from leads.assignment import set_shift, shifts
from leads.models import StaffProfile


@admin.register(StaffProfile)
class ShiftAdmin(NeverDeleted, admin.ModelAdmin):
    fields = ("user", "is_on_shift", "last_assigned_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.switch)
        name = "leads_staffprofile_switch"
        return [path("<int:user_id>/switch/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Shifts"),
            "subtitle": _("New leads go to colleagues on shift, each in turn"),
            "shifts": shifts(),
            "may_change": self.has_change_permission(request),
        }
        return render(request, "admin/leads/shifts.html", context)

    def switch(self, request: HttpRequest, user_id: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        is_on = request.POST.get("on") == "1"
        try:
            profile = set_shift(user_id, is_on)
        except InvalidInput as error:
            messages.error(request, error.message)
        else:
            said = _("%(name)s: on shift.") if is_on else _("%(name)s: off shift.")
            said %= {"name": profile}
            self.log_change(request, profile, said)
            messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:leads_staffprofile_changelist"))
