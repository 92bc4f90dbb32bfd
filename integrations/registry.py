"""From an account to the object that speaks its protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from common.turn import turn
from integrations.accounts import LlmConfig, llm_config, samo_config
from integrations.channels.base import ChannelConnector
from integrations.channels.webchat import WebchatConnector
from integrations.fakes.base import as_transport
from integrations.fakes.samo import FakeSamo
from integrations.llm.base import LlmClient
from integrations.models import IntegrationAccount
from integrations.tours.base import ToursConnector
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector
from integrations.transport.errors import TransientError

Kind = IntegrationAccount.Kind


def webchat_connector(account: IntegrationAccount) -> WebchatConnector:
    return WebchatConnector(account.secrets["token_keys"])


def channel_connector(account: IntegrationAccount) -> ChannelConnector:
    """Return the connector of a messaging account. Raises KeyError for other systems."""
    return {Kind.WEBCHAT: webchat_connector}[Kind(account.kind)](account)


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
