"""«Сегодня»: what waits for whom, one tap on it, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from chat.tests.factories import write
from crystalbay.roles import ACCOUNTANT, HEAD, MANAGER, READER, ensure_roles
from crystalbay.tests.test_admin_pages import assert_strict
from leads.models import Lead, LeadHistory
from leads.services import BOT, assign_lead, move_lead
from leads.tests.factories import make_client, make_lead

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """At noon there are hours of today on both sides."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)


def hours(count: float) -> Any:
    return timezone.now() + timedelta(hours=count)


def person(role: str, name: str) -> User:
    ensure_roles()
    user = User.objects.create_user(name, password="x", is_staff=True, first_name=name.title())
    user.groups.add(Role.objects.get(name=role))
    return user


@pytest.fixture
def aigul(client: Browser) -> User:
    user = person(MANAGER, "aigul")
    client.force_login(user)
    return user


def lead_of(user: User | None, due: Any = None, *, name: str = "", **fields: Any) -> Lead:
    lead = make_lead(make_client(**({"name": name} if name else {})))
    step = "Позвонить" if due else ""
    changed = {"assignee": user, "next_step": step, "next_step_at": due, **fields}
    Lead.objects.filter(pk=lead.pk).update(**changed)
    return Lead.objects.get(pk=lead.pk)


def talk_of(user: User | None, chat_id: str, waits_h: float | None = 1, **fields: Any) -> Any:
    talk = write("Когда вылет?", chat_id=chat_id)
    since = None if waits_h is None else hours(-waits_h)
    Conversation.objects.filter(pk=talk.pk).update(unanswered_since=since, **fields)
    Lead.objects.filter(pk=talk.lead_id).update(assignee=user, next_step_at=hours(99))
    return Conversation.objects.get(pk=talk.pk)


def day(browser: Browser, **query: Any) -> dict[str, list[str]]:
    """Kind of group -> keys of its rows, in the order of the page."""
    groups = browser.get(reverse("admin:index"), query).context["groups"]
    return {str(one.group.kind): [row.key for row in one.group.rows] for one in groups}


def act(browser: Browser, do: str, **fields: Any) -> Any:
    return browser.post(reverse("admin:today_act"), {"do": do, **fields}, **JSON)


def take_back(browser: Browser, told: dict[str, Any]) -> Any:
    return browser.post(reverse("admin:today_act"), told["undo"], **JSON)


def test_all_sources_stand_in_one_list_the_most_urgent_first(client: Browser, aigul: User) -> None:
    gap = lead_of(aigul)
    later_today, late = lead_of(aigul, hours(3)), lead_of(aigul, hours(-1))
    later_late = lead_of(aigul, hours(-30))
    woke = talk_of(aigul, "woke", None, snoozed_until=hours(-1))
    short, long = talk_of(None, "short", 1), talk_of(aigul, "long", 5)

    assert list(day(client).items()) == [
        ("waiting", [f"talk-{long.pk}", f"talk-{short.pk}"]),
        ("overdue", [f"lead-{later_late.pk}", f"lead-{late.pk}"]),
        ("woke", [f"talk-{woke.pk}"]),
        ("today", [f"lead-{later_today.pk}"]),
        ("no_step", [f"lead-{gap.pk}"]),
    ]


def test_what_is_not_ones_own_or_not_due_is_left_out(client: Browser, aigul: User) -> None:
    colleague = person(MANAGER, "timur")
    lead_of(colleague, hours(-1))
    lead_of(colleague)
    lead_of(None, hours(-1))
    lead_of(aigul, hours(20))
    move_lead(lead_of(aigul).pk, "won", actor=BOT)
    talk_of(colleague, "theirs")
    talk_of(aigul, "put-off", 1, snoozed_until=hours(2))
    talk_of(aigul, "answered", None)

    assert day(client) == {}
    page = client.get(reverse("admin:index"))
    assert "На сегодня всё" in page.content.decode()
    assert_strict(page)


def test_a_promised_call_has_its_number(client: Browser, aigul: User) -> None:
    lead = lead_of(aigul, hours(-1), next_step_kind="call")
    lead.client.identities.create(kind="phone", value="+77012223344")

    page = client.get(reverse("admin:index")).content.decode()

    assert 'href="tel:+77012223344"' in page


def test_leads_without_a_step_are_limited_and_counted(client: Browser, aigul: User) -> None:
    for _number in range(13):
        lead_of(aigul)

    page = client.get(reverse("admin:index"))

    (shown,) = page.context["groups"]
    assert (len(shown.group.rows), shown.group.total, shown.group.hidden) == (10, 13, 3)
    assert "Ещё 3" in page.content.decode()
    rows = client.get(shown.group.all_url).context["cl"].result_count
    assert rows == 13


