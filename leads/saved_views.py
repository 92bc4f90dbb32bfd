"""Filters kept under a name, each person's own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from leads.models import SavedView
from leads.permissions import Person

MOST_VIEWS = 30


def saved_views(user: Person, page: str) -> list[SavedView]:
    return list(SavedView.objects.filter(user=user.pk, page=page))


def save_view(user: User, page: str, name: str, query: str) -> SavedView:
    """Keep a filter; the same name again replaces it."""
    name = name.strip()
    if not name:
        raise InvalidInput(_("Give the filter a name."), code="empty", field="name")
    views = SavedView.objects.filter(user=user, page=page)
    if views.exclude(name=name).count() >= MOST_VIEWS:
        raise InvalidInput(_("Delete a saved filter first: there are too many."), code="many")
    view, _is_new = views.update_or_create(
        user=user, page=page, name=name, defaults={"query": query}
    )
    return view


def delete_view(user: Person, page: str, view_id: int) -> bool:
    """Forget one's own filter; False if there is none. Safe twice."""
    views = SavedView.objects.filter(user=user.pk, page=page, pk=view_id)
    return bool(views.delete()[0])
