from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import (
    NeverDeleted,
    ObjectAction,
    ReadOnly,
    WithObjectActions,
    chip,
    moment_column,
)
from integrations.delivery import inbox, outbox
from integrations.models import DeliveryAttempt, InboxEvent, IntegrationAccount, OutboxMessage

STATE_TONES = {"ok": "green", "broken": "red", "unknown": ""}
STATUS_TONES = {
    "pending": "accent",
    "in_flight": "accent",
    "done": "green",
    "needs_attention": "red",
    "ignored": "",
    "cancelled": "",
}
# What the topics of the outbox mean in words; a new one shows as it is.
TOPIC_NAMES = {
    "chat.send_message": _("Message to a client"),
    "chat.respond": _("Answer of the bot"),
    "bookings.search_tours": _("Search of tours"),
    "bookings.recheck_selection": _("Check of a selection's prices"),
    "bookings.load_flights": _("Flights of a tour"),
    "bookings.check_operator": _("Check of the operator's connection"),
}
RETRIED = _("It will be tried again at once.")
NOT_RETRIED = _("There is nothing to try again: it is done, cancelled or under way.")


def pretty(data: Any) -> SafeString:
    text = json.dumps(data, ensure_ascii=False, indent=2) if not isinstance(data, str) else data
    return format_html("<pre>{}</pre>", text)


def pretty_body(text: str) -> SafeString:
    try:
        return pretty(json.loads(text))
    except ValueError:
        return pretty(text)


def waits_for_a_person(row: InboxEvent | OutboxMessage) -> bool:
    return row.status in ("pending", "needs_attention")


@admin.register(IntegrationAccount)
class IntegrationAccountAdmin(NeverDeleted, admin.ModelAdmin):
    list_display = ("name", "kind", "state_chip", "is_enabled", "last_ok", "last_error")
    list_filter = ("kind", "state", "is_enabled")
    search_fields = ("name",)
    ordering = ("kind", "name")
    fields = ("name", "kind", "is_enabled", "state_chip", "last_ok", "last_error")
    readonly_fields = ("kind", "state_chip", "last_ok", "last_error")
    last_ok = moment_column("last_ok_at", _("last success"))

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, account: IntegrationAccount) -> SafeString:
        return chip(account.get_state_display(), STATE_TONES[account.state])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ExchangeAdmin(ReadOnly, WithObjectActions):
    """What inbox and outbox have in common."""

    show_full_result_count = False
    list_per_page = 50
    ordering = ("-id",)
    actions: tuple[str, ...] = ("retry_chosen",)
    next_try = moment_column("next_try_at", _("next try"))
    finished = moment_column("done_at", _("finished"))

    @admin.display(description=_("status"), ordering="status")
    def status_chip(self, row: InboxEvent | OutboxMessage) -> SafeString:
        return chip(row.get_status_display(), STATUS_TONES[row.status])

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> Any:
        return super().get_action_choices(request, [("", str(_("Choose an action")))])

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)


@admin.register(InboxEvent)
class InboxEventAdmin(ExchangeAdmin):
    list_display = ("external_id", "account", "status_chip", "attempts", "received", "error")
    list_filter = ("status", "account")
    list_select_related = ("account",)
    search_fields = ("external_id", "ordering_key")
    search_help_text = _("Event id or chat")
    fieldsets = (
        (None, {"fields": ("account", "external_id", "status_chip", "received", "finished")}),
        (_("Processing"), {"fields": ("attempts", "next_try", "error")}),
        (_("What came"), {"fields": ("body_pretty", "ordering_key", "correlation_id")}),
    )
    received = moment_column("received_at", _("received"))
    object_actions = (
        ObjectAction(
            name="retry",
            label=_("Try again"),
            icon="arrow-clockwise",
            run=inbox.retry,
            done=RETRIED,
            refused=NOT_RETRIED,
            is_offered=waits_for_a_person,
        ),
    )

    def page_title(self, row: InboxEvent) -> str:
        return str(_("Event No. %(number)s") % {"number": row.pk})

    @admin.display(description=_("body"))
    def body_pretty(self, event: InboxEvent) -> SafeString:
        return pretty_body(event.body)

    @admin.action(description=_("Try again"), permissions=["act"])
    def retry_chosen(self, request: HttpRequest, rows: QuerySet[InboxEvent]) -> None:
        self.act_on_many(request, rows, inbox.retry)


class AttemptInline(ReadOnly, admin.TabularInline):
    model = DeliveryAttempt
    fields = ("started", "duration_ms", "error_kind_name", "excerpt")
    readonly_fields = fields
    ordering = ("-id",)
    started = moment_column("started_at", _("started"))

    @admin.display(description=_("result"))
    def error_kind_name(self, attempt: DeliveryAttempt) -> SafeString:
        if not attempt.error_kind:
            return chip(_("Success"), "green")
        names = dict(OutboxMessage.ErrorKind.choices)
        return chip(names.get(attempt.error_kind, attempt.error_kind), "red")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ExchangeAdmin):
    list_display = ("what", "key", "status_chip", "attempts", "created", "next_try", "error")
    list_filter = ("status", "error_kind", "topic")
    search_fields = ("topic", "key", "correlation_id")
    search_help_text = _("Topic, key or correlation id")
    actions = ("retry_chosen", "cancel_chosen")
    inlines = (AttemptInline,)
    fieldsets = (
        (None, {"fields": ("what", "status_chip", "created", "finished")}),
        (_("Delivery"), {"fields": ("attempts", "next_try", "error_kind", "error")}),
        (
            _("Technical details"),
            {
                "classes": ("collapse",),
                "fields": ("topic", "key", "payload_pretty", "correlation_id"),
            },
        ),
    )
    created = moment_column("created_at", _("created"))
    object_actions = (
        ObjectAction(
            name="retry",
            label=_("Try again"),
            icon="arrow-clockwise",
            run=outbox.retry,
            done=RETRIED,
            refused=NOT_RETRIED,
            is_offered=waits_for_a_person,
        ),
        ObjectAction(
            name="cancel",
            label=_("Cancel sending"),
            icon="x-circle",
            run=outbox.cancel_one,
            done=_("It will not be done."),
            refused=_("It is already done, cancelled or under way."),
            is_offered=waits_for_a_person,
            question=_("This will never be done. The client will not get it. Cancel it?"),
        ),
    )

    def page_title(self, row: OutboxMessage) -> str:
        return f"{self.what(row)} № {row.pk}"

    @admin.display(description=_("action"), ordering="topic")
    def what(self, row: OutboxMessage) -> str:
        return str(TOPIC_NAMES.get(row.topic, row.topic))

    @admin.display(description=_("payload"))
    def payload_pretty(self, row: OutboxMessage) -> SafeString:
        return pretty(row.payload)

    @admin.action(description=_("Try again"), permissions=["act"])
    def retry_chosen(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        self.act_on_many(request, rows, outbox.retry)

    @admin.action(description=_("Cancel sending"), permissions=["act"])
    def cancel_chosen(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        self.act_on_many(request, rows, outbox.cancel_one)
