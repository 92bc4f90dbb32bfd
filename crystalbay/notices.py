"""Who is told of what by the bell. The wiring hangs these on the apps' own registries.

Texts are for a list that others may look over: names, but no messages and no phones. They are in
the house's language, whatever the person who caused them reads.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from chat.models import Conversation
from chat.permissions import conversations_visible_to
from common.phones import hide_phones
from integrations.models import IntegrationAccount
from leads.models import Lead
from leads.services import Actor
from live.services import notify


def tell_of_lead(lead: Lead, actor: Actor) -> None:
    """Somebody else has given the person a lead."""
    if lead.assignee_id is None or lead.assignee == actor.user:
        return
    url = reverse("admin:leads_lead_change", args=[lead.pk])
    with override(settings.LANGUAGE_CODE):
        text = _("You were given a lead: %(client)s") % {"client": _name(lead.client)}
    notify(lead.assignee_id, "lead", f"lead:{lead.pk}", text, url)


def tell_of_message(conversation: Conversation) -> None:
    """A client of the person's has written and the bot does not answer."""
    assignee = _assignee(conversation)
    if assignee and conversation.mode != Conversation.Mode.BOT:
        with override(settings.LANGUAGE_CODE):
            text = _("%(client)s has written to you") % {"client": _name(conversation.client)}
        _tell([assignee], "message", conversation, text)


def tell_of_hand_over(conversation: Conversation) -> None:
    """The bot calls a person: the one responsible, or everybody on shift."""
    assignee = _assignee(conversation)
    with override(settings.LANGUAGE_CODE):
        text = _("The bot calls a person: %(client)s") % {"client": _name(conversation.client)}
    _tell([assignee] if assignee else _on_shift(conversation), "hand_over", conversation, text)


def tell_of_trouble(account: IntegrationAccount, text: str) -> None:
    """A connection needs somebody: everybody who may look after it hears of it, once."""
    url = reverse("admin:integrations_integrationaccount_change", args=[account.pk])
    said = f"{hide_phones(account.name)}: {text}"
    people = User.objects.with_perm(
        "integrations.change_integrationaccount",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    for person in people.filter(is_staff=True):
        notify(person.pk, "trouble", f"trouble:{account.pk}", said, url)


def _tell(people: Iterable[User], kind: str, conversation: Conversation, text: str) -> None:
    url = reverse("admin:chat_conversation_thread", args=[conversation.pk])
    for person in people:
        notify(person.pk, kind, f"{kind}:{conversation.pk}", text, url)


def _assignee(conversation: Conversation) -> User | None:
    """The person responsible, unless they have left."""
    assignee = conversation.lead.assignee if conversation.lead else None
    return assignee if assignee and assignee.is_active else None


def _on_shift(conversation: Conversation) -> list[User]:
    people = User.objects.filter(is_active=True, is_staff=True, staff_profile__is_on_shift=True)
    return [
        person
        for person in people
        if conversations_visible_to(person).filter(pk=conversation.pk).exists()
    ]


def _name(client: object) -> str:
    return hide_phones(str(client))
