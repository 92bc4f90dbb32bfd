"""The phone with Telegram, for flows that need roles and the whole back office."""

from botapp.tests.conftest import bot_server, phone, world

__all__ = ["bot_server", "phone", "world"]
