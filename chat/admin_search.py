"""The page that searches the words of all chats, or of one."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chat.message_search import find_messages
from chat.web import conversation_or_404, may_view, number


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)


@require_GET
@may_view
def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    one = number(request.GET.get("conversation", ""))
    before = number(request.GET.get("before", ""))
    context = {
        **admin.site.each_context(request),
        "title": _("Search in messages"),
        "words": words,
        "conversation": conversation_or_404(request, one) if one else None,
        "page": find_messages(request.user, words, conversation_id=one, before=before),
    }
    return render(request, "admin/chat/search.html", context)
