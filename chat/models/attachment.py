from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.message import Message


def stored_name(attachment: Attachment, name: str) -> str:
    """Nothing of the client's own file name: it is shown, never a path."""
    return f"chat/{timezone.now():%Y/%m}/{name}"


class Attachment(models.Model):
    """A file, a place or a contact that came or went with a message.

    `external_id` is the channel's id of the message it came in: the pieces of an album differ.
    `reference` is what the channel wants to hear to hand the content out.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        DOCUMENT = "document", _("File")
        VOICE = "voice", _("Voice message")
        AUDIO = "audio", _("Audio")
        VIDEO = "video", _("Video")
        STICKER = "sticker", _("Sticker")
        LOCATION = "location", _("Place")
        CONTACT = "contact", _("Contact")

    class State(models.TextChoices):
        NO_FILE = "no_file", _("Without a file")
        PENDING = "pending", _("Being fetched")
        STORED = "stored", _("Stored")
        REFUSED = "refused", _("Not stored")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    reference = models.TextField(blank=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    mime = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size, bytes"), null=True)
    details = models.JSONField(default=dict)
    file = models.FileField(upload_to=stored_name, blank=True, editable=False)
    refusal = models.CharField(_("why not stored"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
