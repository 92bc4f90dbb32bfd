"""The client's page of a selection: public, unguessable, without personal data, not indexed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from bookings.models import Selection, SelectionEvent, SelectionItem
from bookings.services import client_choices
from common.errors import DomainError
from common.web import is_script
from integrations.accounts import telegram_bot_name

LANGUAGES = ("ru", "kk", "en")
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Not for search engines, caches, or the sites that the page links to."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(guarded)


@private
@require_GET
@ensure_csrf_cookie
def selection_page(request: HttpRequest, token: str) -> HttpResponse:
    """Staff may look before it is sent; nobody else."""
    selection = _selection(token, may_preview=_is_staff(request))
    with translation.override(_language(selection)):
        return render(request, "selection/page.html", _context(request, selection))


@private
@require_GET
def selection_tours(request: HttpRequest, token: str) -> HttpResponse:
    """A fragment: the tours as they are now; 204 while prices are still being asked for."""
    selection = _selection(token)
    if request.GET.get("waiting") and _is_checking(selection):
        return HttpResponse(status=204)
    with translation.override(_language(selection)):
        return render(request, "selection/tours.html", _context(request, selection))


@private
@require_POST
def selection_opened(request: HttpRequest, token: str) -> HttpResponse:
    """The page says that a person looks at it: previews of messengers run no scripts."""
    selection = _selection(token)
    if _is_staff(request) or not selection.is_open:
        return JsonResponse({"is_checking": False})
    try:
        selection = client_choices.note_opening(token)
    except DomainError as error:
        return JsonResponse({"code": error.code, "detail": error.message}, status=409)
    return JsonResponse({"is_checking": _is_checking(selection)})


@private
@require_POST
def selection_act(request: HttpRequest, token: str, item_id: int, act: str) -> HttpResponse:
    """Like, question or choice, for scripts and for plain forms."""
    selection = _selection(token)
    if act not in ("like", "ask", "choose") or not selection.items.filter(pk=item_id).exists():
        raise Http404
    with translation.override(_language(selection)):
        try:
            said = _act(request, token, item_id, act)
        except DomainError as error:
            return _answer(request, selection, error.message, error)
        return _answer(request, selection, said)


def _act(request: HttpRequest, token: str, item_id: int, act: str) -> str:
    if act == "like":
        is_liked = request.POST.get("liked", "1") == "1"
        item = client_choices.like(token, item_id, is_liked=is_liked)
        return _("We will remember it.") if item.liked_at else _("The like is taken back.")
    if act == "ask":
        client_choices.ask(token, item_id, request.POST.get("question", ""))
        return _("Thank you! The manager will answer you in the chat.")
    client_choices.choose(token, item_id)
    return _("A good choice! The manager checks the price and writes to you within an hour.")


def _answer(
    request: HttpRequest, selection: Selection, said: str, error: DomainError | None = None
) -> HttpResponse:
    if is_script(request):
        answer = {"code": error.code, "detail": said} if error else {"said": said}
        return JsonResponse(answer, status=409 if error else 200)
    if error is None:
        return HttpResponseRedirect(reverse("selection", args=[selection.token]))
    context = {**_context(request, selection), "said": said}
    return render(request, "selection/page.html", context, status=409)


def _selection(token: str, *, may_preview: bool = False) -> Selection:
    selection = Selection.objects.select_related("lead__client").filter(token=token).first()
    if selection is None or not (selection.sent_at or may_preview):
        raise Http404
    return selection


def _context(request: HttpRequest, selection: Selection) -> dict[str, Any]:
    items = list(selection.items.select_related("offer", "first_offer"))
    asked = selection.events.filter(kind=SelectionEvent.Kind.ASKED)
    times = [item.offer.seen_at for item in items]
    return {
        "selection": selection,
        "items": items,
        "first": items[0].offer if items else None,
        "asked": set(asked.values_list("item_id", flat=True)),
        "is_open": selection.is_open,
        "is_preview": _is_staff(request),
        "is_checking": _is_checking(selection),
        "has_choice": any(item.chosen_at for item in items),
        "seen_at": min(times, default=None),
        "State": SelectionItem.State,
        "is_demo": settings.DEMO_MODE,
        "bot": telegram_bot_name(),
    }


def _is_checking(selection: Selection) -> bool:
    started, checked = selection.check_started_at, selection.checked_at
    if started is None or (checked and checked >= started):
        return False
    return timezone.now() - started < client_choices.CHECK_TAKES


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


def _language(selection: Selection) -> str:
    spoken = selection.lead.client.language
    return spoken if spoken in LANGUAGES else settings.LANGUAGE_CODE
