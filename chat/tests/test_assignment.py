from __future__ import annotations

import pytest

from chat.tests.factories import write
from leads.models import Lead, LeadHistory
from leads.tests.test_assignment import worker

pytestmark = pytest.mark.django_db


def test_a_customer_who_writes_gets_a_manager_once() -> None:
    aigul = worker("a")

    write("Здравствуйте")
    write("Есть туры?")

    assert Lead.objects.get().assignee == aigul
    assert LeadHistory.objects.filter(kind="assignee").count() == 1
