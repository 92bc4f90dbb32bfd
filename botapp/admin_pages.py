"""The bot's page for administrators, and everybody's own page to link Telegram."""

from __future__ import annotations

import re
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from botapp.linking import make_code, unlink
from botapp.models import StaffChat
from botapp.process import health_of, process_of, want
from botapp.watch import repair_webhook, webhook_url
from common.admin import short_moment
from integrations.accounts import (
    ensure_telegram_account,
    pinned,
    telegram_account,
    telegram_config,
    telegram_uses_webhook,
)
from integrations.models import IntegrationAccount

may_view = permission_required("integrations.view_integrationaccount", raise_exception=True)
may_change = permission_required("integrations.change_integrationaccount", raise_exception=True)
TOKEN = re.compile(r"\d{6,12}:[\w-]{30,}")


@require_GET
@may_view
def bot_page(request: HttpRequest) -> HttpResponse:
    return _bot_page(request)


def _bot_page(request: HttpRequest, group_code: str = "") -> HttpResponse:
    account = telegram_account()
    context = {
        **admin.site.each_context(request),
        "title": _("Telegram bot"),
        "account": account,
        "group_code": group_code,
        "chats": StaffChat.objects.select_related("user").order_by("user__first_name", "title"),
        "may_change": request.user.has_perm("integrations.change_integrationaccount"),
        "is_token_pinned": bool(pinned("TELEGRAM_BOT_TOKEN")),
        "is_mode_pinned": bool(pinned("TELEGRAM_MODE")),
        **(_state(account) if account else {}),
    }
    return render(request, "admin/botapp/bot.html", context)


def _state(account: IntegrationAccount) -> dict[str, Any]:
    process = process_of(account)
    return {
        "process": process,
        "health": health_of(account, process),
        "has_token": telegram_config(account) is not None,
        "uses_webhook": telegram_uses_webhook(account),
        "webhook_url": webhook_url(account),
        "username": account.config.get("username", ""),
        "polled": short_moment(process.polled_at),
        "failed": short_moment(process.failed_at),
        "checked": short_moment(process.webhook_checked_at),
    }


@require_POST
@may_change
def switch(request: HttpRequest) -> HttpResponse:
    """Start or stop; the process looks at the wish every second and a half."""
    account = ensure_telegram_account()
    is_on = request.POST.get("on") == "1"
    want(account, is_on)
    said = _("The bot is starting.") if is_on else _("The bot is stopping.")
    return _done(request, account, said)


@require_POST
@may_change
def save_settings(request: HttpRequest) -> HttpResponse:
    """An empty token keeps the one that is there; what the environment says can't be changed."""
    account = ensure_telegram_account()
    token, mode = request.POST.get("token", "").strip(), request.POST.get("mode", "")
    if token and not TOKEN.fullmatch(token):
        messages.error(request, _("This is no token of BotFather: digits, a colon, letters."))
        return HttpResponseRedirect(reverse("admin:botapp_bot"))
    if token:
        account.secrets["bot_token"] = token
    if mode in ("polling", "webhook"):
        account.config["mode"] = mode
    account.save(update_fields=["secrets", "config", "updated_at"])
    repair_webhook(account)
    return _done(request, account, _("Saved. The bot introduces itself to Telegram anew."))


@require_POST
@may_change
def repair(request: HttpRequest) -> HttpResponse:
    account = ensure_telegram_account()
    repair_webhook(account)
    return _done(request, account, _("Our address and commands are being registered anew."))


@require_POST
@may_change
def group_code(request: HttpRequest) -> HttpResponse:
    """A code for a staff group, shown once."""
    return _bot_page(request, make_code(_person(request), is_for_group=True))


@require_POST
@may_change
def remove_chat(request: HttpRequest, chat_id: int) -> HttpResponse:
    chat = get_object_or_404(StaffChat, pk=chat_id)
    account = chat.account
    said = _("“%(chat)s” hears of nothing any more.") % {"chat": chat}
    chat.delete()
    return _done(request, account, said)


def _done(request: HttpRequest, account: IntegrationAccount, said: str) -> HttpResponse:
    LogEntry.objects.log_actions(
        _person(request).pk, [account], CHANGE, change_message=said, single_object=True
    )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:botapp_bot"))


def my_telegram(request: HttpRequest) -> HttpResponse:
    """POST makes a fresh code; it is shown in the answer and never again."""
    person = _person(request)
    code = make_code(person) if request.method == "POST" else ""
    account = telegram_account()
    username = account.config.get("username", "") if account else ""
    context = {
        **admin.site.each_context(request),
        "title": _("My Telegram"),
        "chat": StaffChat.objects.filter(user=person).first(),
        "is_connected": bool(account and telegram_config(account)),
        "username": username,
        "code": code,
    }
    return render(request, "admin/botapp/me.html", context)


@require_POST
def unlink_me(request: HttpRequest) -> HttpResponse:
    unlink(_person(request))
    messages.success(request, _("Telegram is not linked any more."))
    return HttpResponseRedirect(reverse("admin:botapp_me"))


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
