"""Removes secrets and personal data from text that goes to logs and stored errors.

Errs on the side of hiding too much. IP addresses and dates stay: an administrator needs them.
"""

from __future__ import annotations

import logging
import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # https://user:password@host
    (re.compile(r"://[^/\s@]+@"), "://***@"),
    # oauth_token=…, "api_key": "…", X-Webhook-Secret: …
    (
        re.compile(
            r"(?i)((?:token|secret|api[_-]?key|passw(?:or)?d|signature|[?&]key)"
            r"[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;<>]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(?i)\b(Bearer|Basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    # Telegram bot token, bare or as /bot<token>/method
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), "***"),
    (re.compile(r"\bsk-[\w-]{16,}"), "***"),
    # Secrets in the path: Bitrix24 /rest/1/<secret>/method, our own /webhooks/<kind>/<secret>
    (re.compile(r"(/rest/\d+/)\w{8,}"), r"\1***"),
    (re.compile(r"(/(?:web)?hooks?/(?:[\w-]+/)*?)[\w-]{16,}(?:/[\w-]+)*"), r"\1***"),
    # Pages that open by their address alone
    (re.compile(r"(/trip/(?:tourists/)?)[\w-]{16,}"), r"\1***"),
    # Any long hexadecimal string may be a key
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), "***"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    # International with +, or bare Kazakh, Russian, Kyrgyz and Uzbek forms
    (
        re.compile(
            r"(?<![\w.+-])(?:\+\d(?:[\s()-]*\d){8,14}|(?:[78]|99[68])(?:[\s()-]*\d){9,10})(?!\w)"
        ),
        "[phone]",
    ),
)


def redact(text: str) -> str:
    """Return the text without tokens, keys, passwords, phones and e-mail addresses."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


class RedactingFilter(logging.Filter):
    """For loggers of libraries that write whole URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        return True
