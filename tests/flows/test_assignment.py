"""A customer who writes is given to a manager on shift, once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from chat.tests.factories import write
from leads.models import Lead, LeadHistory, StaffProfile

pytestmark = pytest.mark.django_db


def test_a_customer_who_writes_gets_a_manager_once() -> None:
    aigul = User.objects.create(username="aigul", is_staff=True)
    aigul.user_permissions.add(Permission.objects.get(codename="change_lead"))
    StaffProfile.objects.create(user=aigul, is_on_shift=True)

    write("Здравствуйте")
    write("Есть туры?")

    assert Lead.objects.get().assignee == aigul
    assert LeadHistory.objects.filter(kind="assignee").count() == 1
