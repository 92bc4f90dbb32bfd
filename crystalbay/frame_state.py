"""Numbers around every page, for pages that are open: they ask again when the feed speaks."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from crystalbay.menu import menu_for
from live.notifications import newest_unread, unread_count


@require_GET
@never_cache
def frame_state(request: HttpRequest) -> JsonResponse:
    counters = {item.key: item.count for item in menu_for(request).items() if item.key}
    reader = request.user.pk or 0
    newest = newest_unread(reader)
    return JsonResponse(
        {
            "counters": counters,
            "unread": unread_count(reader),
            "newest": newest and {"text": newest.text, "url": newest.url},
        }
    )
