from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from integrations.models import IntegrationAccount, MessageTemplate


class Message(models.Model):
    """One bubble of a conversation. Text is stored as it came and never rendered as HTML.

    `external_id` is the channel's id of it; `client_key` is made by the writing page, so that a
    repeated submit is the same message; `answers` is the customer message a bot answered. A note
    to colleagues stands in the thread too and never leaves the house.

    `author_name`: who wrote it where that is neither the client nor a user: a member of a group, a
    colleague in the phone. `template_values` fill the places of `template`; `text` is what is read.
    `album` is the channel's mark of files sent together. `buttons` are the keys under it, as rows
    of `[label, data, url]`. `is_handled`: a press or a command that was answered at once; the bot
    does not read it again.
    """

    class Author(models.TextChoices):
        CUSTOMER = "customer", _("Client")
        BOT = "bot", _("Bot")
        STAFF = "staff", _("Manager")
        NOTE = "note", _("Note to colleagues")

    class Delivery(models.TextChoices):
        RECEIVED = "received", _("Received")
        PENDING = "pending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")
        INTERNAL = "internal", _("Not for the client")

    SEEN_BY_CUSTOMER = (Delivery.RECEIVED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ)

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    author = models.CharField(_("who"), max_length=10, choices=Author.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("manager")
    )
    author_name = models.CharField(max_length=120, blank=True, editable=False)
    text = models.TextField(_("text"), blank=True)
    template = models.ForeignKey(
        MessageTemplate, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    template_values = models.JSONField(default=list, editable=False)
    external_id = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 - NULL keeps the unique constraint to real ids
    client_key = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - as above
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="bot_answers", editable=False
    )
    reply_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="replies", editable=False
    )
    album = models.CharField(max_length=80, blank=True, editable=False)
    buttons = models.JSONField(default=list, editable=False)
    is_handled = models.BooleanField(default=False, editable=False)
    edited_at = models.DateTimeField(_("changed"), null=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices)
    delivery_error = models.CharField(_("why not sent"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("written"), default=timezone.now)
    created_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "external_id"], name="message_once_per_chat"
            ),
            models.UniqueConstraint(
                fields=["conversation", "client_key"], name="message_once_per_submit"
            ),
            models.UniqueConstraint(
                fields=["answers"],
                condition=models.Q(author="bot"),
                name="message_one_bot_answer",
            ),
            models.CheckConstraint(
                condition=models.Q(author="note", delivery="internal")
                | ~models.Q(author="note") & ~models.Q(delivery="internal"),
                name="message_note_is_internal",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_thread"),
            # A delivery report names the message alone.
            models.Index(
                fields=["external_id"],
                name="message_by_external_id",
                condition=models.Q(external_id__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="message_failed",
                condition=models.Q(delivery="failed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_author_display()} {self.pk}"


class MessageVersion(models.Model):
    """The words of a message before its author changed them."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    replaced_at = models.DateTimeField()


class EarlyReport(models.Model):
    """A delivery report that came before we knew the id of our own message."""

    account = models.ForeignKey(IntegrationAccount, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=200)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["account", "external_id"], name="early_report_message")]


class AiSuggestion(models.Model):
    """What the bot proposed as an answer, on what facts, and what became of it."""

    class Outcome(models.TextChoices):
        DRAFT = "draft", _("Waits for a manager")
        SENT = "sent", _("Sent")
        REJECTED = "rejected", _("Rejected")

    class HandOver(models.TextChoices):
        ASKED = "asked", _("asked for a person")
        COMPLAINT = "complaint", _("complaint")
        NO_FACTS = "no_facts", _("only a person knows")
        CHOICE = "choice", _("has chosen a tour")
        MISUNDERSTOOD = "misunderstood", _("the bot did not understand twice")
        LOW_CONFIDENCE = "low_confidence", _("the bot is not sure")
        MANY_TURNS = "many_turns", _("too many answers without a person")
        SEARCH_DOWN = "search_down", _("the tour search does not answer")
        MODEL = "model", _("the model calls a person")
        FAILURE = "failure", _("the bot failed")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="suggestions"
    )
    answers = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="suggestion")
    provider = models.CharField(max_length=20)
    intent = models.CharField(_("intent"), max_length=30)
    confidence = models.FloatField(_("confidence"))
    text = models.TextField(_("text"))
    facts = models.JSONField(_("facts used"), default=dict)
    needs_human = models.BooleanField(_("asks for a person"), default=False)
    hand_over = models.CharField(
        _("why a person"), max_length=20, choices=HandOver.choices, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("AI suggestion")
        verbose_name_plural = _("AI suggestions")
