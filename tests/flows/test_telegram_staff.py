"""Colleagues in Telegram: linked by a one-time code, told of leads, taking and answering them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone

from botapp.linking import make_code
from botapp.models import StaffChat, StaffNotice
from botapp.notices import day_lines, send_morning_summary, tell_of_waiting
from chat.services.outbound import send_reply
from crystalbay.roles import ensure_roles
from integrations.models import OutboxMessage
from leads.models import Client, Lead, StaffProfile
from leads.services import BOT, assign_lead

pytestmark = pytest.mark.django_db
GROUP = -100500


@pytest.fixture(autouse=True)
def _roles():
    ensure_roles()


def colleague(name, role="Менеджер", *, on_shift=False):
    user = User.objects.create_user(name, password="x", is_staff=True, first_name=name.title())
    user.groups.set([Group.objects.get(name=role)])
    StaffProfile.objects.create(user=user, is_on_shift=on_shift)
    return user


def linked(world, user, person_id):
    phone = world.phone(person_id, user.first_name)
    phone.writes(f"/start link_{make_code(user)}")
    return phone


@pytest.fixture
def group(world, admin_user):
    world.fake.group(GROUP)
    code = make_code(admin_user, is_for_group=True)
    world.fake.writes(GROUP, f"/link {code}", sender=77)
    world.run()
    return world


def texts(world, chat_id):
    return [message["text"] for message in world.fake.sent_to(chat_id)]


def test_a_code_links_a_person_once(world):
    aigul = colleague("aigul")
    code = make_code(aigul)
    phone, other = world.phone(501), world.phone(502)

    phone.writes(f"/start link_{code}")
    other.writes(f"/start link_{code}")

    assert StaffChat.objects.get().user == aigul
    assert "Готово" in phone.last
    assert "больше не действует" in other.last
    # Neither has become a client.
    assert (Client.objects.count(), Lead.objects.count()) == (0, 0)


def test_a_code_is_valid_for_a_quarter_of_an_hour_and_the_newest_only(world):
    aigul = colleague("aigul")
    first = make_code(aigul)
    second = make_code(aigul)

    world.phone(501).writes(f"/start link_{first}")
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        world.phone(502).writes(f"/start link_{second}")

    assert not StaffChat.objects.exists()


def test_a_code_of_somebody_who_left_links_nobody(world):
    aigul = colleague("aigul")
    code = make_code(aigul)
    User.objects.update(is_active=False)

    world.phone(501).writes(f"/start link_{code}")

    assert not StaffChat.objects.exists()


def test_a_personal_code_does_not_open_a_group(world):
    world.fake.group(GROUP)

    world.fake.writes(GROUP, f"/link {make_code(colleague('aigul'))}", sender=77)
    world.run()

    assert not StaffChat.objects.exists()
    assert "больше не действует" in texts(world, GROUP)[-1]


def test_a_group_hears_of_a_new_lead_once_and_without_the_words(group):
    client = group.phone(1001, "Болат")
    client.writes("Хочу в Турцию, мой телефон +77012223344")
    client.writes("И ещё вопрос")

    said = [text for text in texts(group, GROUP) if "Новый лид" in text]
    assert len(said) == 1
    assert "Болат · Telegram" in said[0]
    assert "7701" not in "".join(texts(group, GROUP))


def test_those_on_shift_hear_of_a_free_lead_and_the_assignee_of_their_own(world):
    on, off = colleague("on", on_shift=False), colleague("off")
    phone_on, phone_off = linked(world, on, 501), linked(world, off, 502)
    StaffProfile.objects.filter(user=on).update(is_on_shift=True)

    world.phone(1001, "Болат").writes("Здравствуйте")

    # In turn: the lead went to the one on shift.
    assert Lead.objects.get().assignee == on
    assert "Новый лид: Болат" in phone_on.last
    assert len(phone_off.shown) == 1


def test_take_it_from_the_group(group):
    aigul, marat = colleague("aigul"), colleague("marat")
    linked(group, aigul, 501)
    linked(group, marat, 502)
    group.phone(1001, "Болат").writes("Здравствуйте")

    group.fake.presses(GROUP, "Беру", sender=501)
    group.run()
    assert group.fake.answered[-1]["text"] == "Лид ваш."
    group.fake.presses(GROUP, "Беру", sender=502)
    group.run()

    assert Lead.objects.get().assignee == aigul
    assert group.fake.answered[-1]["text"] == "Уже взят: Aigul."
    history = Lead.objects.get().history.get(kind="assignee")
    assert (history.actor, history.origin) == (aigul, "bot")


@pytest.mark.parametrize("who", ["unlinked", "accountant", "left", "colleagues lead"])
def test_who_may_not_take_a_lead_does_not(group, who):
    aigul = colleague("aigul", "Бухгалтер" if who == "accountant" else "Менеджер")
    if who != "unlinked":
        linked(group, aigul, 501)
    group.phone(1001, "Болат").writes("Здравствуйте")
    other = colleague("other")
    if who == "left":
        User.objects.filter(pk=aigul.pk).update(is_active=False)
    if who == "colleagues lead":
        assign_lead(Lead.objects.get().pk, other, actor=BOT)

    group.fake.presses(GROUP, "Беру", sender=501)
    group.run()

    assert Lead.objects.get().assignee == (other if who == "colleagues lead" else None)
    assert len(group.fake.answered) == 1
    assert group.fake.answered[0]["text"]


@pytest.mark.parametrize("data", ["1|0|a|999999", "1|0|a|-1", "1|0|g|", "junk", "1|0|a|"])
def test_made_up_keys_in_a_staff_chat_do_nothing(group, data):
    linked(group, colleague("aigul"), 501)
    group.phone(1001, "Болат").writes("Здравствуйте")
    notice = group.fake.sent_to(GROUP)[-1]

    group.fake.sends_callback(GROUP, notice, data, sender=501)
    group.run()

    assert Lead.objects.get().assignee is None
    assert len(group.fake.answered) == 1


def test_a_reply_to_a_notification_reaches_the_client(group):
    aigul = colleague("aigul")
    linked(group, aigul, 501)
    client = group.phone(1001, "Болат")
    client.writes("Здравствуйте")
    notice = group.fake.sent_to(GROUP)[-1]

    group.fake.writes(GROUP, "Добрый день, я на связи", sender=501, reply_to_message=notice)
    group.run()

    assert client.last == "Добрый день, я на связи"
    message = client.talk.messages.get(author="staff")
    assert (message.user, client.talk.mode) == (aigul, "human")
    assert "Отправлено: Болат" in texts(group, GROUP)[-1]


@pytest.fixture
def answering(group, tmp_path, settings):
    """A linked colleague, a client, and how the colleague answers the client's notification."""
    settings.MEDIA_ROOT = tmp_path
    aigul = colleague("aigul")
    linked(group, aigul, 501)
    client = group.phone(1001, "Болат")
    client.writes("Здравствуйте")
    notice = group.fake.sent_to(GROUP)[-1]

    def answer(text="", **content):
        group.fake.writes(GROUP, text, sender=501, reply_to_message=notice, **content)
        group.run()
        return texts(group, GROUP)[-1]

    return client, answer


