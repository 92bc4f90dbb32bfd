from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from common.errors import Conflict, InvalidInput
from leads.models import Lead, LeadHistory, Tag
from leads.services import Actor
from leads.steps import finish_step, plan_step, postpone_step, restore_step, tag_lead
from leads.tests.factories import make_lead
from live.models import LiveEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return Actor(User.objects.create(username="aigul"), "board")


def history(kind: str) -> list[tuple[str, str]]:
    rows = LeadHistory.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("before", "after"))


def test_a_step_is_planned_and_told(actor: Actor) -> None:
    lead, due = make_lead(), timezone.now() + timedelta(days=1)

    plan_step(lead.pk, "  Перезвонить ", due, actor=actor, kind="call")

    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at, lead.next_step_kind) == ("Перезвонить", due, "call")
    assert lead.version == 2
    assert history("step") == [("", f"Перезвонить, {timezone.localtime(due):%d.%m.%Y %H:%M}")]
    assert LiveEvent.objects.filter(kind="lead.changed", payload={"lead": lead.pk}).count() == 1


@pytest.mark.parametrize(
    ("text", "days", "code"), [(" ", 1, "empty"), ("Да", -3, "date"), ("Да", 800, "date")]
)
def test_a_step_without_words_or_with_a_wild_day_is_refused(
    actor: Actor, text: str, days: int, code: str
) -> None:
    lead = make_lead()

    with pytest.raises(InvalidInput) as refusal:
        plan_step(lead.pk, text, timezone.now() + timedelta(days=days), actor=actor)

    assert refusal.value.code == code
    assert Lead.objects.get().version == 1
    assert history("step") == []


def test_a_step_is_finished_once(actor: Actor) -> None:
    lead = make_lead()
    plan_step(lead.pk, "Перезвонить", timezone.now() + timedelta(days=1), actor=actor)

    finish_step(lead.pk, actor=actor)
    finish_step(lead.pk, actor=actor)

    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at) == ("", None)
    assert len(history("step")) == 2


@pytest.mark.parametrize(("due_in", "expected_in"), [(-5, 1), (0, 1), (4, 5)])
def test_a_step_is_put_off_from_today_or_from_its_later_day(
    actor: Actor, due_in: int, expected_in: int
) -> None:
    lead, today = make_lead(), timezone.localdate()
    due = timezone.localtime().replace(hour=14, minute=5) + timedelta(days=due_in)
    Lead.objects.filter(pk=lead.pk).update(next_step="Да", next_step_at=due)

    postpone_step(lead.pk, 1, actor=actor)

    lead.refresh_from_db()
    local = timezone.localtime(lead.next_step_at)
    assert (local.date(), local.hour) == (today + timedelta(days=expected_in), 14)


def test_there_must_be_a_step_to_put_off(actor: Actor) -> None:
    with pytest.raises(InvalidInput):
        postpone_step(make_lead().pk, 1, actor=actor)


def test_tags_are_set_exactly_and_made_when_unknown(actor: Actor) -> None:
    lead = make_lead()
    Tag.objects.create(name="Горящий")

    tag_lead(lead.pk, ["горящий", " VIP ", ""], actor=actor)
    tag_lead(lead.pk, ["vip", "горящий"], actor=actor)
    tag_lead(lead.pk, ["VIP"], actor=actor)

    assert [tag.name for tag in lead.tags.all()] == ["VIP"]
    assert Tag.objects.count() == 2
    assert history("tags") == [("", "VIP, Горящий"), ("VIP, Горящий", "VIP")]


def test_a_step_is_restored_as_long_as_nothing_else_has_changed(actor: Actor) -> None:
    lead, long_ago = make_lead(), timezone.now() - timedelta(days=40)

    restored = restore_step(lead.pk, "Позвонить", long_ago, "call", version=1, actor=actor)

    assert (restored.next_step, restored.next_step_at) == ("Позвонить", long_ago)
    with pytest.raises(Conflict):
        restore_step(lead.pk, "", None, "task", version=1, actor=actor)
    assert Lead.objects.get().next_step == "Позвонить"