def test_names_with_markup_stay_text(client: Browser, aigul: User) -> None:
    lead_of(aigul, hours(-1), name='<script>alert(1)</script>"\u202e', next_step="<b>x</b>")

    page = client.get(reverse("admin:index"))

    assert_strict(page)
    assert "&lt;b&gt;x&lt;/b&gt;" in page.content.decode()


def test_a_step_is_done_and_taken_back(client: Browser, aigul: User) -> None:
    due = hours(-48)
    lead = lead_of(aigul, due, name="Асель", next_step_kind="call")

    told = act(client, f"lead-{lead.pk}:done").json()

    assert told["said"] == "Сделано: Асель"
    assert day(client) == {"no_step": [f"lead-{lead.pk}"]}
    back = take_back(client, told)
    assert back.status_code == 200
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at, lead.next_step_kind) == ("Позвонить", due, "call")
    assert day(client) == {"overdue": [f"lead-{lead.pk}"]}
    assert LeadHistory.objects.filter(kind="step", origin="today", actor=aigul).count() == 2


def test_what_a_colleague_has_changed_since_is_not_taken_back(client: Browser, aigul: User) -> None:
    lead = lead_of(aigul, hours(-1))
    told = act(client, f"lead-{lead.pk}:done").json()
    move_lead(lead.pk, "selection", actor=BOT)

    answer = take_back(client, told)

    assert answer.status_code == 409
    assert "только что изменили" in answer.json()["detail"]
    assert Lead.objects.get(pk=lead.pk).next_step == ""


@pytest.mark.parametrize(("act_name", "days"), [("day", 1), ("3days", 3)])
def test_a_step_is_put_off(client: Browser, aigul: User, act_name: str, days: int) -> None:
    lead = lead_of(aigul, hours(-26))

    told = act(client, f"lead-{lead.pk}:{act_name}").json()

    lead.refresh_from_db()
    expected = timezone.localtime(hours(-2)) + timedelta(days=days)
    assert timezone.localtime(lead.next_step_at) == expected
    take_back(client, told)
    lead.refresh_from_db()
    assert lead.next_step_at == hours(-26)


def test_a_lead_without_a_step_gets_one(client: Browser, aigul: User) -> None:
    lead = lead_of(aigul)

    told = act(client, f"lead-{lead.pk}:3days").json()

    lead.refresh_from_db()
    due = timezone.localtime(lead.next_step_at)
    assert (lead.next_step, due.hour) == ("Связаться с клиентом", 9)
    assert due.date() == timezone.localdate() + timedelta(days=3)
    take_back(client, told)
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at) == ("", None)


def test_a_talk_needs_no_answer_or_is_put_off(client: Browser, aigul: User) -> None:
    first, second = talk_of(aigul, "first", 2), talk_of(aigul, "second")

    act(client, f"talk-{first.pk}:done")
    told = act(client, f"talk-{second.pk}:day").json()

    assert day(client) == {}
    first.refresh_from_db()
    assert first.unanswered_since is None
    take_back(client, told)
    assert day(client) == {"waiting": [f"talk-{second.pk}"]}


def test_a_talk_that_woke_is_done(client: Browser, aigul: User) -> None:
    talk = talk_of(aigul, "woke", None, snoozed_until=hours(-1), snoozed_by=aigul)

    act(client, f"talk-{talk.pk}:done")

    assert day(client) == {}
    talk.refresh_from_db()
    assert talk.snoozed_until is None


@pytest.mark.parametrize("is_talk", [True, False])
def test_a_row_is_given_to_a_colleague(client: Browser, aigul: User, is_talk: bool) -> None:
    timur = person(MANAGER, "timur")
    talk = talk_of(aigul, "talk") if is_talk else None
    lead = talk.lead if talk else lead_of(aigul, hours(-1))

    told = act(
        client, f"{'talk' if talk else 'lead'}-{talk.pk if talk else lead.pk}:give", to=timur.pk
    )

    assert told.json()["said"].endswith("теперь отвечает Timur")
    lead.refresh_from_db()
    assert lead.assignee == timur
    assert day(client) == {}


def test_a_talk_without_a_lead_can_not_be_given(client: Browser, aigul: User) -> None:
    talk = talk_of(aigul, "talk", lead=None)

    assert act(client, f"talk-{talk.pk}:give", to=aigul.pk).status_code == 400

    talk.refresh_from_db()
    assert talk.unanswered_since is not None
    assert day(client) == {"waiting": [f"talk-{talk.pk}"]}
    assert "data-give" not in client.get(reverse("admin:today_list")).content.decode()