PDF = b"%PDF-1.4 ticket"


@pytest.mark.parametrize("kind", ["photo", "document"])
def test_a_file_by_reply_reaches_the_client_with_its_words(group, answering, kind):
    client, answer = answering
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
    group.fake.keeps_file("f1", png if kind == "photo" else PDF, "files/f1")
    file = {"file_id": "f1", "file_unique_id": "u1", "file_size": 48}
    content = (
        {"photo": [{**file, "width": 9, "height": 9}]}
        if kind == "photo"
        else {"document": {**file, "file_name": "билет.pdf"}}
    )

    said = answer(**content, caption="Ваш билет")

    words, sent = client.shown[-2:]
    assert words["text"] == "Ваш билет"
    assert kind in sent
    assert [m.delivery for m in client.talk.messages.filter(author="staff")] == ["sent", "sent"]
    assert said == "Отправлено: Болат."
    assert group.fake.refusals == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"document": {"file_id": "gone", "file_unique_id": "u"}}, "Telegram не отдал нам файл"),
        ({"document": {"file_id": "html", "file_unique_id": "u"}}, "не сохраняются"),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, "переслать нельзя"),
    ],
)
def test_what_can_not_be_passed_on_is_said(group, answering, content, why):
    client, answer = answering
    group.fake.keeps_file("html", b"<html><script>1</script>", "files/x")
    count = len(client.shown)

    said = answer(**content)

    assert why in said
    assert len(client.shown) == count
    assert client.talk.messages.filter(author="staff").count() == 0


