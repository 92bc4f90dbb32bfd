"""The public chat page and the script that puts it on the agency's own site."""

from __future__ import annotations

import json

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

LANGUAGES = ("ru", "kk", "en")


# Any site may embed the chat: it has no staff session and shows only its own token's talk.
@require_GET
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def chat_page(request: HttpRequest) -> HttpResponse:
    with translation.override(_language(request)):
        context = {
            "is_demo": settings.DEMO_MODE,
            "is_embedded": request.GET.get("embed") == "1",
            "starts": _starts(),
            "texts": _texts(),
        }
        response = render(request, "chat/page.html", context)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _language(request: HttpRequest) -> str:
    """The one asked for in the address, else the browser's, else Russian."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else translation.get_language_from_request(request)


def _starts() -> list[str]:
    """First messages to pick from; the answer shows at once what the chat can do."""
    return [
        _("Vietnam in January, two of us"),
        _("Turkey all inclusive with a child"),
        _("I would like to talk to a manager"),
    ]


def _texts() -> dict[str, str]:
    """What the script says. Rendered as JSON data, never as code."""
    return {
        "sending": _("sending…"),
        "failed": _("not sent"),
        "retry": _("Send again"),
        "bot": _("Assistant"),
        "staff": _("Manager"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "offline": _("No connection. We will send it as soon as it is back."),
        "broken": _("Something went wrong on our side. Please try again in a minute."),
        "left": _("%(count)s characters left"),
        "too_long": _("Too long by %(count)s characters"),
        "state": _("We usually answer within a minute"),
        "connecting": _("Connecting again…"),
    }


@require_GET
@cache_control(max_age=3600)
def widget_script(request: HttpRequest) -> HttpResponse:
    context = {
        "base_url": settings.PUBLIC_BASE_URL,
        # All languages at once: the file is cached for everybody, the browser chooses.
        "labels": json.dumps({code: _labels(code) for code in LANGUAGES}, ensure_ascii=False),
    }
    # Named, because a script without a charset is read in that of the page it stands on.
    content_type = "text/javascript; charset=utf-8"
    return render(request, "chat/widget.js", context, content_type=content_type)


def _labels(language: str) -> dict[str, str]:
    with translation.override(language):
        return {"open": _("Open the chat"), "title": _("Chat with Crystal Bay Travel")}
