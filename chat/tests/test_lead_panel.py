"""The chat on the sheet of a lead, and the leads that wait for an answer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chat.lead_panel import conversation_panel, waiting_lead_ids
from chat.models import Conversation, Message
from chat.tests.factories import write
from leads.tests.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> User:
    return make_staff("view_lead", "view_conversation", "view_all_leads")


def test_the_last_words_and_a_link_to_the_chat(viewer: User) -> None:
    talk = write("Хотим <b>на море</b>")
    assert talk.lead
    for number in range(8):
        Message.objects.create(
            conversation=talk, author="staff", delivery="sent", text=f"Ответ {number}"
        )

    html = conversation_panel(talk.lead, viewer)

    assert f"/{talk.pk}/thread/" in html
    assert f'data-talk="{talk.pk}"' in html
    assert "Ответ 2" in html
    assert "Ответ 1<" not in html
    assert html.index("Ответ 2") < html.index("Ответ 7")


def test_words_of_the_client_stay_words(viewer: User) -> None:
    talk = write("Хотим <b>на море</b>")
    assert talk.lead

    assert "&lt;b&gt;" in conversation_panel(talk.lead, viewer)


def test_who_may_not_see_chats_sees_no_panel() -> None:
    talk = write("Тайна")
    assert talk.lead

    assert conversation_panel(talk.lead, make_staff("view_lead", "view_all_leads")) == ""


def test_a_lead_waits_while_its_client_is_unanswered() -> None:
    talk = write("Вы тут?")
    Conversation.objects.filter(pk=talk.pk).update(unanswered_since=None)
    assert list(waiting_lead_ids()) == []

    Conversation.objects.filter(pk=talk.pk).update(unanswered_since=timezone.now())

    assert [row["lead"] for row in waiting_lead_ids()] == [talk.lead_id]