def test_a_made_up_key_of_the_back_office_writes_into_no_chat(group, answering, admin_user):
    client, _answer = answering
    stranger = group.phone(1009, "Чужой")

    send_reply(client.talk.pk, "Да", user=admin_user, client_key="tg|1009|1")
    group.work()

    assert (client.last, stranger.shown) == ("Да", [])


def test_a_colleague_hears_that_the_client_has_blocked_the_bot(group, answering):
    client, answer = answering
    group.fake.blocks(1001)

    said = answer("Добрый день")

    assert said.startswith("Не отправлено: Болат. Клиент заблокировал")
    assert "Отправлено: Болат." not in texts(group, GROUP)


@pytest.mark.parametrize("who", ["unlinked", "reader", "not a notification"])
def test_a_reply_that_may_not_reach_a_client_does_not(group, who):
    aigul = colleague("aigul", "Только чтение" if who == "reader" else "Менеджер")
    if who != "unlinked":
        linked(group, aigul, 501)
    client = group.phone(1001, "Болат")
    client.writes("Здравствуйте")
    count = len(client.shown)
    quoted = group.fake.sent_to(GROUP)[0 if who == "not a notification" else -1]

    group.fake.writes(GROUP, "Тайные слова", sender=501, reply_to_message=quoted)
    group.run()

    assert len(client.shown) == count
    assert client.talk.messages.filter(author="staff").count() == 0


def test_a_linked_colleagues_own_words_make_no_lead(world):
    phone = linked(world, colleague("aigul"), 501)

    phone.writes("Проверка")
    phone.writes("/tours")

    assert Lead.objects.count() == 0
    assert "ответьте на уведомление" in phone.last


def test_a_talk_that_waits_is_told_once_per_wait(group):
    client = group.phone(1001, "Болат")
    client.writes("Позовите менеджера")
    assert "Бот зовёт человека: Болат" in texts(group, GROUP)[-1]
    client.talk.__class__.objects.update(unanswered_since=timezone.now() - timedelta(minutes=14))
    assert tell_of_waiting() == 0
    client.talk.__class__.objects.update(unanswered_since=timezone.now() - timedelta(minutes=16))

    assert (tell_of_waiting(), tell_of_waiting()) == (1, 0)
    group.work()

    assert "Ждёт ответа 15 мин: Болат" in texts(group, GROUP)[-1]


def test_the_morning_lists_the_persons_own_day(world, monkeypatch):
    aigul = colleague("aigul")
    phone = linked(world, aigul, 501)
    monkeypatch.setattr("botapp.notices.day_lines", [lambda user: [f"Дела {user.first_name}: 3"]])

    assert (send_morning_summary(), send_morning_summary()) == (1, 0)
    world.work()

    assert phone.last == "Доброе утро! Сегодня:\nДела Aigul: 3"
    assert day_lines  # the real ones are attached


def test_the_open_key_needs_an_address_telegram_takes(group, settings):
    settings.PUBLIC_BASE_URL = "https://desk.example.com"
    group.phone(1001, "Болат").writes("Здравствуйте")

    keys = group.fake.sent_to(GROUP)[-1]["reply_markup"]["inline_keyboard"][0]
    assert [key["text"] for key in keys] == ["Беру", "Открыть"]
    assert keys[1]["url"].startswith("https://desk.example.com/admin/chat/conversation/")
    assert group.fake.refusals == []


def test_a_bot_thrown_out_of_a_group_writes_there_no_more(group):
    chat = {"id": GROUP, "type": "supergroup", "title": "Продажи"}
    person = {"id": 77, "is_bot": False, "first_name": "А"}
    bot = {"id": group.fake.bot["id"], "is_bot": True, "first_name": "Б"}
    change = {
        "chat": chat, "from": person, "date": 1,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": "left"},
    }  # fmt: skip
    group.fake._update({"my_chat_member": change})
    group.run()

    assert not StaffChat.objects.exists()
    group.phone(1001, "Болат").writes("Здравствуйте")
    assert StaffNotice.objects.count() == 0
    assert not OutboxMessage.objects.filter(topic="botapp.notify_staff", status="pending").exists()
