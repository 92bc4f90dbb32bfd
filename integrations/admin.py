from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import (
    EMPTY,
    NeverDeleted,
    ObjectAction,
    ReadOnly,
    WithObjectActions,
    chip,
    moment_column,
)
from integrations.account_forms import form_for
from integrations.account_lines import account_lines
from integrations.delivery import inbox, outbox
from integrations.models import (
    DeliveryAttempt,
    InboxEvent,
    IntegrationAccount,
    MessageTemplate,
    OutboxMessage,
)
from integrations.wazzup import care

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
    "chat.edit_message": _("Change of a message"),
    "chat.fetch_file": _("File from a client"),
    "botapp.search_tours": _("Tour search for the bot"),
    "botapp.call": _("Sign from the bot"),
    "botapp.notify_staff": _("Notification to a colleague"),
    "botapp.set_webhook": _("Registration of the bot"),
    "chat.rehearse": _("Trial of the assistant"),
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


def is_wazzup(account: IntegrationAccount) -> bool:
    return account.kind == IntegrationAccount.Kind.WAZZUP


@admin.register(IntegrationAccount)
class IntegrationAccountAdmin(NeverDeleted, WithObjectActions):
    list_display = ("name", "kind", "state_chip", "is_enabled", "last_ok", "last_error")
    list_filter = ("kind", "state", "is_enabled")
    search_fields = ("name",)
    ordering = ("kind", "name")
    readonly_fields = ("kind", "state_chip", "last_ok", "last_error", "what_is_found")
    last_ok = moment_column("last_ok_at", _("last success"))
    object_actions = (
        ObjectAction(
            name="look",
            label=_("Check now"),
            icon="arrow-clockwise",
            run=care.ask_for_a_look,
            done=_("It is being checked: reload the page in some seconds."),
            refused=_("It can't be checked."),
            is_offered=is_wazzup,
        ),
        ObjectAction(
            name="webhook",
            label=_("Take the calls"),
            icon="telephone-inbound",
            run=care.want_webhook,
            done=_("Wazzup24 is being told to call this site."),
            refused=_("It can't be done."),
            is_offered=is_wazzup,
            question=_(
                "Wazzup24 calls one place only: messages will come here and nowhere else. Go on?"
            ),
        ),
        ObjectAction(
            name="secret",
            label=_("Change the secret address"),
            icon="key",
            run=care.change_webhook_secret,
            done=_("There is a new address. The former one is valid until the next change."),
            refused=_("It can't be done."),
            is_offered=is_wazzup,
        ),
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **{"form": form_for(obj), **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only what the form of this kind has; secrets are no fields of the model."""
        own = list(form_for(obj).base_fields)
        state = ["state_chip", "last_ok", "last_error", "what_is_found"]
        settings = [name for name in own if name not in ("name", "is_enabled")]
        if not self.has_change_permission(request, obj):
            settings = []
        fieldsets: list[Any] = [(None, {"fields": ["name", "kind", "is_enabled"]})]
        if settings:
            fieldsets.append((_("Access"), {"fields": settings}))
        return [*fieldsets, (_("State"), {"fields": state})]

    @admin.display(description=_("what is known"))
    def what_is_found(self, account: IntegrationAccount) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((line,) for line in account_lines(account))) or (
            format_html("{}", EMPTY)
        )

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


TEMPLATE_TONES = {"approved": "green", "pending": "accent", "rejected": "red", "paused": "orange"}


class TemplateForm(forms.ModelForm):
    """What fills the places: one known variable per line, an empty line for «by hand»."""

    filling = forms.CharField(
        label=_("what fills the places"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One line per place, in order; an empty line is filled in by hand."),
    )

    class Meta:
        model = MessageTemplate
        fields = ("filling",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "filling" in self.fields:
            self.fields["filling"].initial = "\n".join(map(str, self.instance.variables))

    def save(self, commit: bool = True) -> MessageTemplate:
        lines = self.cleaned_data["filling"].splitlines()
        self.instance.variables = [line.strip().strip("{}").lower() for line in lines]
        template: MessageTemplate = super().save(commit)
        return template


@admin.register(MessageTemplate)
class MessageTemplateAdmin(NeverDeleted, admin.ModelAdmin):
    """They are made and approved in Wazzup24; here one says what fills them."""

    form = TemplateForm
    list_display = ("title", "status_chip", "category", "language", "text")
    list_filter = ("status", "category", "language")
    search_fields = ("title", "text")
    search_help_text = _("Title or words")
    ordering = ("title",)
    fields = ("title", "status_chip", "text", "category", "language", "rejection", "filling")
    readonly_fields = ("title", "status_chip", "text", "category", "language", "rejection")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("status"), ordering="status")
    def status_chip(self, template: MessageTemplate) -> SafeString:
        return chip(template.get_status_display(), TEMPLATE_TONES.get(template.status, ""))