def test_nothing_is_given_to_one_who_has_left(client: Browser, aigul: User) -> None:
    timur = person(MANAGER, "timur")
    User.objects.filter(pk=timur.pk).update(is_active=False)
    lead = lead_of(aigul, hours(-1))

    assert act(client, f"lead-{lead.pk}:give", to=timur.pk).status_code == 400
    assert act(client, f"lead-{lead.pk}:give").status_code == 400
    lead.refresh_from_db()
    assert lead.assignee == aigul


@pytest.mark.parametrize(
    "do", ["", "lead-1", "lead-x:done", "lead-1:won", "client-1:done", f"lead-{'9' * 30}:done"]
)
def test_a_wild_wish_is_refused(client: Browser, aigul: User, do: str) -> None:
    assert act(client, do).status_code == 400


def test_a_row_that_is_gone_says_404(client: Browser, aigul: User) -> None:
    assert act(client, "lead-999999:done").status_code == 404
    assert act(client, "talk-999999:done").status_code == 404


def test_a_colleagues_row_is_refused(client: Browser, aigul: User) -> None:
    timur = person(MANAGER, "timur")
    lead, talk = lead_of(timur, hours(-1)), talk_of(timur, "theirs")

    assert act(client, f"lead-{lead.pk}:done").status_code == 403
    assert act(client, f"talk-{talk.pk}:done").status_code == 403

    lead.refresh_from_db()
    talk.refresh_from_db()
    assert lead.next_step == "Позвонить"
    assert talk.unanswered_since is not None


@pytest.mark.parametrize("role", [ACCOUNTANT, READER])
def test_who_may_only_look_sees_no_buttons(client: Browser, role: str) -> None:
    user = person(role, "looker")
    client.force_login(user)
    lead = lead_of(user, hours(-1))

    page = client.get(reverse("admin:index")).content.decode()

    assert str(lead.client) in page
    assert 'name="do"' not in page
    assert act(client, f"lead-{lead.pk}:done").status_code == 403


def test_the_head_looks_at_a_colleagues_day_and_a_manager_does_not(client: Browser) -> None:
    aigul, timur, head = person(MANAGER, "aigul"), person(MANAGER, "timur"), person(HEAD, "head")
    lead = lead_of(timur, hours(-1))

    client.force_login(head)
    assert day(client, who=timur.pk) == {"overdue": [f"lead-{lead.pk}"]}
    assert day(client, who="x") == day(client) == {}
    client.force_login(aigul)
    assert day(client, who=timur.pk) == {}


def test_without_scripts_a_tap_leads_back_to_the_same_day(client: Browser) -> None:
    timur = person(MANAGER, "timur")
    client.force_login(person(HEAD, "head"))
    lead = lead_of(timur, hours(-1))

    answer = client.post(
        reverse("admin:today_act"), {"do": f"lead-{lead.pk}:done", "who": timur.pk}
    )

    assert answer["Location"] == f"{reverse('admin:index')}?who={timur.pk}"
    assert "Сделано" in client.get(answer["Location"]).content.decode()


def test_the_fragment_is_the_list_alone(client: Browser, aigul: User) -> None:
    lead_of(aigul, hours(-1), name="Асель")

    page = client.get(reverse("admin:today_list")).content.decode()

    assert "Асель" in page
    assert "<html" not in page


def test_queries_do_not_grow_with_the_rows(client: Browser, aigul: User) -> None:
    def fill(first: int) -> None:
        for number in range(first, first + 6):
            lead_of(aigul)
            late = lead_of(aigul, hours(-1), next_step_kind="call")
            late.client.identities.create(kind="phone", value=f"+7701{number:07}")
            lead_of(aigul, hours(1))
            talk_of(aigul, f"waits-{number}")
            talk_of(aigul, f"woke-{number}", None, snoozed_until=hours(-1))
            assign_lead(make_lead().pk, person(MANAGER, f"one-{number}"), actor=BOT)

    def queries(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    fill(0)
    client.get(reverse("admin:index"))
    few = [queries(reverse(f"admin:{name}")) for name in ("index", "today_list")]
    fill(10)
    many = [queries(reverse(f"admin:{name}")) for name in ("index", "today_list")]

    assert many == few
    # Bookings ask for money at risk, payments and tasks.
    # One of them only where PostgreSQL tells the place in the feed.
    assert few[0] <= 26
