"""The language of the back office: what the person chose, else Russian; never the browser's.

Customers' pages choose for themselves, so only addresses of the back office read the cookie.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "language"
CHOICES = {"ru": "Русский", "en": "English"}
YEAR_S = 31_536_000


class LanguageMiddleware(MiddlewareMixin):
    """Activate a language for every request: threads are used again by the next one."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(language_of(request))


def language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(COOKIE, "")
    is_ours = request.path_info.startswith(reverse("admin:index")) and chosen in CHOICES
    return chosen if is_ours else settings.LANGUAGE_CODE


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and come back to the page. An unknown one changes nothing."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = reverse("admin:index")
    answer = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in CHOICES:
        answer.set_cookie(
            COOKIE,
            language,
            max_age=YEAR_S,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer
