"""Files of bookings for staff, and the texts that documents are made from."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bookings.documents import store
from bookings.documents.text import MOST_CHARACTERS
from bookings.documents.values import TABLES, VARIABLES
from bookings.models import Booking, BookingDocument, DocumentKind, DocumentTemplate
from bookings.permissions import bookings_visible_to, ensure_booking_visible
from bookings.services.documents import PDF, preview_pdf, save_template
from common.errors import DomainError
from leads.services import Actor

may_view = permission_required("bookings.view_booking", raise_exception=True)
may_edit = permission_required("bookings.change_documenttemplate", raise_exception=True)


@never_cache
@require_GET
@may_view
def document_file(request: HttpRequest, document_id: int) -> HttpResponse:
    document = BookingDocument.objects.filter(pk=document_id).first()
    if document is None:
        raise Http404
    ensure_booking_visible(request.user, document.booking_id)
    return file_response(document)


def file_response(document: BookingDocument) -> HttpResponse:
    """Raises Http404 where the file is gone from the disk."""
    try:
        content = store.get(document.public_id)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=document.content_type)
    response["Content-Disposition"] = content_disposition_header(False, document.name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class TemplateForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true"}),
    )


@require_http_methods(["GET", "POST"])
@may_edit
def edit_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The text of one kind of document: save it as the next version, or look at it first."""
    if kind not in DocumentKind.values:
        raise Http404
    current = DocumentTemplate.objects.filter(kind=kind, is_current=True).first()
    body = current.body if current else ""
    if request.method == "GET":
        return _page(request, kind, current, TemplateForm(initial={"body": body}))
    form = TemplateForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, current, form)
    try:
        if "preview" in request.POST:
            return _preview(request, form.cleaned_data["body"])
        actor = Actor(cast(User, request.user), "admin")
        saved = save_template(kind, form.cleaned_data["body"], actor=actor)
    except DomainError as error:
        form.add_error("body", error.message)
        return _page(request, kind, current, form)
    messages.success(request, _("Kept as version %(number)s.") % {"number": saved.version})
    return HttpResponseRedirect(reverse("admin:bookings_template_edit", args=[kind]))


def _preview(request: HttpRequest, body: str) -> HttpResponse:
    """With the newest booking that the person may see."""
    bookings = bookings_visible_to(request.user)
    related = bookings.select_related("lead__client", "lead__assignee", "operator", "offer")
    booking: Booking | None = related.order_by("-pk").first()
    if booking is None:
        raise DomainError(_("Make a booking first: the preview is filled in from it."))
    return HttpResponse(preview_pdf(body, booking), content_type=PDF)


def _page(
    request: HttpRequest, kind: str, current: DocumentTemplate | None, form: TemplateForm
) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": DocumentKind(kind).label,
        "kind": kind,
        "kinds": DocumentKind.choices,
        "current": current,
        "form": form,
        "variables": VARIABLES,
        "tables": TABLES,
        "versions": DocumentTemplate.objects.filter(kind=kind).select_related("created_by"),
    }
    return render(request, "admin/bookings/template.html", context)
