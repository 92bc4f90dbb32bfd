"""The page «Связь с оператором»: what is wrong in plain words, and the letter to the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings import diagnosis
from bookings.models import OperatorCheck
from bookings.services.operator_checks import start_check
from bookings.web import person
from integrations.registry import tours_route

may_view = permission_required("bookings.view_operatorcheck", raise_exception=True)
may_check = permission_required("bookings.add_operatorcheck", raise_exception=True)


@require_GET
@never_cache
@may_view
def operator_page(request: HttpRequest) -> HttpResponse:
    """A page; for a script that waits, only its changing part."""
    context = {**_check(), "route": diagnosis.ROUTES[tours_route()]}
    if request.headers.get("X-Fragment"):
        return render(request, "admin/tours/operator_check.html", context)
    frame = {
        **admin.site.each_context(request),
        "title": _("Connection to the operator"),
        "may_check": request.user.has_perm("bookings.add_operatorcheck"),
    }
    return render(request, "admin/tours/operator.html", {**frame, **context})


@require_POST
@may_check
def check(request: HttpRequest) -> HttpResponse:
    start_check(person(request))
    return HttpResponseRedirect(reverse("admin:bookings_operator"))


def _check() -> dict[str, Any]:
    newest = OperatorCheck.objects.first()
    steps = newest.steps if newest else []
    return {
        "check": newest,
        "is_running": newest is not None and newest.finished_at is None,
        "steps": [diagnosis.explained(step) for step in steps],
        "verdict": diagnosis.verdict(steps) if steps else "",
        "address": diagnosis.blocked_address(steps),
        "letter": diagnosis.letter(steps) if diagnosis.is_blocked(steps) else "",
    }
