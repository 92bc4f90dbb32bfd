from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from leads.models import Client


class Article(TimestampedModel):
    """What the agency tells everybody: visas, payment, rules. Both engines may quote it.

    `text` is Markdown. After `valid_until` nobody is told any more. `words` are the stems of title
    and text, each between spaces, for the search; `chat.services.knowledge` keeps them.
    """

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(
        _("text"), max_length=8000, help_text=_("Markdown. No more than needed.")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Client.Language.choices, default="ru"
    )
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: until it is changed.")
    )
    is_published = models.BooleanField(_("in use"), default=True)
    words = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = _("knowledge base article")
        verbose_name_plural = _("knowledge base")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
