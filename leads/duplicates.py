"""Clients who look like the same person: hints for a manager, never a reason to merge by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.phones import normalize_phone
from leads.models import Client, ClientIdentity
from leads.permissions import Person, clients_visible_to

MOST_HINTS = 5
Kind = ClientIdentity.Kind
WITH_PHONE = (Kind.PHONE, Kind.WHATSAPP)
WITH_NICKNAME = (Kind.TELEGRAM, Kind.INSTAGRAM)


@dataclass(frozen=True)
class Duplicate:
    client: Client
    reasons: Sequence[str | Promise]


def find_duplicates(client: Client, viewer: Person) -> list[Duplicate]:
    """The likeliest first: those with the most signs. As many queries for many clients."""
    reasons: dict[int, list[str | Promise]] = defaultdict(list)
    identities = list(client.identities.all())
    for reason, wanted in _signs(identities):
        same = ClientIdentity.objects.filter(wanted).exclude(client=client).order_by()
        for pk in set(same.values_list("client", flat=True)[: MOST_HINTS * 4]):
            reasons[pk].append(reason)
    for pk in _same_name(client):
        reasons[pk].append(_("by name"))
    visible = clients_visible_to(viewer).filter(pk__in=list(reasons))
    found = visible.annotate(lead_count=Count("leads")).order_by("pk")
    hints = [Duplicate(one, reasons[one.pk]) for one in found]
    return sorted(hints, key=lambda hint: -len(hint.reasons))[:MOST_HINTS]


def _signs(identities: Sequence[ClientIdentity]) -> Iterator[tuple[str | Promise, Q]]:
    numbers = [one.value.partition("@")[0] for one in identities if one.kind in WITH_PHONE]
    phones = [normalize_phone(number) for number in numbers]
    if spellings := [text for phone in phones if phone for text in _spellings(phone)]:
        yield _("by phone"), Q(kind__in=WITH_PHONE, value__in=spellings)
    if mails := [one.value for one in identities if one.kind == Kind.EMAIL]:
        yield _("by e-mail"), _any_case((Kind.EMAIL,), mails)
    names = [one.value.lstrip("@") for one in identities if one.kind in WITH_NICKNAME]
    # A messenger's own number says nothing about the number in another one.
    if nicknames := [text for name in names if not name.isdigit() for text in (name, f"@{name}")]:
        yield _("by nickname"), _any_case(WITH_NICKNAME, nicknames)


def _spellings(phone: str) -> tuple[str, ...]:
    """As channels and people write `+77012223344`."""
    digits = phone.lstrip("+")
    national = (f"8{digits[1:]}", digits[1:]) if len(digits) == 11 and digits[0] == "7" else ()
    return (phone, digits, f"{digits}@c.us", *national)


def _any_case(kinds: Sequence[str], values: Sequence[str]) -> Q:
    wanted = Q()
    for value in values:
        wanted |= Q(value__iexact=value)
    return Q(kind__in=kinds) & wanted


def _same_name(client: Client) -> list[int]:
    """The full name in either order; a first name alone is no sign."""
    words = client.name.split()
    if len(words) < 2:
        return []
    spellings = {client.name, " ".join(words), " ".join(reversed(words))}
    same = Client.objects.filter(name__in=spellings | {name.title() for name in spellings})
    same = same.filter(merged_into=None).exclude(pk=client.pk).order_by("-pk")
    return list(same.values_list("pk", flat=True)[: MOST_HINTS * 4])
