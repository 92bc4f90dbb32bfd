"""From an account to the object that speaks its protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from common.turn import turn
from integrations.accounts import (
    LlmConfig,
    llm_config,
    samo_config,
    telegram_config,
    wazzup_config,
    wazzup_crm_key,
)
from integrations.call_pace import Allowance, wait_for_turn
from integrations.channels.base import Capabilities, ChannelConnector
from integrations.channels.telegram.connector import TelegramConfig, TelegramConnector
from integrations.channels.telegram.webhook import TelegramWebhook
from integrations.channels.wazzup.client import WazzupClient, WazzupConfig
from integrations.channels.wazzup.connector import WazzupConnector
from integrations.channels.wazzup.transports import messenger_of
from integrations.channels.wazzup.webhook import WazzupWebhook
from integrations.channels.webchat import WebchatConnector
from integrations.fakes.base import as_transport
from integrations.fakes.samo import FakeSamo
from integrations.fakes.wazzup import FakeWazzup
from integrations.fakes.wazzup_demo import demo_account
from integrations.llm.base import LlmClient
from integrations.models import IntegrationAccount
from integrations.tours.base import ToursConnector
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector
from integrations.transport.errors import PermanentError, TransientError
from integrations.transport.public_files import Download
from integrations.transport.webhook import WebhookReceiver

Kind = IntegrationAccount.Kind
# Theirs is 500 calls in 5 s: 90 + 5 x 80 stays below it in every such window.
WAZZUP_ALLOWANCE = Allowance(burst=90, per_second=80)


def webchat_connector(account: IntegrationAccount) -> WebchatConnector:
    return WebchatConnector(account.secrets["token_keys"])


def wazzup_webhook(account: IntegrationAccount) -> WazzupWebhook:
    return WazzupWebhook(account.secrets.get("webhook_secrets", []), wazzup_crm_key(account))


def telegram_connector(account: IntegrationAccount) -> TelegramConnector:
    # Without a token it can read what is stored and knows its limits; every call is refused.
    return _telegram(telegram_config(account) or TelegramConfig(token="none"))  # noqa: S106


@lru_cache(maxsize=4)
def _telegram(config: TelegramConfig) -> TelegramConnector:
    """One connector per configuration: it keeps the pace of all that this process sends."""
    return TelegramConnector(config)


def telegram_webhook(account: IntegrationAccount) -> TelegramWebhook:
    return TelegramWebhook(account.secrets.get("webhook_secrets", []))


def wazzup_client(account: IntegrationAccount) -> WazzupClient:
    """Return the client of the connection that has the key. Raises NotConfigured.

    In the demo world without a key it talks to the shipped fake server.
    """
    config = wazzup_config(account.owner)
    if config:
        return _wazzup(config, account.owner.pk)
    if settings.DEMO_MODE:
        return _demo_wazzup(account.owner.pk)
    raise NotConfigured("WAZZUP_API_KEY")


@lru_cache(maxsize=4)
def _wazzup(config: WazzupConfig, account_id: int) -> WazzupClient:
    return WazzupClient(config, before_call=_wazzup_pace(account_id))


@lru_cache(maxsize=4)
def _demo_wazzup(account_id: int) -> WazzupClient:
    fake = demo_wazzup()
    return WazzupClient(WazzupConfig(fake.key), as_transport(fake), _wazzup_pace(account_id))


@lru_cache(maxsize=1)
def demo_wazzup() -> FakeWazzup:
    """The server behind the demo world's channels, one per process."""
    return demo_account()


def _wazzup_pace(account_id: int) -> Callable[[], None]:
    return lambda: wait_for_turn(f"wazzup:{account_id}", WAZZUP_ALLOWANCE)


def wazzup_connector(account: IntegrationAccount) -> WazzupConnector:
    transport = str(account.config.get("transport", ""))
    client = wazzup_client(account)
    if wazzup_config(account.owner):
        return WazzupConnector(client, account.external_id, transport)
    return WazzupConnector(client, account.external_id, transport, files=_demo_file, pause_s=0.0)


