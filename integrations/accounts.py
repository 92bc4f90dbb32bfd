"""What an integration is configured with: the environment pins, then the account row."""

from __future__ import annotations

import os
import secrets

from integrations.models import IntegrationAccount
from integrations.tours.samo.client import SamoConfig

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
    """Return the operator's address and token, or None where nobody has given them."""
    account = IntegrationAccount.objects.filter(kind=Kind.SAMO, is_enabled=True).first()
    stored = {**account.config, **account.secrets} if account else {}
    url = os.environ.get("SAMO_API_URL") or stored.get("base_url", "")
    token = os.environ.get("SAMO_OAUTH_TOKEN") or stored.get("oauth_token", "")
    if not (url and token):
        return None
    return SamoConfig(
        base_url=url,
        token=token,
        request_timeout_s=REQUEST_TIMEOUT_S,
        search_timeout_s=SEARCH_TIMEOUT_S,
    )
