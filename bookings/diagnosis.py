"""What a check of the connection means, in plain words, and the letter to the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ROUTES = {
    "direct": gettext_lazy("directly"),
    "proxy": gettext_lazy("through a proxy"),
    "relay": gettext_lazy("through a relay"),
    "demo": gettext_lazy("demo: an invented operator"),
    "": gettext_lazy("not configured"),
}
STEPS = {
    "settings": gettext_lazy("Settings"),
    "name": gettext_lazy("Address on the internet (DNS)"),
    "connection": gettext_lazy("Connection and certificate"),
    "towns": gettext_lazy("Access key and our address"),
    "states": gettext_lazy("Countries"),
    "currencies": gettext_lazy("Currencies"),
    "calendar": gettext_lazy("Days of departure"),
    "prices": gettext_lazy("Prices"),
}
ADVICE = {
    "NotConfigured": gettext_lazy(
        "Nobody has said how to reach the operator. Fill in SAMO_API_URL and SAMO_OAUTH_TOKEN, or "
        "SAMO_RELAY_URL and SAMO_RELAY_SECRET."
    ),
    "IpNotAllowed": gettext_lazy(
        "The operator does not let our address in, or the key is wrong. Send the letter below to "
        "your manager at the operator."
    ),
    "BadToken": gettext_lazy("The operator does not know the access key. Ask for a new one."),
    "UnknownAction": gettext_lazy(
        "The key has no right to this part. Ask the operator to open it."
    ),
    "AuthFailed": gettext_lazy(
        "The relay refuses our signature. Compare SAMO_RELAY_SECRET here and on the relay, and the "
        "clocks of both machines."
    ),
    "ConfigError": gettext_lazy(
        "Something in the settings is wrong: look at the address, the proxy or the relay."
    ),
    "RateLimited": gettext_lazy("We are asked to slow down. Try again in a few minutes."),
    "BadAnswer": gettext_lazy(
        "Something answers, but not the operator's programming interface. Look at the address; if "
        "it is right, the operator is overloaded: try again later."
    ),
    "TransientError": gettext_lazy(
        "Nobody answers there. Look at the address, the proxy and the network of this server; if "
        "they are right, the operator is down: searches wait and are finished by themselves."
    ),
}


def explained(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with its name and, where it failed, what to do."""
    otherwise = _("The operator has refused the request: %(text)s") % {"text": step["seen"]}
    advice = str(ADVICE.get(step["fault"], otherwise)) if step["fault"] else ""
    return {**step, "label": STEPS.get(step["name"], step["name"]), "advice": advice}


def verdict(steps: Sequence[Mapping[str, Any]]) -> str:
    """One sentence: what is wrong, or that nothing is."""
    bad = next((step for step in steps if not step["is_ok"]), None)
    if bad is None:
        return _("Everything works.")
    return str(explained(bad)["advice"])


def blocked_address(steps: Sequence[Mapping[str, Any]]) -> str:
    return next((step["address"] for step in steps if step["address"]), "")


def is_blocked(steps: Sequence[Mapping[str, Any]]) -> bool:
    return any(step["fault"] == "IpNotAllowed" for step in steps)


def letter(steps: Sequence[Mapping[str, Any]]) -> str:
    """Ready to be sent to the operator; always in Russian, which is what they read."""
    address = blocked_address(steps) or "_______"
    return f"""Здравствуйте!

Просим добавить адрес нашего сервера в список разрешённых для доступа к SAMO-Tour API
(онлайн-поиск туров, только чтение):

    {address}

Компания: Crystal Bay Travel
Цель: поиск туров и цен для клиентов агентства
Ожидаемая нагрузка: не больше одного запроса одновременно, до 1000 запросов в день

Сейчас сервер отвечает: «blacklisted address {address}». Если адрес уже в списке, проверьте,
пожалуйста, что наш ключ доступа (oauth_token) действует и относится к этому списку.

Спасибо!"""
