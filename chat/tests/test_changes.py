"""What happens to a message after it was written, in whatever order the channel tells it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import EarlyReport, Message, MessageVersion
from chat.services.changes import (
    apply_deletion,
    apply_delivery_update,
    apply_edit,
    settle_early_reports,
)
from chat.services.inbound import receive_message
from chat.services.outbound import send_reply
from chat.tests.factories import write
from chat.tests.test_services import deliver_all
from integrations.accounts import webchat_account
from integrations.channels.base import (
    DeliveryUpdate,
    InboundAttachment,
    InboundDeletion,
    InboundEdit,
    InboundMessage,
    Sender,
)
from integrations.models import OutboxMessage

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def edit(text, external_id="m1", at=NOW):
    return apply_edit(webchat_account(), InboundEdit(external_id, "chat-1", text, at))


def report(status, external_id="ours", reason=""):
    return apply_delivery_update(
        webchat_account(), DeliveryUpdate(external_id, status, NOW, reason)
    )


@pytest.fixture
def sent(admin_user):
    """A message of ours that the channel knows as «ours»."""
    conversation = write("Здравствуйте")
    message = send_reply(conversation.pk, "Добрый день", user=admin_user, client_key="key-12345")
    Message.objects.filter(pk=message.pk).update(external_id="ours", delivery="sent")
    message.refresh_from_db()
    return message


def test_an_edit_replaces_the_words_and_keeps_the_old_ones():
    conversation = write("Хочу в Турцию", external_id="m1")

    assert edit("Хочу в Египет")

    message = Message.objects.get()
    assert (message.text, message.edited_at) == ("Хочу в Египет", NOW)
    assert MessageVersion.objects.values_list("text", flat=True).get() == "Хочу в Турцию"
    conversation.refresh_from_db()
    assert conversation.last_text == "Хочу в Египет"


def test_the_bot_reads_the_changed_words():
    conversation = write("Хочу в Турцию", external_id="m1")
    edit("Хочу в Египет")

    deliver_all()

    facts = conversation.lead.facts.filter(is_current=True, name="countries")
    assert facts.get().value == ["EG"]


def test_words_changed_after_the_answer_wait_for_a_person():
    conversation = write("Хочу в Турцию", external_id="m1")
    deliver_all()

    edit("Хочу в Египет")

    conversation.refresh_from_db()
    assert conversation.unanswered_since == NOW


@pytest.mark.parametrize("again", ["same words", "older edit", "unknown message"])
def test_an_edit_that_says_nothing_new_changes_nothing(again):
    write("Хочу в Турцию", external_id="m1")
    edit("Хочу в Египет")

    known = {
        "same words": lambda: edit("Хочу в Египет"),
        "older edit": lambda: edit("Хочу в Грецию", at=NOW - timedelta(minutes=1)),
        "unknown message": lambda: edit("Хочу", external_id="m2"),
    }[again]()

    assert not known
    assert Message.objects.get().text == "Хочу в Египет"
    assert MessageVersion.objects.count() == 1


def test_a_deleted_message_keeps_its_words_and_is_not_answered():
    conversation = write("Хочу в Турцию", external_id="m1")
    deletion = InboundDeletion("m1", "chat-1", NOW)

    assert apply_deletion(webchat_account(), deletion)
    assert not apply_deletion(webchat_account(), deletion)
    deliver_all()

    message = Message.objects.get()
    assert (message.text, message.deleted_at) == ("Хочу в Турцию", NOW)
    assert conversation.messages.filter(author="bot").count() == 0


@pytest.mark.parametrize(
    ("reports", "end"),
    [
        (["delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["failed", "sent"], "failed"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["read", "read"], "read"),
    ],
)
def test_reports_only_move_a_message_forward(sent, reports, end):
    for status in reports:
        report(status, reason="Номер не существует" if status == "failed" else "")

    sent.refresh_from_db()
    assert sent.delivery == end
    assert sent.delivery_error == ("Номер не существует" if end == "failed" else "")


def test_a_report_that_is_faster_than_our_own_answer_is_not_lost(sent):
    report("delivered", external_id="later")
    report("read", external_id="later")
    assert EarlyReport.objects.count() == 2

    Message.objects.filter(pk=sent.pk).update(external_id="later", delivery="sent")
    settle_early_reports(webchat_account(), "later")

    sent.refresh_from_db()
    assert sent.delivery == "read"
    assert EarlyReport.objects.count() == 0


def test_a_customers_message_has_no_delivery_of_ours():
    write("Здравствуйте", external_id="m1")

    report("read", external_id="m1")

    assert Message.objects.get().delivery == "received"


def photo(number, text="", album="a1"):
    return InboundMessage(
        external_id=f"p{number}",
        chat_id="chat-1",
        sender=Sender("chat-1"),
        text=text,
        sent_at=NOW,
        attachments=(InboundAttachment("photo", reference=f"file-{number}"),),
        album=album,
    )


def test_an_album_is_one_message_with_all_its_files():
    account = webchat_account()
    for one in (photo(1), photo(2, "Наши паспорта"), photo(3), photo(2, "Наши паспорта")):
        receive_message(account, one)

    message = Message.objects.get()
    assert message.text == "Наши паспорта"
    references = message.attachments.order_by("pk").values_list("reference", "state")
    assert list(references) == [(f"file-{number}", "pending") for number in (1, 2, 3)]
    assert OutboxMessage.objects.filter(topic="chat.fetch_file").count() == 3
    assert message.conversation.last_text == "Наши паспорта"


def test_the_words_of_any_piece_of_an_album_can_be_changed():
    account = webchat_account()
    receive_message(account, photo(1))
    receive_message(account, photo(2, "Паспорта"))

    assert edit("Загранпаспорта", external_id="p2")

    assert Message.objects.get().text == "Загранпаспорта"


def test_two_albums_and_two_chats_stay_apart():
    account = webchat_account()
    receive_message(account, photo(1))
    receive_message(account, photo(2, album="a2"))
    receive_message(account, photo(3, album=""))
    receive_message(account, photo(4, album=""))

    assert Message.objects.count() == 4


def test_a_quote_points_at_the_message():
    write("Вот этот отель?", external_id="m1")
    quoting = InboundMessage("m2", "chat-1", Sender("chat-1"), "Да, он", NOW, reply_to="m1")

    receive_message(webchat_account(), quoting)

    assert Message.objects.get(external_id="m2").reply_to.external_id == "m1"


@pytest.mark.parametrize(
    ("kind", "is_handed_over"),
    [("voice", False), ("sticker", False), ("photo", True), ("document", True)],
)
def test_a_message_without_words_gets_an_honest_answer(kind, is_handed_over):
    message = InboundMessage(
        "m1", "chat-1", Sender("chat-1"), "", NOW, attachments=(InboundAttachment(kind),)
    )
    receive_message(webchat_account(), message)

    deliver_all()

    answer = Message.objects.get(author="bot")
    assert answer.delivery == "sent"
    assert ("менеджер" in answer.text.lower()) == (kind != "sticker")
    assert (answer.conversation.mode == "human") == is_handed_over
