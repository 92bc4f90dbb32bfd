"""`manage.py demo`: what it writes, what it leaves alone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from chat.models import Article, Conversation, Message, WorkDay
from chat.services.templates import templates_for
from crystalbay.demo.world import SHARES, count_by_stage
from integrations import registry
from integrations.models import IntegrationAccount, MessageTemplate, OutboxMessage
from integrations.wazzup import care
from leads.models import Client, ClientIdentity, Lead, LeadFact, LeadHistory, LeadSource

pytestmark = pytest.mark.django_db
SMALL = {"clients": 20, "leads": 30}
TABLES: tuple[type[Model], ...] = (
    *(Client, ClientIdentity, Lead, LeadFact, LeadHistory, Conversation, Message, User),
)


def demo(**options: Any) -> None:
    call_command("demo", verbosity=0, **{**SMALL, **options})


def counts() -> dict[str, int]:
    return {table.__name__: table._default_manager.count() for table in TABLES}


def told() -> list[tuple[Any, ...]]:
    rows = Message.objects.order_by("conversation__external_id", "pk")
    return list(rows.values_list("conversation__external_id", "author", "text"))


def test_full_size_stands_on_all_nine_stages() -> None:
    call_command("demo", verbosity=0)

    assert Counter(Lead.objects.values_list("stage", flat=True)) == SHARES
    assert Client.objects.count() == 200
    assert User.objects.filter(is_staff=True).count() == 4
    assert Lead.objects.filter(assignee=None).exists()
    assert not Lead.objects.filter(stage="lost", lost_reason=None).exists()
    assert Conversation.objects.filter(unanswered_since__isnull=False).exists()
    for messenger in ("WhatsApp", "Instagram"):
        talks = Conversation.objects.filter(account__name=f"{messenger} агентства")
        closes = [talk.window_closes_at for talk in talks]
        assert min(closes) < timezone.now() < max(closes)
    soon = timezone.now(), timezone.now() + timedelta(hours=6)
    late = Conversation.objects.filter(window_closes_at__range=soon)
    assert late.exclude(unanswered_since=None).exists()


def test_the_demo_worlds_whatsapp_is_what_its_fake_server_lists() -> None:
    demo()
    for cached in (registry.demo_wazzup, registry._demo_wazzup):
        cached.cache_clear()

    care.look_after_all()

    channels = IntegrationAccount.objects.filter(kind="wazzup_channel")
    assert sorted(channels.values_list("name", "state")) == [
        ("Instagram агентства", "ok"),
        ("WhatsApp агентства", "ok"),
    ]
    template = MessageTemplate.objects.get()
    assert (template.status, template.places) == ("approved", 2)
    assert template.variables == ["имя", "страна"]
    talk = Conversation.objects.filter(account__name="WhatsApp агентства").first()
    assert talk is not None
    assert templates_for(talk) == [template]


def test_nothing_is_invented_behind_a_real_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAZZUP_API_KEY", "real")
    demo()
    assert not IntegrationAccount.objects.filter(kind="wazzup_channel").exists()
    assert not MessageTemplate.objects.exists()


def test_leads_keep_the_dates_of_their_stories() -> None:
    demo()

    for lead in Lead.objects.all():
        assert lead.created_at <= lead.stage_changed_at
    days = {day.date() for day in Lead.objects.values_list("created_at", flat=True)}
    assert len(days) > 5


def test_history_leads_to_the_stage_of_today() -> None:
    demo()

    for lead in Lead.objects.all():
        moves = lead.history.filter(kind="stage").order_by("created_at", "pk")
        assert [row.after for row in moves][-1:] == (
            [lead.stage_id] if lead.stage_id != "new" else []
        )


def test_messages_are_numbered_in_the_order_of_the_talk() -> None:
    demo()

    for conversation in Conversation.objects.all():
        moments = list(conversation.messages.order_by("pk").values_list("created_at", flat=True))
        assert moments == sorted(moments)
        assert conversation.last_message_at == moments[-1]


def test_nobody_waits_since_an_earlier_inquiry() -> None:
    call_command("demo", verbosity=0)

    waiting = Conversation.objects.filter(unanswered_since__isnull=False).select_related("lead")
    assert 20 <= len(waiting) <= 60
    for conversation in waiting:
        assert conversation.lead is not None
        assert conversation.unanswered_since >= conversation.lead.created_at


def test_the_same_seed_gives_the_same_data_again() -> None:
    demo(seed=5)
    first = counts(), told()

    demo(seed=5)

    assert (counts(), told()) == first


def test_what_people_entered_survives() -> None:
    client = Client.objects.create(name="Настоящий клиент")
    ClientIdentity.objects.create(client=client, kind="phone", value="+77000000001")
    lead = Lead.objects.create(client=client, source=LeadSource.objects.get(code="manual"))

    demo(seed=6)
    demo(seed=7)

    assert Lead.objects.filter(pk=lead.pk).exists()
    assert client.identities.get().value == "+77000000001"
    assert Lead.objects.count() == SMALL["leads"] + 1


def test_actions_for_deleted_talks_go_with_them() -> None:
    demo()
    gone = Conversation.objects.first()
    assert gone is not None
    OutboxMessage.objects.create(topic="chat.respond", key=f"conversation:{gone.pk}")
    OutboxMessage.objects.create(topic="chat.respond", key="conversation:0")

    demo()

    assert list(OutboxMessage.objects.values_list("key", flat=True)) == ["conversation:0"]


def test_managers_cannot_log_in_before_they_have_a_password() -> None:
    demo()

    assert not any(user.has_usable_password() for user in User.objects.all())


def test_refused_outside_the_demo_world(settings: Settings) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="DEMO_MODE=1"):
        demo()

    assert not Client.objects.exists()


@pytest.mark.parametrize("options", [{"clients": 0}, {"clients": 31}, {"clients": 10_000}])
def test_impossible_sizes_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="Клиентов может быть"):
        demo(**options)


def test_uneven_sizes_are_shared_out() -> None:
    demo(clients=9, leads=47)

    assert Counter(Lead.objects.values_list("stage", flat=True)) == count_by_stage(47)


def test_the_scenarios_of_the_demo_hold_with_the_rules(settings: Settings) -> None:
    settings.DEMO_MODE = True
    demo()
    demo()
    out = StringIO()

    call_command("ai_bench", repeats=2, stdout=out)

    assert out.getvalue().endswith("7 scenarios: stable 7, flaky 0, failed 0\n")
    assert (Article.objects.count(), WorkDay.objects.count()) == (6, 6)
