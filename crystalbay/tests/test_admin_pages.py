"""Every page of the back office opens, stays within its queries and obeys the CSP."""

import re
from datetime import time
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import CatalogueEntry, DocumentLook, EntryRule
from bookings.tests.booking_rows import confirmed, make_booking, pay
from chat.models import AiRun, Article, CannedReply, Conversation, Scenario, WorkDay
from integrations.accounts import webchat_account
from integrations.models import DeliveryAttempt, InboxEvent, MessageTemplate, OutboxMessage
from leads import services
from leads.models import AnalysisBatch, Lead, LeadSource, LostReason, StaffProfile, Tag

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ACTOR = services.Actor(user=None, origin="admin")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = [f"{model._meta.app_label}_{model._meta.model_name}" for model in MODELS]


def make_row(number):
    client = services.ensure_client("phone", f"+7701{number:07}", name=f"Client {number}")
    services.add_identity(client, "email", f"{number}@example.kz")
    lead = services.create_lead(client, source="webchat", actor=ACTOR)
    services.record_facts(lead.pk, [services.NewFact("adults", 2, "вдвоём")], actor=ACTOR)
    assignee = User.objects.create(username=f"person-{number}")
    services.assign_lead(lead.pk, assignee, actor=ACTOR)
    StaffProfile.objects.create(user=assignee)
    account = webchat_account()
    Conversation.objects.create(
        account=account, external_id=str(number), client=client, unanswered_since=timezone.now()
    )
    outgoing = OutboxMessage.objects.create(topic="chat.respond", key=f"conversation:{number}")
    DeliveryAttempt.objects.create(message=outgoing, started_at=timezone.now(), duration_ms=5)
    InboxEvent.objects.create(
        account=account, external_id=f"event-{number}", ordering_key="1", body='{"text": "Да"}'
    )
    MessageTemplate.objects.create(
        account=account, external_id=str(number), title="Да", text="{{1}}", status="approved"
    )
    make_booking_rows(number, lead, assignee)
    Group.objects.create(name=f"Group {number}")
    CatalogueEntry.objects.create(kind="hotel", code=number, name=f"Hotel {number}")
    CannedReply.objects.create(title=f"Reply {number}", shortcut=f"reply-{number}", text="Да")
    hours = {"opens_at": time(9), "closes_at": time(19)}
    WorkDay.objects.get_or_create(weekday=number % 7, defaults=hours)
    Article.objects.create(title=f"Article {number}", text="Да")
    AiRun.objects.create(provider="rules", outcome="ok", latency_ms=5)
    AnalysisBatch.objects.create(status="done", total=number, done=number, cursor=0)
    scenario = Scenario.objects.create(title=f"Scenario {number}")
    scenario.steps.create(says="Да")
    Tag.objects.create(name=f"Tag {number}")
    LeadSource.objects.create(code=f"source-{number}", name=f"Source {number}")
    LostReason.objects.create(code=f"reason-{number}", name=f"Reason {number}")


def make_booking_rows(number, lead, user):
    booking = confirmed(make_booking(lead=lead))
    pay(booking, "138.40")
    DocumentLook.objects.create(traveller=booking.travellers.first(), user=user, is_granted=True)
    EntryRule.objects.create(country=f"{chr(65 + number)}!")


@pytest.fixture
def row(db):
    make_row(1)


def list_url(name):
    return reverse(f"admin:{name}_changelist")


def object_url(model, page="change"):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"admin:{name}_{page}", args=[model._default_manager.first().pk])


def add_url(name):
    return reverse(f"admin:{name}_add")


