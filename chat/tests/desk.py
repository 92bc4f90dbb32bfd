"""A manager at the desk, for the tests of the chat's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User
from django.urls import reverse

from chat.models import Conversation
from chat.tests.factories import write

JSON = {"HTTP_ACCEPT": "application/json"}
MANAGER = ("view_conversation", "change_conversation", "view_lead", "change_lead")


def staff(name: str = "aigul", *rights: str, first_name: str = "Айгуль") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True, first_name=first_name)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights or MANAGER))
    return user


def url(name: str, talk: Conversation) -> str:
    return reverse(f"admin:chat_conversation_{name}", args=[talk.pk])


def talk_with(name: str, text: str = "Здравствуйте", **changes: Any) -> Conversation:
    """A conversation with a named client; `changes` are written into its row."""
    talk = write(text, chat_id=f"chat-{name}")
    talk.client.name = name
    talk.client.save()
    if changes:
        Conversation.objects.filter(pk=talk.pk).update(**changes)
        talk.refresh_from_db()
    return talk
