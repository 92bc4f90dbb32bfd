"""Messages in and out, and who may speak."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.models import AiRun, AiSuggestion, Conversation, Message
from chat.services.changes import apply_deletion, apply_edit
from chat.services.modes import set_mode
from chat.services.outbound import send_reply
from chat.tests.factories import write
from chat.topics import RESPOND, SEND_MESSAGE
from common.errors import InvalidInput
from integrations.accounts import webchat_account
from integrations.channels.base import InboundDeletion, InboundEdit
from integrations.delivery import outbox
from integrations.models import OutboxMessage
from leads.models import Client, ClientIdentity, Lead
from leads.selectors import current_facts
from leads.services import Actor, move_lead

pytestmark = pytest.mark.django_db


def deliver_all(topic=None):
    """Do what waits in the outbox, also what the delivered rows enqueue."""
    done = 0
    while True:
        rows = OutboxMessage.objects.filter(status="pending")
        rows = rows.filter(topic=topic) if topic else rows
        ids = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if outbox.deliver(pk)]
        if not ids:
            return done
        done += len(ids)


def bot_texts(conversation):
    return list(conversation.messages.filter(author="bot").values_list("text", flat=True))


def test_a_first_message_makes_client_lead_and_conversation():
    conversation = write("Здравствуйте")

    assert (Client.objects.count(), Lead.objects.count()) == (1, 1)
    assert ClientIdentity.objects.get().kind == "webchat"
    assert conversation.lead.stage_id == "new"
    assert conversation.lead.source.code == "webchat"
    assert conversation.unanswered_since is not None
    assert OutboxMessage.objects.get().topic == RESPOND


def test_a_known_message_is_not_stored_again():
    write("Здравствуйте", external_id="m1")
    write("Здравствуйте", external_id="m1")

    assert Message.objects.count() == 1


def test_a_burst_waits_for_one_answer():
    conversation = write("Здравствуйте")
    write("Хотим во Вьетнам")
    write("вдвоём")

    assert OutboxMessage.objects.filter(topic=RESPOND).count() == 1
    deliver_all()

    assert len(bot_texts(conversation)) == 1
    conversation.refresh_from_db()
    assert conversation.understood_id == conversation.messages.filter(author="customer").last().pk


def test_an_answer_moves_the_lead_forward_and_the_customer_waits_no_more():
    conversation = write("Здравствуйте")

    deliver_all()

    conversation.refresh_from_db()
    assert conversation.lead.stage_id == "consultation"
    assert conversation.unanswered_since is None
    answer = conversation.messages.get(author="bot")
    assert (answer.delivery, answer.answers) == ("sent", conversation.messages.first())
    suggestion = AiSuggestion.objects.get()
    assert (suggestion.outcome, suggestion.provider, suggestion.text) == (
        "sent",
        "rules",
        answer.text,
    )


def test_a_closed_inquiry_opens_a_new_lead_in_the_same_conversation(admin_user):
    conversation = write("Здравствуйте")
    move_lead(conversation.lead_id, "won", actor=Actor(admin_user, "board"))

    write("А теперь в Турцию")

    assert Lead.objects.count() == 2
    conversation.refresh_from_db()
    assert conversation.lead.stage_id == "new"
    assert Conversation.objects.count() == 1


def test_a_newer_message_overtakes_an_answer(monkeypatch):
    conversation = write("Здравствуйте")
    row = OutboxMessage.objects.get(topic=RESPOND)
    handler = outbox.outbox_handlers[RESPOND]
    thought = handler.perform(outbox.outgoing_of(row))

    write("Хочу в Турцию")
    with transaction.atomic():
        handler.apply(outbox.outgoing_of(row), thought)

    assert bot_texts(conversation) == []
    deliver_all()
    assert len(bot_texts(conversation)) == 1


@pytest.mark.parametrize("happens", ["deleted", "edited"])
def test_words_changed_while_the_bot_thinks_are_thought_about_anew(happens):
    conversation = write("Хочу в Турцию", external_id="m1")
    write("из Алматы", external_id="m2")
    row = OutboxMessage.objects.get(topic=RESPOND, status="pending")
    outgoing, handler = outbox.outgoing_of(row), outbox.outbox_handlers[RESPOND]
    thought = handler.perform(outgoing)
    OutboxMessage.objects.filter(pk=row.pk).update(status="done")

    if happens == "deleted":
        apply_deletion(webchat_account(), InboundDeletion("m2", "chat-1", timezone.now()))
    else:
        edit = InboundEdit("m2", "chat-1", "из Астаны", timezone.now())
        apply_edit(webchat_account(), edit)
    with transaction.atomic():
        handler.apply(outgoing, thought)
    assert bot_texts(conversation) == []
    deliver_all()

    city = {"deleted": None, "edited": "Астана"}[happens]
    assert current_facts(conversation.lead_id).get("departure_city") == city
    assert len(bot_texts(conversation)) == 1


def test_an_overtaken_answer_is_metered_all_the_same():
    write("Здравствуйте")
    row = OutboxMessage.objects.get(topic=RESPOND)
    outgoing, handler = outbox.outgoing_of(row), outbox.outbox_handlers[RESPOND]
    thought = handler.perform(outgoing)

    write("Хочу в Турцию")
    with transaction.atomic():
        handler.apply(outgoing, thought)

    assert list(AiRun.objects.values_list("provider", "outcome")) == [("rules", "ok")]


def test_a_manager_silences_the_bot_at_once(admin_user):
    conversation = write("Здравствуйте")
    row = OutboxMessage.objects.get(topic=RESPOND)
    handler = outbox.outbox_handlers[RESPOND]
    thought = handler.perform(outbox.outgoing_of(row))

    send_reply(conversation.pk, "Добрый день, это Алия", user=admin_user, client_key="k1")
    with transaction.atomic():
        handler.apply(outbox.outgoing_of(row), thought)
    deliver_all()

    conversation.refresh_from_db()
    assert conversation.mode == "human"
    assert bot_texts(conversation) == []
    assert conversation.lead.assignee == admin_user
    assert conversation.unanswered_since is None


def test_what_the_bot_has_not_sent_yet_is_withdrawn(admin_user):
    conversation = write("Здравствуйте")
    deliver_all(RESPOND)
    assert conversation.messages.get(author="bot").delivery == "pending"

    send_reply(conversation.pk, "Добрый день", user=admin_user, client_key="k1")
    deliver_all()

    assert conversation.messages.get(author="bot").delivery == "cancelled"
    assert conversation.messages.get(author="staff").delivery == "sent"
    statuses = OutboxMessage.objects.filter(topic=SEND_MESSAGE).order_by("pk")
    assert [row.status for row in statuses] == ["cancelled", "done"]


def test_after_a_manager_the_bot_only_listens(admin_user):
    conversation = write("Здравствуйте")
    send_reply(conversation.pk, "Добрый день", user=admin_user, client_key="k1")

    write("Нас двое, хотим в Турцию из Алматы")
    deliver_all()

    assert bot_texts(conversation) == []
    conversation.refresh_from_db()
    assert conversation.unanswered_since is not None
    assert current_facts(conversation.lead_id)["countries"] == ["TR"]


def test_a_conversation_can_be_given_back_to_the_bot(admin_user):
    conversation = write("Здравствуйте")
    set_mode(conversation.pk, "human", user=admin_user)
    set_mode(conversation.pk, "bot", user=admin_user)

    write("Хочу в Турцию")
    deliver_all()

    assert len(bot_texts(conversation)) == 1
    modes = conversation.lead.history.filter(kind="mode").order_by("pk")
    assert [(row.before, row.after) for row in modes] == [("bot", "human"), ("human", "bot")]


def test_in_drafts_mode_the_answer_waits_for_a_manager(admin_user):
    conversation = write("Здравствуйте")
    set_mode(conversation.pk, "drafts", user=admin_user)

    deliver_all()

    assert bot_texts(conversation) == []
    assert AiSuggestion.objects.get().outcome == "draft"
    conversation.refresh_from_db()
    assert conversation.unanswered_since is not None


def test_a_double_submit_is_one_message(admin_user):
    conversation = write("Здравствуйте")

    first = send_reply(conversation.pk, "Добрый день", user=admin_user, client_key="k1")
    second = send_reply(conversation.pk, "Добрый день", user=admin_user, client_key="k1")

    assert first == second
    assert OutboxMessage.objects.filter(topic=SEND_MESSAGE).count() == 1


@pytest.mark.parametrize(("text", "code"), [("  ", "empty"), ("а" * 4001, "too_long")])
def test_a_bad_reply_is_refused_and_nothing_changes(admin_user, text, code):
    conversation = write("Здравствуйте")

    with pytest.raises(InvalidInput) as refused:
        send_reply(conversation.pk, text, user=admin_user, client_key="k1")

    assert refused.value.code == code
    conversation.refresh_from_db()
    assert conversation.mode == "bot"
    assert conversation.messages.filter(author="staff").count() == 0


def test_the_database_refuses_two_bot_answers_to_one_message():
    conversation = write("Здравствуйте")
    deliver_all()
    answer = conversation.messages.get(author="bot")

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            conversation=conversation,
            author="bot",
            text="ещё раз",
            delivery="pending",
            answers=answer.answers,
        )


def test_a_dead_bot_calls_a_person():
    conversation = write("Здравствуйте")
    row = OutboxMessage.objects.get(topic=RESPOND)

    outbox.outbox_handlers[RESPOND].give_up(outbox.outgoing_of(row), "internal", "bug")

    conversation.refresh_from_db()
    assert conversation.mode == "human"
    assert conversation.unanswered_since is not None


def test_relative_dates_count_from_the_day_of_the_message_in_almaty():
    late = timezone.now().replace(hour=20, minute=0)  # the next day has begun in Almaty
    conversation = write("Хочу в Турцию завтра", sent_at=late)

    deliver_all()

    expected = timezone.localtime(late).date() + timedelta(days=1)
    assert current_facts(conversation.lead_id)["date_from"] == expected.isoformat()
