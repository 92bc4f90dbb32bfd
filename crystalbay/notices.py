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
from django.utils.translation import gettext_noop, override

from bookings.models import SearchRun, SelectionEvent
from chat.models import Conversation
from chat.permissions import conversations_visible_to
from common.phones import hide_phones
from integrations.models import IntegrationAccount
from leads.models import Lead
from leads.permissions import leads_visible_to
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


_TOLD: dict[str, str] = {
    SelectionEvent.Kind.OPENED: gettext_noop("%(client)s has opened the selection"),
    SelectionEvent.Kind.LIKED: gettext_noop("%(client)s likes %(hotel)s"),
    SelectionEvent.Kind.ASKED: gettext_noop("%(client)s asks about %(hotel)s"),
    SelectionEvent.Kind.CHOSEN: gettext_noop("%(client)s has chosen %(hotel)s"),
    SelectionEvent.Kind.PRICE_CHANGED: gettext_noop("%(client)s: new price of %(hotel)s"),
    SelectionEvent.Kind.SOLD_OUT: gettext_noop("%(client)s: %(hotel)s is sold out"),
}


def tell_of_selection(event: SelectionEvent) -> None:
    """A client has done something with a selection, or a price in it is another one now."""
    lead = event.selection.lead
    if event.kind not in _TOLD:
        return
    hotel = event.item.offer.hotel if event.item else ""
    with override(settings.LANGUAGE_CODE):
        text = _(_TOLD[event.kind]) % {"client": _name(lead.client), "hotel": hotel}
    key = f"selection:{event.selection_id}:{event.kind}:{event.item_id or ''}"
    url = reverse("admin:bookings_selection_page", args=[event.selection_id])
    for person in _responsible(lead):
        notify(person.pk, "selection", key, text, url)


def tell_of_late_search(run: SearchRun) -> None:
    """A search that had waited for the operator is over."""
    if run.author is None:
        return
    with override(settings.LANGUAGE_CODE):
        found = _("Tours found: %(count)s") % {"count": run.found}
        failed = _("The search has failed: the operator refused or did not answer")
    is_done = run.status == SearchRun.Status.DONE
    url = f"{reverse('admin:bookings_tours')}?batch={run.batch}"
    notify(run.author.pk, "search", f"search:{run.pk}", found if is_done else failed, url)


def _responsible(lead: Lead) -> list[User]:
    """The person who answers for the lead, else everybody on shift who may see it."""
    if lead.assignee and lead.assignee.is_active:
        return [lead.assignee]
    people = User.objects.filter(is_active=True, is_staff=True, staff_profile__is_on_shift=True)
    return [person for person in people if leads_visible_to(person).filter(pk=lead.pk).exists()]


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
