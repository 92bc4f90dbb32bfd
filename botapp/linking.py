"""Ties Telegram chats to colleagues: a one-time code from the back office, shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from botapp.models import LinkCode, StaffChat
from integrations.models import IntegrationAccount

VALID_FOR = timedelta(minutes=15)
# Without letters that look like digits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@transaction.atomic
def make_code(user: User, *, is_for_group: bool = False) -> str:
    """Return a fresh code; older ones of the same person that wait are void from now on."""
    code = "".join(secrets.choice(ALPHABET) for _place in range(10))
    LinkCode.objects.filter(made_by=user, is_for_group=is_for_group, used_at=None).delete()
    LinkCode.objects.create(
        digest=_digest(code),
        made_by=user,
        is_for_group=is_for_group,
        expires_at=timezone.now() + VALID_FOR,
    )
    return code


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


@transaction.atomic
def redeem(
    account: IntegrationAccount, code: str, *, chat_id: str, title: str, is_for_group: bool
) -> StaffChat | None:
    """Tie a chat to whoever made the code; None if the code is unknown, used or too old."""
    now = timezone.now()
    codes = LinkCode.objects.filter(
        digest=_digest(code), is_for_group=is_for_group, used_at=None, expires_at__gt=now
    ).select_related("made_by")
    found = codes.first()
    if found is None or not found.made_by.is_active or not codes.update(used_at=now):
        return None
    user = None if is_for_group else found.made_by
    if user:
        # One person, one chat: the new one replaces the old one.
        StaffChat.objects.filter(user=user).delete()
    chat, _is_new = StaffChat.objects.update_or_create(
        account=account, chat_id=chat_id, defaults={"title": title[:120], "user": user}
    )
    return chat


def unlink(user: User) -> None:
    """Forget a person's chat. Safe twice."""
    StaffChat.objects.filter(user=user).delete()


def colleague_of(account: IntegrationAccount, person_id: str) -> User | None:
    """The active colleague behind a Telegram person; a private chat has its person's number."""
    chats = StaffChat.objects.filter(account=account, chat_id=person_id, user__is_active=True)
    chat = chats.filter(user__is_staff=True).select_related("user").first()
    return chat.user if chat else None
