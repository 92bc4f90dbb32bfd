from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation


class CannedReply(models.Model):
    """A prepared answer. `{name}`-like variables are filled from the client and the lead."""

    title = models.CharField(_("title"), max_length=80)
    shortcut = models.SlugField(_("shortcut"), max_length=30, unique=True)
    text = models.TextField(_("text"), max_length=2000)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class ReplyDraft(models.Model):
    """What a colleague has typed and not sent; it also tells the others who is typing."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="reply_drafts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reply_drafts"
    )
    text = models.TextField(max_length=10_000)
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="draft_of_one_person"),
        ]
