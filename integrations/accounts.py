"""What an integration is configured with: the environment pins, then the account row."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from integrations.channels.telegram.connector import API_URL, TelegramConfig
from integrations.channels.wazzup.client import BASE_URL as WAZZUP_URL
from integrations.channels.wazzup.client import WazzupConfig
from integrations.models import IntegrationAccount
from integrations.tours.samo.calls import SamoConfig

Kind = IntegrationAccount.Kind
# Two searches (of two countries) end before the lease of the answer that waits for them.
REQUEST_TIMEOUT_S, SEARCH_TIMEOUT_S = 8.0, 12.0


def webchat_account() -> IntegrationAccount:
    """Return the account of the site's own chat, made with a fresh key on first use."""
    account, _ = IntegrationAccount.objects.get_or_create(
        kind=Kind.WEBCHAT,
        name="Чат на сайте",
        defaults={"secrets": {"token_keys": [secrets.token_hex(32)]}},
    )
    return account


def samo_config() -> SamoConfig | None:
    """Return how to reach the operator, or None where nobody has said it.

    Needed: an address and a token, or a relay and its secret.
    """
    stored = _stored_samo()
    config = SamoConfig(
        base_url=pinned("SAMO_API_URL") or stored.get("base_url", ""),
        token=pinned("SAMO_OAUTH_TOKEN") or stored.get("oauth_token", ""),
        version=pinned("SAMO_VERSION") or stored.get("version", "1.0"),
        proxy=pinned("SAMO_PROXY_URL") or stored.get("proxy_url") or None,
        relay_url=pinned("SAMO_RELAY_URL") or stored.get("relay_url", ""),
        relay_secret=pinned("SAMO_RELAY_SECRET") or stored.get("relay_secret", ""),
        request_timeout_s=REQUEST_TIMEOUT_S,
        search_timeout_s=SEARCH_TIMEOUT_S,
    )
    is_direct = config.base_url and config.token
    return config if is_direct or (config.relay_url and config.relay_secret) else None


def operator_page() -> str:
    """The address of the operator's own search page for managers; "" where it is not known."""
    stored = _stored_samo()
    own = pinned("SAMO_SEARCH_PAGE") or stored.get("search_page", "")
    return own or pinned("SAMO_API_URL") or stored.get("base_url", "")


def _stored_samo() -> dict[str, str]:
    account = IntegrationAccount.objects.filter(kind=Kind.SAMO, is_enabled=True).first()
    return {**account.config, **account.secrets} if account else {}


@dataclass(frozen=True)
class LlmConfig:
    """Where a language model answers; plain data, so that nothing heavy is loaded to look."""

    api_key: str
    base_url: str
    model: str
    proxy: str


def llm_config() -> LlmConfig | None:
    """Return how to reach the language model, or None where nobody has given a key."""
    account = IntegrationAccount.objects.filter(kind=Kind.OPENAI, is_enabled=True).first()
    stored = {**account.config, **account.secrets} if account else {}

    key = pinned("OPENAI_API_KEY") or stored.get("api_key")
    if not key:
        return None
    url = pinned("OPENAI_BASE_URL") or stored.get("base_url") or "https://api.openai.com/v1"
    return LlmConfig(
        api_key=key,
        base_url=url,
        model=pinned("OPENAI_MODEL") or stored.get("model") or "gpt-4o",
        proxy=pinned("OPENAI_PROXY_URL") or stored.get("proxy") or "",
    )


def wazzup_account() -> IntegrationAccount:
    """Return the connection to Wazzup24, made on first use with a secret for its webhook.

    Whatever it is called now: two with one key would take the calls from each other.
    """
    known = IntegrationAccount.objects.filter(kind=Kind.WAZZUP).order_by("-is_enabled", "pk")
    if account := known.first():
        return account
    account, _ = IntegrationAccount.objects.get_or_create(
        kind=Kind.WAZZUP,
        name="Wazzup24",
        defaults={"secrets": {"webhook_secrets": [secrets.token_urlsafe(32)]}},
    )
    return account


def wazzup_config(account: IntegrationAccount) -> WazzupConfig | None:
    """Return the key and address of Wazzup24, or None where nobody has given a key."""
    key = pinned("WAZZUP_API_KEY") or account.secrets.get("api_key", "")
    if not key:
        return None
    url = pinned("WAZZUP_API_BASE_URL") or account.config.get("base_url") or WAZZUP_URL
    return WazzupConfig(api_key=key, base_url=url)


def wazzup_crm_key(account: IntegrationAccount) -> str:
    """The key Wazzup24 sends with its calls, if it knows one; empty for most accounts."""
    return pinned("WAZZUP_CRM_KEY") or str(account.secrets.get("crm_key", ""))


def telegram_account() -> IntegrationAccount | None:
    """The bot's account: made on first use where the environment names a token."""
    accounts = IntegrationAccount.objects.filter(kind=Kind.TELEGRAM)
    account = accounts.order_by("-is_enabled", "pk").first()
    if account is None and pinned("TELEGRAM_BOT_TOKEN"):
        return ensure_telegram_account()
    return account


def ensure_telegram_account() -> IntegrationAccount:
    """The bot's account, made with a secret for its webhook if there is none."""
    accounts = IntegrationAccount.objects.filter(kind=Kind.TELEGRAM)
    account = accounts.order_by("-is_enabled", "pk").first()
    if account is None:
        account, _ = accounts.get_or_create(
            kind=Kind.TELEGRAM,
            name="Telegram",
            defaults={"secrets": {"webhook_secrets": [secrets.token_urlsafe(32)]}},
        )
    return account


def telegram_config(account: IntegrationAccount) -> TelegramConfig | None:
    """Return the bot's token and address, or None where nobody has given a token."""
    token = pinned("TELEGRAM_BOT_TOKEN") or account.secrets.get("bot_token", "")
    if not token:
        return None
    url = pinned("TELEGRAM_API_BASE_URL") or account.config.get("base_url") or API_URL
    return TelegramConfig(token=token, base_url=url.rstrip("/"))


def telegram_bot_name() -> str:
    """The bot's name for links to it; empty while it is not connected."""
    accounts = IntegrationAccount.objects.filter(kind=Kind.TELEGRAM, is_enabled=True)
    account = accounts.order_by("pk").first()
    is_connected = account is not None and telegram_config(account) is not None
    return str(account.config.get("username", "")) if account and is_connected else ""


def telegram_uses_webhook(account: IntegrationAccount) -> bool:
    """Whether Telegram calls us; otherwise we ask for updates (`manage.py runbot`)."""
    return (pinned("TELEGRAM_MODE") or account.config.get("mode", "polling")) == "webhook"


def pinned(name: str) -> str:
    """A value the environment pins: `NAME`, or the content of the file in `NAME_FILE`."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")
