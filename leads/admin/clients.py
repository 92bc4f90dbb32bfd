from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import EMPTY, NeverDeleted, OnlyVisible, ReadOnly, moment_column
from leads.admin.columns import LeadColumns, stage_chip
from leads.admin.filters import ChannelFilter, OpenLeadFilter
from leads.duplicates import find_duplicates
from leads.merging import final_client_id
from leads.models import Client, ClientIdentity, Lead
from leads.permissions import clients_visible_to, ensure_client_visible, leads_visible_to


class IdentityInline(admin.TabularInline):
    model = ClientIdentity
    extra = 0
    fields = ("kind", "value")


class LeadOfClientInline(LeadColumns, ReadOnly, admin.TabularInline):
    model = Lead
    fields = ("link", "wish", "stage_name", "total", "created")
    readonly_fields = fields
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        return leads_visible_to(request.user).select_related("stage").order_by(*self.ordering)

    @admin.display(description=_("lead"))
    def link(self, lead: Lead) -> SafeString:
        url = reverse("admin:leads_lead_change", args=[lead.pk])
        return format_html('<a href="{}">{}</a>', url, lead)


@admin.register(Client)
class ClientAdmin(LeadColumns, NeverDeleted, OnlyVisible):
    list_display = ("who", "contacts", "inquiries", "language_name", "is_partner", "created")
    list_filter = (OpenLeadFilter, ChannelFilter, "language", "is_partner")
    search_fields = ("name", "identities__value")
    search_help_text = _("Name, phone, e-mail or nickname")
    date_hierarchy = "created_at"
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-created_at",)
    fields = ("name", "language", "is_partner", "note")
    inlines = (IdentityInline, LeadOfClientInline)
    created = moment_column("created_at", _("first contact"))

    def visible_rows(self, request: HttpRequest) -> QuerySet[Client]:
        leads = leads_visible_to(request.user).select_related("stage", "assignee").order_by("-pk")
        shown = Prefetch("leads", queryset=leads, to_attr="shown_leads")
        return clients_visible_to(request.user).prefetch_related("identities", shown)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A client emptied by a merge leads to the one who has everything now."""
        is_number = object_id.isdecimal() and len(object_id) <= 18
        emptied = Client.objects.filter(pk=object_id if is_number else 0).exclude(merged_into=None)
        if client := emptied.first():
            ensure_client_visible(request.user, final_client_id(client))
            page = reverse("admin:leads_client_change", args=[final_client_id(client)])
            return HttpResponseRedirect(page)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Client | None = None,
    ) -> HttpResponse:
        if obj is not None and request.user.has_perm("leads.change_clientmerge"):
            context["may_merge"] = True
            context["duplicates"] = find_duplicates(obj, request.user)
            context["merges"] = obj.merges.filter(undone_at=None).select_related("emptied", "actor")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "name":
            # Russian has another word for what a thing is called than for a person's name.
            kwargs["label"] = _("Name of the person or agency")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("client"), ordering="name")
    def who(self, client: Client) -> str:
        return str(client)

    @admin.display(description=_("addresses"))
    def contacts(self, client: Client) -> str:
        shown = [
            # A chat's own id says nothing to a person.
            one.get_kind_display() if one.kind == ClientIdentity.Kind.WEBCHAT else one.value
            for one in client.identities.all()
        ]
        return ", ".join(shown) or EMPTY

    @admin.display(description=_("newest inquiry"))
    def inquiries(self, client: Client) -> str:
        leads: list[Lead] = client.shown_leads  # type: ignore[attr-defined]
        if not leads:
            return EMPTY
        words = [leads[0].wish, self.responsible(leads[0])]
        about = " · ".join(word for word in words if word not in ("", EMPTY))
        stage = stage_chip(leads[0].stage)
        return format_html('{}<span class="second-line">{}</span>', stage, about)

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, client: Client) -> str:
        return client.get_language_display()
