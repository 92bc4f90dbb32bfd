"""Invented stories as rows, written in bulk: services would need minutes for them.

Only rows made here are ever deleted: those of clients with an address that starts with MARK.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.db import transaction

from chat.models import Conversation, Message
from chat.services.analysis import analyse_lead
from chat.topics import conversation_key
from crystalbay.demo.assistant_rows import ensure_assistant
from crystalbay.demo.booking_rows import forget_bookings, save_bookings
from crystalbay.demo.bulk import save_as_of
from crystalbay.demo.lead_rows import save_leads
from crystalbay.demo.people import MARK, Person
from crystalbay.demo.phrases import MANAGERS
from crystalbay.demo.stories import Story
from crystalbay.demo.talk_rows import save_talks
from crystalbay.roles import MANAGER, ensure_roles
from integrations.models import OutboxMessage
from leads.models import Client, ClientIdentity, Lead, StaffProfile


@transaction.atomic
def replace_world(stories: Sequence[Story], *, now: datetime) -> None:
    """Delete the previous invented world and write this one."""
    forget_world()
    managers = ensure_managers()
    clients = _save_clients(stories)
    leads = save_leads(stories, clients, managers, now=now)
    save_talks(stories, clients, leads, managers, now=now)
    save_bookings(stories, leads, now=now)
    for lead in leads:
        analyse_lead(lead.pk)
    ensure_assistant()


def forget_world() -> None:
    identities = ClientIdentity.objects.filter(kind="webchat", value__startswith=MARK)
    clients = Client.objects.filter(pk__in=identities.values("client"))
    conversations = Conversation.objects.filter(client__in=clients)
    keys = [conversation_key(pk) for pk in conversations.values_list("pk", flat=True)]
    OutboxMessage.objects.filter(key__in=keys).delete()
    Message.objects.filter(conversation__in=conversations).delete()
    conversations.delete()
    forget_bookings(clients)
    Lead.objects.filter(client__in=clients).delete()
    clients.delete()


def ensure_managers() -> list[User]:
    """Return the invented managers. They cannot log in until somebody gives them a password."""
    ensure_roles()
    group = Group.objects.get(name=MANAGER)
    managers = []
    for username, first_name, last_name in MANAGERS:
        user, is_new = User.objects.get_or_create(
            username=username,
            defaults={"first_name": first_name, "last_name": last_name, "is_staff": True},
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        user.groups.add(group)
        StaffProfile.objects.get_or_create(user=user, defaults={"is_on_shift": True})
        managers.append(user)
    return managers


def _save_clients(stories: Iterable[Story]) -> dict[Person, Client]:
    """Clients count from their first inquiry on."""
    first_seen: dict[Person, datetime] = {}
    for story in stories:
        first_seen.setdefault(story.person, story.started_at)
    clients = {
        person: Client(name=person.name, language=person.language, is_partner=person.is_partner)
        for person in first_seen
    }
    save_as_of(Client, clients.values(), first_seen.values())
    _save_addresses(clients, first_seen)
    return clients


def _save_addresses(clients: dict[Person, Client], first_seen: dict[Person, datetime]) -> None:
    """Leave out addresses that somebody real has taken meanwhile."""
    wanted = [(person, kind, value) for person in clients for kind, value in person.addresses]
    values = {value for _person, _kind, value in wanted}
    taken = set(ClientIdentity.objects.filter(value__in=values).values_list("kind", "value"))
    free = [row for row in wanted if row[1:] not in taken]
    rows = [
        ClientIdentity(client=clients[person], kind=kind, value=value)
        for person, kind, value in free
    ]
    save_as_of(ClientIdentity, rows, [first_seen[person] for person, _kind, _value in free])
