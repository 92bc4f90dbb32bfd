"""The list of chats: a page of its own, and the left pane beside an open chat."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chat.chat_list import (
    ALL,
    TABS,
    WAITING,
    TalkFilter,
    TalkPlace,
    changed_talks,
    talk_page,
    waiting_conversations,
)
from chat.talk_rows import TalkRow
from chat.web import may_view, numbers
from integrations.models import IntegrationAccount
from integrations.registry import CHANNELS as CHANNEL_KINDS
from leads.models import Tag
from live.selectors import latest_cursor

MOST_CHANGES = 100
# Where Crystal Bay sends people; the filter offers these.
COUNTRIES = ("VN", "TR", "EG", "AE", "TH", "MV", "LK", "GE", "CN", "ID")
FILTERS = ("tab", "channel", "country", "tag", "q", "waiting")
# Where talks are: not the operators, the models, nor the key behind several numbers.
CHANNELS = IntegrationAccount.objects.filter(kind__in=CHANNEL_KINDS).order_by("name")


class ListForm(forms.Form):
    """`waiting=yes` is the address that counters of other pages lead to."""

    tab = forms.ChoiceField(choices=[(code, code) for code in TABS], required=False)
    waiting = forms.BooleanField(required=False)
    channel = forms.ModelChoiceField(CHANNELS, required=False)
    country = forms.ChoiceField(choices=[(code, code) for code in COUNTRIES], required=False)
    tag = forms.ModelChoiceField(Tag.objects.all(), required=False)
    q = forms.CharField(required=False, max_length=100)


def wanted_talks(request: HttpRequest) -> TalkFilter:
    """A wish that can't be read is no wish: the whole list is shown."""
    form = ListForm(request.GET)
    form.is_valid()
    wish = form.cleaned_data
    tab = TABS.get(wish.get("tab") or "", WAITING if wish.get("waiting") else ALL)
    channel, tag = wish.get("channel"), wish.get("tag")
    return TalkFilter(
        request.user,
        tab,
        account_id=channel.pk if channel else None,
        country=wish.get("country") or "",
        tag_id=tag.pk if tag else None,
        words=(wish.get("q") or "").strip(),
    )


def filters_of(request: HttpRequest) -> str:
    """The part of the address that says which chats are listed."""
    kept = request.GET.copy()
    for name in set(kept) - set(FILTERS):
        del kept[name]
    return kept.urlencode()


def list_context(request: HttpRequest, open_id: int | None = None) -> dict[str, Any]:
    wanted = wanted_talks(request)
    page = talk_page(wanted, TalkPlace.parse(request.GET.get("after", "")))
    return {
        "wanted": wanted,
        "filters": filters_of(request),
        "tabs": _tabs(request, wanted),
        "rows": [TalkRow(talk, wanted.tab, talk.pk == open_id) for talk in page.talks],
        "after": page.after,
        "channels": CHANNELS.all(),
        "countries": country_names(),
        "tags": Tag.objects.all(),
    }


def country_names() -> list[tuple[str, str]]:
    names = Locale((get_language() or "ru")[:2]).territories
    return sorted(((code, str(names[code])) for code in COUNTRIES), key=lambda pair: pair[1])


def _tabs(request: HttpRequest, wanted: TalkFilter) -> list[dict[str, Any]]:
    others = request.GET.copy()
    for name in set(others) - {"channel", "country", "tag", "q"}:
        del others[name]
    tabs = []
    for tab in TABS.values():
        others["tab"] = tab.code
        tabs.append(
            {
                "tab": tab,
                "url": f"?{others.urlencode()}",
                "is_current": tab is wanted.tab,
                "count": waiting_count(request) if tab is WAITING else 0,
            }
        )
    return tabs


def waiting_count(request: HttpRequest) -> int:
    return waiting_conversations(request.user).count()


def list_page(request: HttpRequest) -> HttpResponse:
    # Before the rows: what changes while they are read is told again, never missed.
    cursor = latest_cursor()
    context = {
        **admin.site.each_context(request),
        **list_context(request),
        "title": _("Chats"),
        "cursor": str(cursor),
    }
    return render(request, "admin/chat/list.html", context)


@require_GET
@may_view
def more_rows(request: HttpRequest) -> HttpResponse:
    """A fragment: the chats after a place, and the link to those after them."""
    after = TalkPlace.parse(request.GET.get("after", ""))
    if after is None:
        raise Http404
    wanted = wanted_talks(request)
    page = talk_page(wanted, after)
    context = {
        "rows": [TalkRow(talk, wanted.tab) for talk in page.talks],
        "after": page.after,
        "filters": filters_of(request),
    }
    return render(request, "admin/chat/list_rows.html", context)


@require_GET
@may_view
def changed_rows(request: HttpRequest) -> JsonResponse:
    """The chats that live notices named, as they are now; one that left the list is missing."""
    talks = numbers(request.GET.getlist("conversation"), MOST_CHANGES)
    leads = numbers(request.GET.getlist("lead"), MOST_CHANGES)
    wanted, filters = wanted_talks(request), filters_of(request)
    rows = [TalkRow(talk, wanted.tab) for talk in changed_talks(wanted, talks, leads)]
    return JsonResponse(
        {
            "rows": [
                {"id": row.talk.pk, "place": row.place, "html": _html(request, row, filters)}
                for row in rows
            ],
            "waiting": waiting_count(request),
        }
    )


def _html(request: HttpRequest, row: TalkRow, filters: str) -> str:
    context = {"row": row, "filters": filters}
    return render_to_string("admin/chat/list_row.html", context, request)
