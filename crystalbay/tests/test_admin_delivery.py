"""Buttons «try again» and «cancel» on outgoing actions and incoming events."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from integrations.accounts import webchat_account
from integrations.models import InboxEvent, OutboxMessage

pytestmark = pytest.mark.django_db
LIST = "admin:integrations_outboxmessage_changelist"


@pytest.fixture
def stuck():
    later = timezone.now() + timedelta(hours=1)
    return OutboxMessage.objects.create(
        topic="chat.unknown", key="1", status="needs_attention", error="x", next_try_at=later
    )


def act(client, row, action):
    page = reverse("admin:integrations_outboxmessage_change", args=[row.pk])
    return client.post(page.removesuffix("change/") + f"act/{action}/")


def test_retry_makes_it_due(admin_client, stuck):
    assert act(admin_client, stuck, "retry").status_code == 302
    stuck.refresh_from_db()
    assert (stuck.status, stuck.error) == ("pending", "")
    assert stuck.next_try_at <= timezone.now()


def test_cancel_ends_it(admin_client, stuck):
    act(admin_client, stuck, "cancel")
    stuck.refresh_from_db()
    assert stuck.status == "cancelled"


def test_reading_the_address_changes_nothing(admin_client, stuck):
    page = reverse("admin:integrations_outboxmessage_change", args=[stuck.pk])
    url = page.removesuffix("change/") + "act/cancel/"
    assert admin_client.get(url).status_code == 405
    stuck.refresh_from_db()
    assert stuck.status == "needs_attention"


def test_who_may_only_look_may_not_act(client, stuck):
    person = User.objects.create(username="reader", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_outboxmessage"))
    client.force_login(person)
    page = client.get(reverse("admin:integrations_outboxmessage_change", args=[stuck.pk]))
    assert "/act/" not in page.content.decode()
    assert act(client, stuck, "retry").status_code == 403


def test_many_at_once(admin_client, stuck):
    chosen = {"action": "retry_chosen", "_selected_action": [stuck.pk]}
    admin_client.post(reverse(LIST), chosen)
    stuck.refresh_from_db()
    assert stuck.status == "pending"


def test_event_can_be_processed_again(admin_client):
    event = InboxEvent.objects.create(
        account=webchat_account(), external_id="1", ordering_key="1", status="needs_attention"
    )
    page = reverse("admin:integrations_inboxevent_change", args=[event.pk])
    admin_client.post(page.removesuffix("change/") + "act/retry/")
    event.refresh_from_db()
    assert event.status == "pending"
