"""The approved texts of a Wazzup24 connection, as the messenger sees them."""

from __future__ import annotations

from integrations.channels.wazzup.client import TemplateInfo
from integrations.channels.wazzup.events import TemplateEvent
from integrations.models import IntegrationAccount, MessageTemplate
from integrations.registry import wazzup_client

Status = MessageTemplate.Status


def status_of(word: str) -> str:
    return word if word in Status.values else Status.OTHER


def sync_templates(owner: IntegrationAccount) -> int:
    """Ask for the list and take it over; what is no longer listed is not in use.

    What fills the places is ours and stays. Raises a ConnectorError.
    """
    listed = wazzup_client(owner).templates()
    for info in listed:
        _take_over(owner, info)
    known = MessageTemplate.objects.filter(account=owner)
    known.exclude(external_id__in=[info.template_id for info in listed]).update(status=Status.OTHER)
    return len(listed)


def _take_over(owner: IntegrationAccount, info: TemplateInfo) -> None:
    MessageTemplate.objects.update_or_create(
        account=owner,
        external_id=info.template_id,
        defaults={
            "title": info.title[:120],
            "text": info.code,
            "category": info.category[:30],
            "language": info.language[:10],
            "status": status_of(info.status),
            "rejection": info.rejected_reason[:300],
            "channel_ids": list(info.channel_ids),
        },
    )


def apply_template_status(owner: IntegrationAccount, event: TemplateEvent) -> bool:
    """False for a template that the next look at the list will bring."""
    known = MessageTemplate.objects.filter(account=owner, external_id=event.template_id)
    return bool(known.update(status=status_of(event.status)))
