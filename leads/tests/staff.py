"""People of the desk for tests."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User


def make_staff(*rights: str, name: str = "aigul") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def make_manager(name: str = "aigul") -> User:
    return make_staff("view_lead", "change_lead", name=name)