class Strict(HTMLParser):
    """Collects what the content security policy would refuse."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.script = False

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name == "style" or name[:2] == "on"]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"inline {tag}")
        for name in ("src", "href", "action"):
            if re.match(r"(https?:)?//", names.get(name) or ""):
                self.found.append(f"{tag} {names[name]}")


def assert_strict(response):
    page = response.content.decode()
    parser = Strict()
    parser.feed(page)
    assert parser.found == []


@pytest.mark.parametrize("name", NAMES)
def test_list_opens(admin_client, row, name):
    response = admin_client.get(list_url(name))
    assert response.status_code == 200
    assert_strict(response)


@pytest.mark.parametrize("name", NAMES)
def test_list_can_be_searched_and_says_when_nothing_is_found(admin_client, row, name):
    model_admin = admin.site._registry[MODELS[NAMES.index(name)]]
    if not model_admin.search_fields:
        pytest.skip("no search here")
    response = admin_client.get(list_url(name), {"q": "no such thing"})
    assert response.status_code == 200
    assert 'class="card empty"' in response.content.decode()


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_form_opens(admin_client, row, model):
    response = admin_client.get(object_url(model))
    if model is Conversation:
        thread = reverse("admin:chat_conversation_thread", args=[Conversation.objects.get().pk])
        assert response["Location"] == thread
        return
    assert response.status_code == 200
    assert_strict(response)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_history_opens(admin_client, row, model):
    response = admin_client.get(object_url(model, "history"))
    assert response.status_code == 200
    assert_strict(response)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_add_and_delete_open_only_where_they_are_allowed(rf, admin_client, admin_user, row, model):
    request = rf.get("/")
    request.user = admin_user
    model_admin = admin.site._registry[model]
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    pages = (
        (add_url(name), model_admin.has_add_permission(request)),
        (object_url(model, "delete"), model_admin.has_delete_permission(request)),
    )
    for url, is_allowed in pages:
        response = admin_client.get(url)
        assert response.status_code == (200 if is_allowed else 403)
        if is_allowed:
            assert_strict(response)


@pytest.mark.parametrize("url", ["admin:index", "admin:password_change", "admin:leads_lead_board"])
def test_other_pages_open(admin_client, row, url):
    response = admin_client.get(reverse(url))
    assert response.status_code == 200
    assert_strict(response)


@pytest.mark.parametrize("app", ["leads", "auth", "integrations"])
def test_list_of_an_app_opens(admin_client, app):
    assert_strict(admin_client.get(reverse("admin:app_list", args=[app])))


def test_login_and_logout_pages(client, admin_client):
    login = client.get(reverse("admin:login"))
    assert login.status_code == 200
    assert_strict(login)
    assert_strict(admin_client.post(reverse("admin:logout")))


def test_password_of_a_person_can_be_set(admin_client, row):
    url = reverse(
        "admin:auth_user_password_change", args=[User.objects.get(username="person-1").pk]
    )
    assert_strict(admin_client.get(url))


def test_chosen_rows_are_deleted_after_a_question(admin_client, row):
    source = LeadSource.objects.get(code="source-1")
    chosen = {"action": "delete_selected", "_selected_action": [source.pk]}
    question = admin_client.post(list_url("leads_leadsource"), chosen)
    assert_strict(question)
    admin_client.post(list_url("leads_leadsource"), chosen | {"post": "yes"})
    assert not LeadSource.objects.filter(pk=source.pk).exists()


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_queries_of_lists_do_not_grow_with_the_rows(admin_client):
    for number in range(5):
        make_row(number)
    few = {name: queries_of(admin_client, list_url(name)) for name in NAMES}
    for number in range(5, 25):
        make_row(number)
    many = {name: queries_of(admin_client, list_url(name)) for name in NAMES}
    assert many == few


def test_overview_takes_few_queries(admin_client, row):
    # Session, person, one per card or counter; cursor, colleagues, the bell, and the
    # sources of the list.
    assert queries_of(admin_client, reverse("admin:index")) <= 22


@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_sent_to_the_login_and_staff_without_rights_away(client, row, name):
    url = list_url(name)
    assert client.get(url)["Location"].startswith(reverse("admin:login"))
    client.force_login(User.objects.create(username="new", is_staff=True))
    assert client.get(url).status_code == 403


def test_menu_shows_only_what_the_person_may_open(client, row):
    person = User.objects.create(username="new", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_client"))
    client.force_login(person)
    page = client.get(reverse("admin:index")).content.decode()
    assert list_url("leads_client") in page
    assert list_url("leads_lead") not in page
    assert list_url("auth_user") not in page


def test_menu_counts_unanswered_conversations(admin_client, row):
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert re.search(r'class="menu__count"\s+data-counter="unanswered">1<', page)


def test_names_with_markup_stay_text(admin_client, row):
    services.ensure_client("phone", "+77019999999", name='<script>alert(1)</script>"')
    assert_strict(admin_client.get(list_url("leads_client")))


def test_editing_a_lead_leaves_its_stage_to_the_services(admin_client, row):
    lead = Lead.objects.get()
    services.move_lead(lead.pk, "consultation", actor=ACTOR)
    form = {
        "wish": "Вьетнам",
        "amount": "",
        "currency": "",
        "next_step_kind": "call",
        "next_step": "Позвонить",
        "next_step_at_0": f"{timezone.localdate():%d.%m.%Y}",
        "next_step_at_1": "23:59",
        "stage": "won",
        "facts-TOTAL_FORMS": 0,
        "facts-INITIAL_FORMS": 0,
        "history-TOTAL_FORMS": 0,
        "history-INITIAL_FORMS": 0,
    }
    response = admin_client.post(object_url(Lead), form)
    assert response.status_code == 302
    edited = Lead.objects.get()
    assert (edited.wish, edited.next_step, edited.stage_id) == (
        "Вьетнам",
        "Позвонить",
        "consultation",
    )
    assert edited.version > lead.version + 1


def test_lead_added_by_hand_has_its_history(admin_client, row):
    lead = Lead.objects.get()
    form = {"client": lead.client_id, "source": lead.source_id, "wish": "Турция"}
    admin_client.post(add_url("leads_lead"), form)
    added = Lead.objects.latest("pk")
    assert (added.wish, added.stage_id) == ("Турция", "new")
    assert added.history.get().actor.username == "admin"


def test_secrets_are_never_shown(admin_client, row):
    account = webchat_account()
    url = reverse("admin:integrations_integrationaccount_change", args=[account.pk])
    assert account.secrets["token_keys"][0] not in admin_client.get(url).content.decode()
