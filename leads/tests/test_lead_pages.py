"""The lists of leads and clients, what one does with many at once, and the page of a lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead, LeadHistory, LostReason, Tag
from leads.services import BOT, NewFact, add_identity, assign_lead, move_lead, record_facts
from leads.steps import change_tags, tag_lead
from leads.tests.factories import BOARD, make_client, make_lead

pytestmark = pytest.mark.django_db
FORMS = ("TOTAL", "INITIAL")
LIST = "admin:leads_lead_changelist"


def worker(name: str, **fields: Any) -> User:
    user = User.objects.create(username=name, **({"is_staff": True} | fields))
    rights = Permission.objects.filter(codename__in=["change_lead", "view_lead"])
    user.user_permissions.set(rights)
    return user


def listed(browser: Browser, **query: Any) -> set[int]:
    answer = browser.get(reverse(LIST), query)
    assert answer.status_code == 200
    return {lead.pk for lead in answer.context["cl"].result_list}


def bulk(browser: Browser, action: str, leads: list[Lead], **fields: Any) -> Any:
    wish = {"action": action, "_selected_action": [lead.pk for lead in leads], **fields}
    return browser.post(reverse(LIST), wish, follow=True)


def due_in(days: float, lead: Lead | None = None) -> Lead:
    lead = lead or make_lead()
    due = timezone.now() + timedelta(days=days)
    Lead.objects.filter(pk=lead.pk).update(next_step="Позвонить", next_step_at=due)
    return lead


def test_filters_find_what_they_say(admin_client: Browser, admin_user: User) -> None:
    aigul = worker("aigul")
    mine, hers, free = make_lead(), make_lead(), make_lead()
    assign_lead(mine.pk, admin_user, actor=BOARD)
    assign_lead(hers.pk, aigul, actor=BOARD)
    tag_lead(hers.pk, ["VIP"], actor=BOARD)
    record_facts(free.pk, [NewFact("countries", ["VN", "TH"])], actor=BOT)
    record_facts(hers.pk, [NewFact("countries", ["TR"])], actor=BOT)
    due_in(-1, mine)
    due_in(3, hers)

    assert listed(admin_client, whose="mine") == {mine.pk}
    assert listed(admin_client, whose="nobody") == {free.pk}
    assert listed(admin_client, whose=aigul.pk) == {hers.pk}
    assert listed(admin_client, country="VN") == listed(admin_client, country="TH") == {free.pk}
    assert listed(admin_client, tags__id__exact=Tag.objects.get().pk) == {hers.pk}
    assert listed(admin_client, step="overdue") == {mine.pk}
    assert listed(admin_client, step="planned") == {hers.pk}
    assert listed(admin_client, step="none") == {free.pk}
    assert len(listed(admin_client, country="x", step="y", whose="z")) == 3


def test_a_closed_lead_is_neither_late_nor_without_a_step(admin_client: Browser) -> None:
    for lead in (due_in(-1), make_lead()):
        move_lead(lead.pk, "won", actor=BOARD)

    assert listed(admin_client, step="overdue") == listed(admin_client, step="none") == set()


def test_an_old_country_is_not_found(admin_client: Browser) -> None:
    lead = make_lead()
    record_facts(lead.pk, [NewFact("countries", ["VN"])], actor=BOT)
    record_facts(lead.pk, [NewFact("countries", ["TR"])], actor=BOT)

    assert listed(admin_client, country="VN") == set()
    assert listed(admin_client, country="TR") == {lead.pk}


def test_queries_of_the_lists_do_not_grow(admin_client: Browser, admin_user: User) -> None:
    def fill() -> None:
        for number in range(6):
            lead = due_in(number - 3)
            assign_lead(lead.pk, admin_user, actor=BOARD)
            change_tags(lead.pk, add=[f"тег {number}", "VIP"], actor=BOARD)
            add_identity(lead.client, "phone", f"+7701{lead.pk:07}")

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse(f"admin:{name}_changelist"))
        return len(captured)

    names = ("leads_lead", "leads_client", "leads_tag")
    fill()
    admin_client.get(reverse(LIST))
    few = [queries(name) for name in names]
    fill()
    assert [queries(name) for name in names] == few
    assert max(few) <= 17


def test_many_are_assigned(admin_client: Browser, admin_user: User) -> None:
    aigul, leads = worker("aigul"), [make_lead(), make_lead(), make_lead()]

    asked = bulk(admin_client, "assign", leads[:2])
    assert "Выбрано лидов: 2" in asked.content.decode()
    assert not Lead.objects.filter(assignee=aigul).exists()

    done = bulk(admin_client, "assign", leads[:2], apply=1, assignee=aigul.pk)
    assert "Выполнено: 2 из 2." in done.content.decode()
    assert set(Lead.objects.filter(assignee=aigul)) == set(leads[:2])
    assert LeadHistory.objects.filter(kind="assignee", actor=admin_user).count() == 2


def test_one_who_has_left_is_not_to_be_chosen(admin_client: Browser) -> None:
    gone, lead = worker("gone", is_active=False), make_lead()

    bulk(admin_client, "assign", [lead], apply=1, assignee=gone.pk)

    assert Lead.objects.get().assignee is None


def test_many_are_moved_and_a_loss_needs_its_reason(admin_client: Browser) -> None:
    leads, reason = [make_lead(), make_lead()], LostReason.objects.all()[0]

    refused = bulk(admin_client, "move", leads, apply=1, stage="lost")
    assert "Укажите причину отказа." in refused.content.decode()
    assert set(Lead.objects.values_list("stage", flat=True)) == {"new"}

    bulk(admin_client, "move", leads, apply=1, stage="lost", lost_reason=reason.pk)
    assert set(Lead.objects.values_list("stage", "lost_reason")) == {("lost", reason.pk)}


def test_many_get_a_next_step(admin_client: Browser) -> None:
    leads = [make_lead(), make_lead()]
    due = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)
    wish = {"apply": 1, "kind": "call", "text": "Позвонить"}

    refused = bulk(admin_client, "plan", leads, **wish, due_at="2001-01-01T10:00")
    assert "Выберите день" in refused.content.decode()
    assert not Lead.objects.exclude(next_step="").exists()

    bulk(admin_client, "plan", leads, **wish, due_at=f"{due:%Y-%m-%dT%H:%M}")
    rows = set(Lead.objects.values_list("next_step", "next_step_kind", "next_step_at"))
    assert rows == {("Позвонить", "call", due)}


def test_tags_are_put_on_and_taken_off_and_the_rest_stay(admin_client: Browser) -> None:
    first, second = make_lead(), make_lead()
    tag_lead(first.pk, ["VIP", "Горящий"], actor=BOARD)
    vip = Tag.objects.get(name="VIP")

    bulk(admin_client, "tag", [first, second], apply=1, add="дети, море", remove=[vip.pk])

    assert {tag.name for tag in first.tags.all()} == {"Горящий", "дети", "море"}
    assert {tag.name for tag in second.tags.all()} == {"дети", "море"}


def test_only_visible_leads_are_changed_in_bulk(client: Browser) -> None:
    aigul = worker("aigul")
    client.force_login(aigul)
    own, theirs = make_lead(), make_lead()
    assign_lead(theirs.pk, worker("timur"), actor=BOARD)

    bulk(client, "assign", [own, theirs], apply=1, assignee=aigul.pk)

    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (str(own.assignee), str(theirs.assignee)) == ("aigul", "timur")


def test_who_may_only_look_has_no_actions(client: Browser) -> None:
    looker, lead = worker("looker"), make_lead()
    looker.user_permissions.set(Permission.objects.filter(codename="view_lead"))
    client.force_login(looker)

    bulk(client, "move", [lead], apply=1, stage="won")

    assert Lead.objects.get().stage_id == "new"


def form(**fields: Any) -> dict[str, Any]:
    empty = {"wish": "", "amount": "", "currency": "", "next_step": "", "next_step_kind": "task"}
    numbers = {
        f"{name}-{what}_FORMS": 0 for name in ("facts", "history") for what in ("TOTAL", "INITIAL")
    }
    return {**empty, "next_step_at_0": "", "next_step_at_1": "", **numbers, **fields}


def test_the_step_of_the_form_goes_through_the_service(admin_client: Browser) -> None:
    lead, url = make_lead(), reverse("admin:leads_lead_change", args=[make_lead().pk])
    lead = Lead.objects.latest("pk")
    day = timezone.localdate() + timedelta(days=1)
    step = {"next_step": "Позвонить", "next_step_kind": "call"}
    due = {"next_step_at_0": f"{day:%d.%m.%Y}", "next_step_at_1": "10:00"}

    admin_client.post(url, form(**step, **due))
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_kind) == ("Позвонить", "call")
    assert f"{timezone.localtime(lead.next_step_at):%d.%m %H:%M}" == f"{day:%d.%m} 10:00"
    assert LeadHistory.objects.filter(lead=lead, kind="step").count() == 1

    admin_client.post(url, form(wish="Вьетнам", **step, **due))
    assert LeadHistory.objects.filter(lead=lead, kind="step").count() == 1

    admin_client.post(url, form())
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at) == ("", None)
    assert LeadHistory.objects.filter(lead=lead, kind="step").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"next_step": "Позвонить"},
        {"next_step_at_0": "01.01.2001", "next_step_at_1": "10:00", "next_step": "Позвонить"},
        {"next_step_at_0": "01.01.2030", "next_step_at_1": "10:00"},
    ],
)
def test_half_a_step_is_refused(admin_client: Browser, wrong: dict[str, str]) -> None:
    lead = make_lead()

    answer = admin_client.post(
        reverse("admin:leads_lead_change", args=[lead.pk]), form(wish="Турция", **wrong)
    )

    assert answer.status_code == 200
    assert Lead.objects.values_list("wish", "next_step", "next_step_at").get() == ("", "", None)


def test_a_late_step_does_not_stand_in_the_way(admin_client: Browser) -> None:
    lead = due_in(-30)
    lead.refresh_from_db()
    local = timezone.localtime(lead.next_step_at)
    step = {
        "next_step": "Позвонить",
        "next_step_at_0": f"{local:%d.%m.%Y}",
        "next_step_at_1": f"{local:%H:%M:%S}",
    }
    Lead.objects.update(next_step_at=local.replace(microsecond=0))

    answer = admin_client.post(
        reverse("admin:leads_lead_change", args=[lead.pk]), form(wish="Турция", **step)
    )

    assert answer.status_code == 302
    assert Lead.objects.get().wish == "Турция"


def test_the_lead_is_given_on_its_page(client: Browser) -> None:
    aigul, timur, lead = worker("aigul"), worker("timur"), make_lead()
    client.force_login(aigul)
    give = reverse("admin:leads_lead_give", args=[lead.pk])
    page = reverse("admin:leads_lead_change", args=[lead.pk])
    assert give in client.get(page).content.decode()

    assert client.post(give, {"assignee": aigul.pk})["Location"] == page
    assert client.post(give, {"assignee": "x"})["Location"] == page
    assert Lead.objects.get().assignee == aigul
    assert client.post(give, {"assignee": timur.pk})["Location"] == reverse(LIST)
    assert client.post(give, {"assignee": aigul.pk}).status_code == 403
    assert client.get(give).status_code == 405
    assert Lead.objects.get().assignee == timur


def test_history_says_by_what_rule_and_from_where(admin_client: Browser) -> None:
    lead = make_lead()
    assign_lead(lead.pk, worker("aigul"), actor=BOARD, note="по очереди")

    page = admin_client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()

    assert "aigul (по очереди)" in page
    assert "Воронка" in page


def test_clients_are_found_by_open_inquiry_and_channel(admin_client: Browser) -> None:
    idle, busy = make_client(), make_client()
    make_lead(busy)
    add_identity(idle, "email", "a@b.kz")

    def found(**query: str) -> set[int]:
        answer = admin_client.get(reverse("admin:leads_client_changelist"), query)
        return {client.pk for client in answer.context["cl"].result_list}

    assert found(open="yes") == {busy.pk}
    assert found(open="no") == found(channel="email") == {idle.pk}
    assert found(open="x", channel="y") == {idle.pk, busy.pk}


def test_a_tag_with_markup_stays_text(admin_client: Browser) -> None:
    tag_lead(make_lead().pk, ["<script>x"], actor=BOARD)

    for name in ("leads_lead", "leads_tag"):
        page = admin_client.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page
