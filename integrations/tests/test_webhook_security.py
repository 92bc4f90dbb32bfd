"""One suite for every kind that may be called from outside. A new kind adds its case here."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from integrations.models import InboxEvent, IntegrationAccount
from integrations.registry import webhook_receivers
from integrations.webhooks.views import MAX_BODY_BYTES

pytestmark = pytest.mark.django_db
SECRET, OLD_SECRET = "s3cret-of-the-address-0123456789", "s3cret-of-yesterday-0123456789"


@dataclass(frozen=True)
class Case:
    """How a provider calls: `path` and `headers` carry the secret; `body` makes one event."""

    secrets: Callable[[list[str]], dict[str, Any]]
    body: dict[str, Any]
    path: Callable[[str], str] = lambda secret: ""
    headers: Callable[[str], Mapping[str, str]] = field(default=lambda secret: {})


CASES = {
    "telegram": Case(
        secrets=lambda words: {"webhook_secrets": words},
        headers=lambda secret: {"X-Telegram-Bot-Api-Secret-Token": secret},
        body={"update_id": 1, "message": {"chat": {"id": 1}, "text": "Привет"}},
    ),
    "wazzup": Case(
        secrets=lambda words: {"webhook_secrets": words},
        path=lambda secret: f"{secret}/" if secret else "",
        body={"statuses": [{"messageId": "m1", "status": "read", "timestamp": "2026-05-04"}]},
    ),
}
KINDS = sorted(CASES)


def make_account(kind: str, **changes: Any) -> IntegrationAccount:
    secrets = CASES[kind].secrets([SECRET, OLD_SECRET])
    return IntegrationAccount.objects.create(
        kind=kind, **{"name": "Проба", "secrets": secrets, **changes}
    )


def address(account: IntegrationAccount, secret: str = SECRET, *, kind: str = "") -> str:
    path = CASES[account.kind].path(secret)
    return f"/webhooks/{kind or account.kind}/{account.public_id}/{path}"


def call(account: IntegrationAccount, secret: str = SECRET, body: Any = None, url: str = "") -> Any:
    case = CASES[account.kind]
    content = body if isinstance(body, bytes) else json.dumps(body or case.body).encode()
    browser = Browser(enforce_csrf_checks=True)
    headers = dict(case.headers(secret))
    return browser.post(
        url or address(account, secret), content, content_type="application/json", headers=headers
    )


def test_every_kind_has_its_case() -> None:
    assert set(webhook_receivers) == set(CASES)


@pytest.mark.parametrize("kind", KINDS)
def test_an_authentic_call_is_stored_once_however_often_it_comes(kind: str) -> None:
    account = make_account(kind)

    answers = [call(account) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    event = InboxEvent.objects.get()
    assert (event.account, event.status) == (account, "pending")


@pytest.mark.parametrize("kind", KINDS)
def test_during_a_change_of_the_secret_both_are_valid(kind: str) -> None:
    account = make_account(kind)

    assert call(account, OLD_SECRET).status_code == 200


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "Ключ"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_without_the_secret_is_refused_and_stores_nothing(kind: str, secret: str) -> None:
    account = make_account(kind)

    assert call(account, secret).status_code == 403
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize("secrets", [{}, {"secret": ""}])
@pytest.mark.parametrize("kind", KINDS)
def test_without_a_configured_secret_nobody_gets_in(kind: str, secrets: dict[str, str]) -> None:
    words = [""] if secrets else []
    account = make_account(kind, secrets=CASES[kind].secrets(words))

    assert call(account, "").status_code == 403
    assert call(account, SECRET).status_code == 403
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_place_is_not_there(kind: str) -> None:
    account = make_account(kind)
    off = make_account(kind, name="Выключено", is_enabled=False)
    known = address(account)

    assert call(account, url=known.replace(str(account.public_id), str(uuid4()))).status_code == 404
    assert call(account, url=address(account, kind="webchat")).status_code == 404
    assert call(account, url=address(account, kind="nothing")).status_code == 404
    assert call(off).status_code == 404
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_only_post_and_only_so_much(kind: str) -> None:
    account = make_account(kind)

    assert Browser().get(address(account)).status_code == 405
    assert call(account, body=b"[" * (MAX_BODY_BYTES + 1)).status_code == 413
    assert not InboxEvent.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\x00\xfe", b"[" * 100_000, b'{"a": "\\ud800\\u0000"}']
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_can_read_is_kept_for_a_person(kind: str, body: bytes) -> None:
    """The provider would repeat for ever what is answered with an error."""
    account = make_account(kind)

    assert [call(account, body=body).status_code for _ in range(2)] == [200, 200]
    assert InboxEvent.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_logs_hold_neither_secret_nor_body(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    account = make_account(kind)

    call(account, body={"text": "личное письмо"})
    call(account, "wrong-" + SECRET)

    console = logging.getLogger().handlers[0]
    written = "\n".join(console.format(record) for record in caplog.records)
    assert f"/webhooks/{kind}/" in written
    assert SECRET not in written
    assert "личное" not in written
