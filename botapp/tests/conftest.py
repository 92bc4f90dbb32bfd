from __future__ import annotations

from collections.abc import Iterator

import pytest

from botapp.tests.phone import Phone, World
from integrations.accounts import telegram_account
from integrations.fakes.local_server import serve
from integrations.fakes.telegram import FakeTelegram
from integrations.registry import telegram_connector


@pytest.fixture(scope="session")
def bot_server() -> Iterator[tuple[FakeTelegram, str]]:
    """One fake Bot API over HTTP for the whole run; each test gets it empty."""
    fake = FakeTelegram()
    with serve(fake) as url:
        yield fake, url


@pytest.fixture(params=["webhook"])
def world(
    request: pytest.FixtureRequest,
    bot_server: tuple[FakeTelegram, str],
    monkeypatch: pytest.MonkeyPatch,
    db: None,
) -> World:
    fake, url = bot_server
    fake.__init__()  # type: ignore[misc]
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", fake.token)
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", url)
    monkeypatch.setenv("TELEGRAM_MODE", request.param)
    account = telegram_account()
    assert account
    account.config["username"] = fake.bot["username"]
    account.save()
    # A test's client reads faster than a person: nobody waits for the pace of real chats.
    monkeypatch.setattr(telegram_connector(account)._pace, "wait", lambda receiver: None)
    return World(fake, account, request.param)


@pytest.fixture
def phone(world: World) -> Phone:
    return world.phone(1001)
