from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffProfile(models.Model):
    """How a colleague takes part in the sharing out of new leads.

    A person without a row takes none. `last_assigned_at` makes the turn go round.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="staff_profile",
        verbose_name=_("colleague"),
    )
    is_on_shift = models.BooleanField(_("on shift, takes new leads"), default=False)
    last_assigned_at = models.DateTimeField(_("last lead given"), null=True, editable=False)

    class Meta:
        verbose_name = _("shift of a colleague")
        verbose_name_plural = _("shifts")

    def __str__(self) -> str:
        return self.user.get_full_name() or self.user.username


class SavedView(models.Model):
    """A filter of a page under a name; `query` is the page's query string without «?»."""

    class Page(models.TextChoices):
        BOARD = "board", _("Pipeline")
        CHATS = "chats", _("Chats")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=10, choices=Page.choices)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once"),
        ]
