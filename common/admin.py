"""What the admin pages of all apps share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Text = str | Promise
# Not `empty_value_display`: forms would show «None» for a column that has nothing to say.
EMPTY = "—"


def chip(text: object, tone: str = "") -> SafeString:
    """A small coloured label. `tone`: accent, green, orange, red, purple, teal or nothing."""
    return format_html('<span class="chip{}">{}</span>', f" chip--{tone}" if tone else "", text)


def colored_chip(text: object, color: str) -> SafeString:
    """A label with a dot of any colour; an SVG attribute, as the CSP forbids inline styles."""
    return format_html(
        '<span class="chip"><svg class="dot" viewBox="0 0 8 8" aria-hidden="true">'
        '<circle cx="4" cy="4" r="4" fill="{}"/></svg>{}</span>',
        color,
        text,
    )


def short_moment(moment: datetime | None) -> str:
    """«12 янв, 14:05», with the year only where it is another one."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    is_this_year = local.year == timezone.localdate().year
    return date_format(local, "j M, H:i" if is_this_year else "j M Y, H:i", use_l10n=False).lower()


def moment_column(field: str, label: Any) -> Callable[[Any, Any], str]:
    """A list column for a moment in time, sortable by its field."""

    @admin.display(description=label, ordering=field)
    def column(model_admin: Any, obj: Any) -> str:
        return short_moment(getattr(obj, field)) or EMPTY

    column.__name__ = f"{field}_short"
    return column


class NeverDeleted(admin.options.BaseModelAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NeverDeleted):
    """Rows that the program writes and people only look at; for pages and inlines."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnlyVisible(admin.ModelAdmin):
    """Lists what the person may see, and answers 403 for a row that belongs to a colleague."""

    def visible_rows(self, request: HttpRequest) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible_rows(request).order_by(*self.get_ordering(request))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        is_number = object_id.isascii() and object_id.isdigit()
        if not found and is_number and self.model._default_manager.filter(pk=object_id).exists():
            raise PermissionDenied
        return found


@dataclass(frozen=True)
class ObjectAction:
    """A button on the page of one object. `run` returns whether it changed anything."""

    name: str
    label: Text
    icon: str
    run: Callable[[int], bool]
    done: Text
    refused: Text
    is_offered: Callable[[Any], bool]
    question: Text = ""


class WithObjectActions(admin.ModelAdmin):
    """Buttons that act on one object: POST only, for those who may change it."""

    object_actions: tuple[ObjectAction, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        view = self.admin_site.admin_view(self.act)
        return [path("<path:object_id>/act/<slug:action>/", view, name=name), *super().get_urls()]

    def may_act(self, request: HttpRequest) -> bool:
        # Not has_change_permission: the rows themselves are for reading only.
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def page_title(self, obj: Any) -> str:
        return str(obj)

    def act(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = next((one for one in self.object_actions if one.name == action), None)
        obj = self.get_object(request, object_id)
        if chosen is None or obj is None or not self.may_act(request):
            raise PermissionDenied
        if chosen.run(obj.pk):
            messages.success(request, str(chosen.done))
        else:
            messages.warning(request, str(chosen.refused))
        return HttpResponseRedirect(self._page_of(obj))

    def _page_of(self, obj: Model) -> str:
        return reverse(
            f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change",
            args=[obj.pk],
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context["page_title"] = self.page_title(obj)
        if obj is not None and self.may_act(request):
            context["object_actions"] = [
                {
                    "action": one,
                    "url": f"{self._page_of(obj).removesuffix('change/')}act/{one.name}/",
                }
                for one in self.object_actions
                if one.is_offered(obj)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def act_on_many(self, request: HttpRequest, rows: Any, run: Callable[[int], bool]) -> None:
        """For actions of the list: run it on each row and say how many it changed."""
        keys = list(rows.values_list("pk", flat=True))
        changed = sum(run(pk) for pk in keys)
        text = _("Done for %(changed)s of %(chosen)s.") % {"changed": changed, "chosen": len(keys)}
        messages.success(request, text)
