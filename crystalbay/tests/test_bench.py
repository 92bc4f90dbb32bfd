"""The measuring tool measures: a small world, every page for both persons."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from chat.models import Message
from crystalbay.bench import measure
from leads.models import Lead

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGES = {
    "board", "board, more", "board, hot", "today", "chats", "thread", "leads", "search, name",
    "search, phone", "search, words", "search, nothing", "bookings", "bookings, board", "tourists",
    "radar", "payments, planned", "payments, ledger", "booking",
}  # fmt: skip


def test_the_bench_measures_every_page_for_both_persons(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "RUNS", 1)
    monkeypatch.setattr(measure, "WARM_UP", 0)

    call_command("bench", leads=2000)

    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["leads"] == 2000
    for who in (measure.HEAD, measure.MANAGER):
        figures = [one for one in answer["figures"] if one["who"] == who]
        assert {one["name"] for one in figures} == PAGES
        assert max(one["queries"] for one in figures) <= 34, figures
        assert {one["name"]: one["kilobytes"] for one in figures if one["kilobytes"] >= 205} == {}
    assert (Lead.objects.count(), Message.objects.count()) == (2000, 8000)
    assert Lead.objects.filter(tags__name="VIP").count() == 80
    assert Lead.objects.exclude(next_step="").count() == 667
