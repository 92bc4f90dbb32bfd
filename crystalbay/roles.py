"""Roles as groups: what each may look at and change. `manage.py ensure_roles` writes them.

Only missing rights are added: what an administrator gave or took elsewhere stays. The table for
people is docs/roles.md.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

MANAGER, HEAD, ADMINISTRATOR = "Менеджер", "Руководитель", "Администратор"
ACCOUNTANT, READER = "Бухгалтер", "Только чтение"

_DICTIONARIES = "leads.leadstage leads.leadsource leads.lostreason"
_HISTORY = "leads.leadfact leads.leadhistory leads.clientmerge chat.message chat.aisuggestion"
_LOOKED_AT = f"leads.client leads.clientidentity leads.lead chat.conversation leads.tag {_HISTORY}"
_WORKED_WITH = "leads.client leads.clientidentity leads.lead chat.conversation"


# Money and passports have rights of their own; see docs/roles.md.
_BOOKINGS = "bookings.booking bookings.traveller bookings.paymentdue bookings.ledgerentry"
_TRIP = f"{_BOOKINGS} bookings.bookingdocument"
_RULES = "bookings.operator bookings.specialday bookings.entryrule bookings.documenttemplate"


def _rights(verbs: str, models: str) -> set[str]:
    """`view change` and `leads.lead` -> {`leads.view_lead`, `leads.change_lead`}."""
    split = (model.split(".") for model in models.split())
    return {f"{app}.{verb}_{name}" for app, name in split for verb in verbs.split()}


_TOURS = "bookings.searchrun bookings.selection bookings.catalogueentry"
_READER = _rights(
    "view", f"{_LOOKED_AT} {_DICTIONARIES} {_TOURS} {_TRIP} chat.cannedreply chat.article"
)
_MANAGER = (
    _READER
    | _rights("add change", _WORKED_WITH)
    | _rights("add", "leads.tag bookings.searchrun")
    | _rights("add change", "bookings.selection")
    | _rights("change", "leads.clientmerge")
    | _rights("add change", "bookings.booking")
    | {"bookings.add_ledgerentry", "bookings.view_document_numbers"}
)
_ALL_LEADS = {"leads.view_all_leads"}
_HEAD = (
    _MANAGER
    | _ALL_LEADS
    | _rights("add change delete", "leads.tag chat.cannedreply")
    | _rights("view add change delete", "chat.answerpolicy chat.workday chat.article chat.scenario")
    | _rights("add", "chat.trial")
    | _rights("view", "chat.airun")
    | _rights("view add change", "leads.staffprofile leads.leadsource leads.lostreason")
    | _rights("view change", "leads.analysisbatch")
    | _rights("change", "leads.leadstage")
    | _rights("add", "bookings.cataloguesync")
    | _rights("view add", "bookings.operatorcheck")
    | _rights("view", "auth.user")
    | _rights("view add change", f"{_RULES} bookings.paymentrule bookings.penaltyrule")
    | _rights("delete", "bookings.paymentrule bookings.penaltyrule bookings.specialday")
    | _rights("view", "bookings.documentlook")
    | {"bookings.approve_discount"}
)

ROLES: dict[str, set[str]] = {
    MANAGER: _MANAGER,
    HEAD: _HEAD,
    ACCOUNTANT: _rights("view", f"leads.client leads.clientidentity leads.lead {_TRIP}")
    | {"bookings.add_ledgerentry"}
    | _ALL_LEADS,
    READER: _READER | _ALL_LEADS,
}
# An administrator may do all that the admin offers, but not touch the program's own tables.
_NOT_FOR_PEOPLE = ("admin", "contenttypes", "sessions", "live")


@transaction.atomic
def ensure_roles() -> None:
    """Make the groups and add the rights they lack. Safe to run twice; needs migrated tables."""
    for name, rights in ROLES.items():
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(rights))
    group, _is_new = Group.objects.get_or_create(name=ADMINISTRATOR)
    group.permissions.add(
        *Permission.objects.exclude(
            Q(content_type__app_label__in=_NOT_FOR_PEOPLE) | Q(content_type__model="permission")
        )
    )


def _permissions(rights: set[str]) -> list[Permission]:
    wanted = Q()
    for right in rights:
        app, _dot, codename = right.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))
