"""Files in the back office: who may open them, how they are served, how a manager sends them."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from chat.models import Attachment, Conversation, Message
from chat.services.files import keep_content, mark_refused, mark_stored
from chat.services.inbound import receive_message
from chat.tests.desk import JSON, staff, url
from chat.tests.factories import write
from integrations.channels.base import InboundAttachment, InboundMessage, Sender
from integrations.models import IntegrationAccount, OutboxMessage
from leads.services import BOT, assign_lead

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HTML = b"<html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def talk():
    """A talk on Telegram, which takes files."""
    account = IntegrationAccount.objects.create(kind="telegram", name="Telegram")
    message = InboundMessage(
        "1", "77", Sender("77", "Айгуль"), "Паспорт", timezone.now(),
        attachments=(InboundAttachment("document", reference="f", name='паспорт "1".png'),),
    )  # fmt: skip
    receive_message(account, message)
    return Conversation.objects.get()


def stored(content=PNG):
    attachment = Attachment.objects.get()
    mark_stored(attachment, keep_content(attachment, content))
    return attachment


def address(talk, attachment):
    return reverse("admin:chat_conversation_file", args=[talk.pk, attachment.pk])


def opened(client, talk, attachment):
    answer = client.get(address(talk, attachment))
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("content", "mime", "is_inline"),
    [
        (PNG, "image/png", True),
        (b"OggS" + b"\0" * 20, "audio/ogg", True),
        (b"%PDF-1.7", "application/octet-stream", False),
        ("просто слова".encode(), "application/octet-stream", False),
        (b"PK\x03\x04", "application/octet-stream", False),
    ],
)
def test_only_pictures_and_sounds_open_in_the_page(client, talk, content, mime, is_inline):
    client.force_login(staff())

    answer, body = opened(client, talk, stored(content))

    assert (answer.status_code, body) == (200, content)
    assert answer["Content-Type"] == mime
    assert answer["Content-Disposition"].startswith("inline" if is_inline else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


def test_a_colleagues_file_stays_closed(client, talk):
    attachment = stored()
    assign_lead(talk.lead_id, staff("marat"), actor=BOT)
    client.force_login(staff())

    assert client.get(address(talk, attachment)).status_code == 403


def test_a_file_of_another_talk_is_not_found(client, talk):
    attachment = stored()
    other = write("Здравствуйте", chat_id="other")
    client.force_login(staff())

    assert client.get(address(other, attachment)).status_code == 404


@pytest.mark.parametrize("state", ["pending", "refused", "lost"])
def test_what_is_not_there_is_not_found(client, talk, state):
    attachment = Attachment.objects.get()
    if state == "refused":
        mark_refused(attachment, "Файл больше 20 МБ.")
    if state == "lost":
        attachment = stored()
        attachment.file.storage.delete(attachment.file.name)
    client.force_login(staff())

    assert client.get(address(talk, attachment)).status_code == 404


def test_the_thread_shows_files_quotes_and_changes(client, talk):
    stored()
    message = talk.messages.get()
    message.versions.create(text="Было так", replaced_at=timezone.now())
    message.edited_at = timezone.now()
    message.save()
    answer = InboundMessage("2", "77", Sender("77"), "И это", timezone.now(), reply_to="1")
    receive_message(talk.account, answer)
    client.force_login(staff())

    page = client.get(url("thread", talk)).content.decode()

    assert f'src="{address(talk, Attachment.objects.get())}"' in page
    assert "изменено" in page
    assert "Было так" in page
    assert f'href="#message-{message.pk}"' in page


def test_a_deleted_message_is_marked(client, talk):
    talk.messages.update(deleted_at=timezone.now())
    client.force_login(staff())

    page = client.get(url("thread", talk)).content.decode()

    assert "удалено" in page
    assert "is-deleted" in page


def send(client, talk, text, *files):
    fields = {"text": text, "client_key": str(uuid.uuid4()), "files": list(files)}
    return client.post(url("reply", talk), fields, **JSON)


def test_a_manager_sends_words_and_files(client, talk):
    client.force_login(staff())
    photo = SimpleUploadedFile("отель.png", PNG, "text/html")
    contract = SimpleUploadedFile("договор.pdf", b"%PDF-1.7", "application/pdf")

    assert send(client, talk, "Вот", photo, contract).status_code == 200

    words, first, second = talk.messages.filter(author="staff").order_by("pk")
    assert (words.text, first.text, second.text) == ("Вот", "", "")
    kinds = [(one.attachments.get().kind, one.attachments.get().mime) for one in (first, second)]
    assert kinds == [("photo", "image/png"), ("document", "application/pdf")]
    sends = OutboxMessage.objects.filter(topic="chat.send_message").order_by("pk")
    assert [row.payload["message"] for row in sends] == [words.pk, first.pk, second.pk]
    talk.refresh_from_db()
    assert talk.mode == "human"


def test_a_file_alone_is_an_answer(client, talk):
    client.force_login(staff())

    assert send(client, talk, "", SimpleUploadedFile("a.png", PNG)).status_code == 200

    assert talk.messages.get(author="staff").attachments.count() == 1


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([SimpleUploadedFile("a.html", HTML, "image/png")], "type"),
        ([SimpleUploadedFile("a.exe", b"MZ\x00\x01")], "type"),
        ([SimpleUploadedFile(f"{n}.png", PNG) for n in range(11)], "too_many"),
        ([], "empty"),
    ],
)
def test_a_file_that_may_not_go_is_refused_and_nothing_is_sent(client, talk, files, code):
    client.force_login(staff())

    answer = send(client, talk, "Вот" if files else " ", *files)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Message.objects.filter(author="staff").count() == 0
    assert not OutboxMessage.objects.filter(topic="chat.send_message").exists()
    talk.refresh_from_db()
    assert talk.mode == "bot"


def test_where_a_channel_takes_no_files_there_is_no_clip(client, talk):
    site_talk = write("Здравствуйте", chat_id="site")
    client.force_login(staff())

    assert 'type="file"' in client.get(url("thread", talk)).content.decode()
    assert 'type="file"' not in client.get(url("thread", site_talk)).content.decode()
    answer = send(client, site_talk, "Вот", SimpleUploadedFile("a.png", PNG))
    assert (answer.status_code, answer.json()["code"]) == (400, "files")