def _demo_file(url: str, *, max_bytes: int) -> Download:
    content = demo_wazzup().files.get(url)
    if content is None:
        raise PermanentError("The demo world has no such file")
    return Download(content, "")


CHANNELS: dict[str, Callable[[IntegrationAccount], ChannelConnector]] = {
    Kind.WEBCHAT: webchat_connector,
    Kind.TELEGRAM: telegram_connector,
    Kind.WAZZUP_CHANNEL: wazzup_connector,
}


def channel_connector(account: IntegrationAccount) -> ChannelConnector:
    """Return the connector of a messaging account. Raises KeyError for other systems."""
    return CHANNELS[account.kind](account)


def channel_capabilities(account: IntegrationAccount) -> Capabilities:
    """What a channel can do; known without a key, so that a message can always be taken in."""
    if account.kind == Kind.WAZZUP_CHANNEL:
        return messenger_of(str(account.config.get("transport", ""))).capabilities
    return channel_connector(account).capabilities


# Who may be reached under /webhooks/<kind>/. A kind that is missing here answers 404.
webhook_receivers: dict[str, Callable[[IntegrationAccount], WebhookReceiver]] = {
    Kind.TELEGRAM: telegram_webhook,
    Kind.WAZZUP: wazzup_webhook,
}


class NotConfigured(Exception):
    """The integration has no credentials and the demo world is off."""


def tours_connector() -> ToursConnector:
    """Return the operator's connector. Raises NotConfigured.

    In the demo world it talks to the shipped fake server, and nothing leaves the process.
    """
    if config := samo_config():
        return _real_tours(config)
    if settings.DEMO_MODE:
        return _demo_tours(timezone.localdate())
    raise NotConfigured("SAMO_API_URL, SAMO_OAUTH_TOKEN")


def tours_route() -> str:
    """How the operator is reached: direct, proxy, relay, demo, or "" where nobody has said it."""
    config = samo_config()
    if config is None:
        return "demo" if settings.DEMO_MODE else ""
    if config.relay_url:
        return "relay"
    return "proxy" if config.proxy else "direct"


@lru_cache(maxsize=2)
def _real_tours(config: SamoConfig) -> SamoConnector:
    """One connector per configuration: it keeps the operator's directories and connections."""
    return SamoConnector(config, turn=lambda wait_s: samo_turn(config, wait_s))


@contextmanager
def samo_turn(config: SamoConfig, wait_s: float) -> Iterator[None]:
    """The operator's patience is for one call at a time per token, whoever of us asks."""
    secret = config.token or config.relay_secret
    account = hashlib.sha256(secret.encode()).hexdigest()[:12]
    with ExitStack() as stack:
        try:
            stack.enter_context(turn(f"samo:{account}", pause_s=config.pause_s, wait_s=wait_s))
        except TimeoutError:
            raise TransientError("SAMO: other calls of ours take too long") from None
        yield


@lru_cache(maxsize=1)
def demo_operator(today: date) -> FakeSamo:
    """One fake operator per day and process, so that a price shown stays the same."""
    return FakeSamo(today=today)


@lru_cache(maxsize=1)
def _demo_tours(today: date) -> SamoConnector:
    fake = demo_operator(today)
    config = SamoConfig(base_url="http://samo.demo/export/default.php", token=fake.token)
    return SamoConnector(config, as_transport(fake))


def llm_client() -> LlmClient | None:
    """Return the language model's client, or None where none is configured."""
    config = llm_config()
    return _llm(config) if config else None


@lru_cache(maxsize=2)
def _llm(config: LlmConfig) -> LlmClient:
    # By name and on first use: the SDK is large, and most processes never ask a model.
    module = import_module("integrations.llm.openai")
    client: LlmClient = module.OpenAIClient(
        module.OpenAIConfig(config.api_key, config.base_url, config.model, config.proxy or None)
    )
    return client
