"""People and their groups, in the back office's own words."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.admin import moment_column

admin.site.unregister(User)
admin.site.unregister(Group)

HIDDEN_APPS = ("admin", "contenttypes", "sessions", "live")
VERBS = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("look at")}


def permission_words(permission: Permission) -> str:
    """«Leads: change» instead of Django's «Sales | lead | Can change lead»."""
    model = permission.content_type.model_class()
    verb = permission.codename.partition("_")[0]
    if model is None or verb not in VERBS:
        return str(permission)
    return f"{capfirst(model._meta.verbose_name_plural)}: {VERBS[verb]}"


def _in_words(field: Any) -> Any:
    """Let the chooser of single rights speak plainly."""
    if field.queryset.model is Permission:
        # Rights to the program's own tables would only confuse.
        field.queryset = field.queryset.exclude(
            Q(content_type__app_label__in=HIDDEN_APPS) | Q(content_type__model="permission")
        )
        field.label_from_instance = permission_words
    return field


@admin.register(User)
class StaffAdmin(UserAdmin):
    list_display = ("username", "full_name", "email", "is_active", "is_superuser", "last_seen")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_help_text = _("Login, name or e-mail")
    show_full_result_count = False
    readonly_fields = ("last_seen", "joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Employee"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Single rights"), {"classes": ("collapse",), "fields": ("user_permissions",)}),
        (_("Dates"), {"fields": ("last_seen", "joined")}),
    )
    last_seen = moment_column("last_login", _("last visit"))
    joined = moment_column("date_joined", _("works here since"))

    @admin.display(description=_("full name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "—"

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        return _in_words(super().formfield_for_manytomany(db_field, request, **kwargs))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Their name stands in the history of leads; switch them off instead.
        return False


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    list_display = ("name",)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        return _in_words(super().formfield_for_manytomany(db_field, request, **kwargs))
