"""What clients do with the bot besides pressing the right key: both ways in, one way through."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from bookings.models import TripLink
from bookings.tests.booking_rows import confirmed, make_booking, pay
from botapp.tests.phone import both_modes
from chat.models import Attachment, Conversation, Message
from chat.services.client_words import ClientMessenger
from chat.services.modes import set_mode
from chat.services.outbound import NewFile, send_reply
from common.errors import Conflict
from integrations.models import InboxEvent, OutboxMessage
from leads.models import Client, ClientIdentity, ClientMerge, Lead, LeadHistory
from leads.services import BOT
from leads.steps import plan_step
from live.models import Notification

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
TODAY = "2026-11-24 09:00:00+05:00"


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def notes(lead):
    rows = lead.history.filter(kind="note").order_by("pk")
    return list(rows.values_list("note", flat=True))


@both_modes
def test_free_words_are_answered_like_everywhere(phone):
    with time_machine.travel(TODAY, tick=True):
        phone.writes("Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых")

    assert phone.facts["countries"] == ["VN"]
    assert phone.facts["adults"] == 2
    # The rules have found tours: cards with keys instead of a list.
    assert phone.keys() == ["Хочу этот", "Вопрос менеджеру", "Ещё", "Изменить"]
    assert phone.fake.actions == [{"chat_id": "1001", "action": "typing"}]
    assert phone.talk.messages.filter(author="bot", answers__isnull=False).count() == 1


@both_modes
def test_what_was_said_in_words_is_not_asked_again_by_keys(phone):
    phone.writes("/tours")
    phone.presses("Алматы")
    assert "страну" in phone.last
    before = len(phone.shown)

    phone.writes("Хотим в Турцию на 7 ночей, нас двое взрослых")

    assert phone.facts["countries"] == ["TR"]
    assert len(phone.shown) == before + 1
    assert "курорт" in phone.last
    assert "Турция" in phone.last
    # The older message has lost its keys.
    assert phone.keys(back=2) == []
    phone.presses("Пропустить")
    assert "Когда" in phone.last
    phone.presses("Март", "Любой день")
    # Nights and adults are known from the words.
    assert "детей" in phone.last


def test_words_that_are_no_answer_get_the_usual_reply(phone):
    phone.writes("/tours")
    phone.presses("Алматы")

    phone.writes("Позовите менеджера")

    assert phone.talk.mode == "human"
    assert "менеджер" in phone.last.lower()


def test_back_goes_to_the_step_before_and_the_new_answer_counts(phone):
    phone.writes("/tours")
    phone.presses("Алматы", "Турция", "Аланья")
    assert "Когда" in phone.last

    phone.presses("← Назад")
    assert "курорт" in phone.last
    phone.presses("← Назад", "Египет")

    assert phone.facts["countries"] == ["EG"]
    assert "resorts" not in phone.facts
    assert "курорт" in phone.last


def test_what_was_skipped_is_assumed_and_said(phone):
    phone.writes("/tours")
    with time_machine.travel(TODAY, tick=True):
        phone.presses("Показать туры")

    summary = next(text for text in phone.texts if "пропустили" in text or "Под все" in text)
    assert "из Алматы" in summary or "Под все" in summary


@both_modes
def test_an_old_key_is_answered_politely_and_changes_nothing(phone):
    phone.writes("/tours")
    old = json.loads(json.dumps(phone.shown[0]))
    old_key = old["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    phone.presses("Астана")
    phone.writes("/tours")

    phone.fake.sends_callback(1001, old, old_key)
    phone.world.run()

    assert phone.facts["departure_city"] == "Астана"
    assert "прежнего сообщения" in phone.fake.answered[-1]["text"]
    assert "страну" in phone.last


def test_two_quick_taps_are_one_answer(phone):
    phone.writes("/tours")
    shown = json.loads(json.dumps(phone.shown[0]))
    data = shown["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    phone.fake.sends_callback(1001, shown, data)
    phone.fake.sends_callback(1001, shown, data)
    phone.world.run()

    assert phone.facts == {"departure_city": "Астана"}
    assert len(phone.shown) == 1
    assert phone.fake.answered[-1]["text"] == "Уже записано."


@pytest.mark.parametrize(
    "data",
    ["", "x", "1|0|s|city:Алматы", "1|1|s|city:Париж", "1|1|zz|", "1|1|s|ages:9.9", "9|1|s|a:b",
     "1|1|m|9999-99", "1|99999999999|g|", "1|1|e|nothing", "1|1|p|1", "1|0|a|1", "ключ" * 20],
)  # fmt: skip
def test_data_that_no_key_of_ours_sends_is_harmless(phone, data):
    phone.writes("/tours")
    phone.fake.sends_callback(1001, phone.shown[0], data)
    phone.world.run()

    assert phone.facts == {}
    assert len(phone.fake.answered) == 1
    assert not InboxEvent.objects.exclude(status="done").exists()


def found_tours(phone):
    with time_machine.travel(TODAY, tick=True):
        phone.writes("Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых")


def test_a_wanted_tour_goes_to_a_manager_with_the_card(phone):
    found_tours(phone)
    card = phone.shown[-1]["text"]

    phone.presses("Хочу этот")

    assert phone.talk.mode == "human"
    assert phone.talk.unanswered_since is not None
    assert phone.lead.stage_id == "negotiation"
    assert any(card in note for note in notes(phone.lead))
    assert phone.shown[-1]["reply_markup"]["keyboard"][0][0]["request_contact"] is True
    count = len(phone.shown)
    phone.fake.presses(1001, "Хочу этот")
    phone.world.run()
    assert len(phone.shown) == count
    assert phone.fake.answered[-1]["text"] == "Уже записано."


def test_more_shows_the_next_cards_until_there_are_none(phone):
    with time_machine.travel(TODAY, tick=True):
        phone.writes("/tours")
        phone.presses("Алматы", "Вьетнам", "Пропустить", "Январь", "12", "9–10", "2", "Без детей")
        phone.presses("Показать туры")
    first = phone.texts[-3:]

    phone.presses("Ещё")

    assert set(first).isdisjoint(phone.texts[-3:])
    assert phone.keys() == ["Хочу этот", "Вопрос менеджеру", "Ещё", "Изменить"]


def test_change_asks_for_one_part_only(phone):
    found_tours(phone)

    phone.presses("Изменить", "Ночей")

    assert "сколько ночей" in phone.last.lower()


def test_a_question_about_a_card_calls_the_manager(phone):
    found_tours(phone)

    phone.presses("Вопрос менеджеру")

    assert phone.talk.mode == "human"
    assert any("вопрос" in note for note in notes(phone.lead))


@both_modes
def test_the_manager_takes_over_and_the_bot_is_silent(phone, admin_user):
    phone.writes("Здравствуйте")
    count = len(phone.shown)

    hostile = "Добрый день, <b>это</b> _Алия_ & Co"
    send_reply(phone.talk.pk, hostile, user=admin_user, client_key="k" * 8)
    phone.world.work()
    phone.writes("Хочу в Турцию")

    assert phone.texts[count:] == [hostile]
    assert phone.talk.messages.get(author="staff").delivery == "sent"
    assert phone.talk.unanswered_since is not None


def test_keys_work_while_a_person_speaks(phone, admin_user):
    phone.writes("Здравствуйте")
    set_mode(phone.talk.pk, "human", user=admin_user)

    phone.writes("/tours")

    assert "Из какого города" in phone.last
    assert phone.talk.mode == "human"


def test_a_long_answer_is_cut_at_sentences_and_keeps_its_order(phone, admin_user):
    phone.writes("Здравствуйте")
    count = len(phone.shown)
    text = " ".join(f"Предложение номер {number} о прекрасном отеле." for number in range(250))

    send_reply(phone.talk.pk, text, user=admin_user, client_key="k" * 8)
    phone.world.work()

    parts = phone.texts[count:]
    assert len(parts) == 3
    assert " ".join(parts) == text
    assert all(part.endswith(".") and len(part) <= 4096 for part in parts)
    assert phone.fake.refusals == []


def test_files_of_a_manager_arrive(phone, admin_user):
    phone.writes("Здравствуйте")
    files = [NewFile("отель.png", PNG), NewFile("договор.pdf", b"%PDF-1.7")]

    send_reply(phone.talk.pk, "Вот", user=admin_user, client_key="k" * 8, files=files)
    phone.world.work()

    text, photo, document = phone.shown[-3:]
    assert text["text"] == "Вот"
    assert phone.fake.files[photo["photo"][0]["file_id"]][0] == PNG
    assert document["document"]["file_name"] == "договор.pdf"
    assert set(phone.talk.messages.filter(author="staff").values_list("delivery", flat=True)) == {
        "sent"
    }


@both_modes
def test_a_photo_is_fetched_and_kept(phone):
    phone.fake.keeps_file("f1", PNG, "photos/1.png")

    phone.writes(photo=[{"file_id": "f0", "file_unique_id": "a", "width": 9, "height": 9},
                        {"file_id": "f1", "file_unique_id": "b", "width": 90, "height": 90}],
                 caption="Наш паспорт")  # fmt: skip

    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.mime, attachment.kind) == ("stored", "image/png", "photo")
    with attachment.file.open() as stored:
        assert stored.read() == PNG
    assert "паспорт" not in attachment.file.name
    assert attachment.message.text == "Наш паспорт"


@both_modes
def test_an_album_stays_together(phone):
    for number in (1, 2, 3):
        phone.fake.keeps_file(f"f{number}", PNG, f"photos/{number}.png")
        size = {"file_id": f"f{number}", "file_unique_id": "a", "width": 9, "height": 9}
        phone.fake.writes(1001, photo=[size], media_group_id="77")
    phone.world.run()

    message = Message.objects.get(author="customer")
    assert message.attachments.filter(state="stored").count() == 3
    assert phone.talk.messages.filter(author="bot").count() == 1


@pytest.mark.parametrize(
    ("content", "path", "size", "why"),
    [
        (b"<html><script>", "documents/a.html", None, "вида"),
        (PNG, "documents/a.png", 21 * 1024 * 1024, "20 МБ"),
        (None, "", None, "не удалось"),
    ],
)
def test_a_file_that_may_not_be_kept_is_named_with_the_reason(phone, content, path, size, why):
    if content:
        phone.fake.keeps_file("f1", content, path)
    document = {"file_id": "f1", "file_unique_id": "a", "file_name": "a.html", "file_size": size}

    phone.writes(document={name: value for name, value in document.items() if value})

    attachment = Attachment.objects.get()
    assert attachment.state == "refused"
    assert why in attachment.refusal
    assert not attachment.file


def test_voice_is_answered_honestly(phone):
    phone.fake.keeps_file("v1", b"OggS" + b"\0" * 40, "voice/1.oga")

    phone.writes(voice={"file_id": "v1", "file_unique_id": "a", "duration": 3})

    assert "Слушать записи я пока не умею" in phone.last
    assert phone.talk.mode == "bot"
    assert Attachment.objects.get().mime == "audio/ogg"


def test_a_place_and_a_sticker_are_kept(phone):
    phone.writes(location={"latitude": 43.2, "longitude": 76.9})
    phone.writes(sticker={"file_id": "s1", "file_unique_id": "a", "type": "regular", "width": 1,
                          "height": 1, "is_animated": False, "is_video": False})  # fmt: skip

    place, sticker = Attachment.objects.order_by("pk")
    assert place.details == {"latitude": 43.2, "longitude": 76.9, "title": ""}
    assert (place.state, sticker.kind) == ("no_file", "sticker")


@both_modes
def test_a_shared_phone_is_noted(phone):
    phone.writes("Здравствуйте")

    phone.writes(contact={"phone_number": "77012223344", "first_name": "А", "user_id": 1001})

    assert phone.talk.client.identities.get(kind="phone").value == "+77012223344"
    assert phone.last == "Спасибо, записал ваш номер."


def test_a_shared_phone_makes_two_clients_one_with_a_reason(phone):
    known = Client.objects.create(name="Айгуль с сайта")
    ClientIdentity.objects.create(client=known, kind="phone", value="+77012223344")
    phone.writes("Здравствуйте")

    phone.writes(contact={"phone_number": "+77012223344", "first_name": "А", "user_id": 1001})

    assert phone.talk.client == known
    assert ClientMerge.objects.get().reason == "Телефоном в Telegram поделился его владелец"
    phone.writes("Это снова я")
    assert phone.talk.client == known


def test_somebody_elses_contact_is_only_a_note(phone):
    phone.writes("Здравствуйте")

    phone.writes(contact={"phone_number": "77012223344", "first_name": "Муж", "user_id": 5})

    assert not ClientIdentity.objects.filter(kind="phone").exists()
    assert any("77012223344" in note for note in notes(phone.lead))


@both_modes
def test_changed_words_replace_and_keep_the_old_ones(phone):
    message = phone.writes("Хочу в Турцию")["message"]

    phone.edits(message["message_id"], "Хочу в Египет")

    stored = phone.talk.messages.get(author="customer")
    assert (stored.text, stored.edited_at is not None) == ("Хочу в Египет", True)
    assert stored.versions.get().text == "Хочу в Турцию"


def test_a_quote_is_shown_in_the_thread(phone):
    first = phone.writes("Вот этот?")["message"]

    phone.writes("Да", reply_to_message=first)

    assert phone.talk.messages.get(text="Да").reply_to.text == "Вот этот?"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("bot was blocked by the user", "заблокировал"),
        ("user is deactivated", "удалил этот аккаунт"),
    ],
)
@both_modes
def test_a_client_who_is_gone_is_told_to_the_manager_in_words(phone, admin_user, said, words):
    phone.writes("Здравствуйте")
    phone.fake.blocks(1001, said)

    send_reply(phone.talk.pk, "Добрый день", user=admin_user, client_key="k" * 8)
    phone.world.work()

    message = phone.talk.messages.get(author="staff")
    assert message.delivery == "failed"
    assert words in message.delivery_error
    assert words in phone.talk.gone_reason
    # No storm: one try.
    action = OutboxMessage.objects.get(topic="chat.send_message", payload__message=message.pk)
    assert (action.status, action.attempts) == ("needs_attention", 1)
    phone.fake.unblocks(1001)
    phone.writes("Я вернулась")
    assert phone.talk.gone_since is None


def test_a_chat_that_moved_is_followed(phone, admin_user):
    phone.writes("Здравствуйте")
    phone.fake.person(2002)
    phone.fake.chats[1001]["moved_to"] = 2002

    send_reply(phone.talk.pk, "Добрый день", user=admin_user, client_key="k" * 8)
    phone.world.work()

    assert phone.fake.sent_to(2002)[-1]["text"] == "Добрый день"
    assert Conversation.objects.get().external_id == "2002"


def sending(request):
    return request.path.endswith("/sendMessage")


@pytest.mark.parametrize("fault", ["429", "500", "502", "no_connection_at_all"])
@both_modes
def test_a_failure_that_passes_loses_nothing(phone, admin_user, fault):
    phone.writes("Здравствуйте")
    count = len(phone.shown)
    if fault == "no_connection_at_all":
        phone.fake.fail_next("503", when=sending)
    else:
        phone.fake.fail_next(fault, when=sending, retry_after=7)

    send_reply(phone.talk.pk, "Добрый день", user=admin_user, client_key="k" * 8)
    phone.world.work()
    assert phone.texts[count:] == []
    row = OutboxMessage.objects.get(topic="chat.send_message", status="pending")
    pause = (row.next_try_at - row.created_at).total_seconds()
    assert 5 <= pause <= 10
    with time_machine.travel(row.next_try_at, tick=True):
        phone.world.work()

    assert phone.texts[count:] == ["Добрый день"]


@both_modes
def test_a_lost_answer_is_never_repeated_by_guess(phone, admin_user):
    phone.writes("Здравствуйте")
    count = len(phone.shown)
    phone.fake.fail_next("lost_answer", when=sending)

    send_reply(phone.talk.pk, "Добрый день", user=admin_user, client_key="k" * 8)
    phone.world.work()

    assert phone.texts[count:] == ["Добрый день"]
    message = phone.talk.messages.get(author="staff")
    assert message.delivery == "failed"
    assert "неизвестно" in message.delivery_error
    assert OutboxMessage.objects.get(error_kind="ambiguous").status == "needs_attention"


@both_modes
def test_the_same_update_again_changes_nothing(phone):
    update = phone.writes("Хочу в Турцию")
    counts = [Message.objects.count(), Lead.objects.count(), InboxEvent.objects.count()]

    if phone.world.mode == "webhook":
        phone.world.call_us(update)
    else:
        phone.fake._updates.append(update)
    phone.world.run()

    assert [Message.objects.count(), Lead.objects.count(), InboxEvent.objects.count()] == counts


def test_updates_out_of_order_are_all_taken(phone):
    phone.fake.on_update = None
    updates = [phone.fake.writes(1001, f"слово {number}") for number in range(4)]
    for update in (updates[2], updates[0], updates[3], updates[1], updates[0]):
        phone.world.call_us(update)
    phone.world.run()

    assert sorted(phone.own_words) == [f"слово {number}" for number in range(4)]


@both_modes
def test_the_source_of_a_link_is_kept(phone):
    phone.writes("/start insta_vietnam-2027")

    assert "Здравствуйте, Айгуль!" in phone.texts[0]
    assert notes(phone.lead) == ["Пришёл по ссылке: insta_vietnam-2027"]
    phone.presses("Подобрать тур")
    assert "Из какого города" in phone.last


@pytest.mark.parametrize(
    ("language", "hello"), [("kk", "Сәлеметсіз"), ("en-GB", "Hello"), ("de", "Здравствуйте")]
)
def test_the_bot_speaks_the_phones_language(world, language, hello):
    phone = world.phone(1002, "Aigul", language)

    phone.writes("/start")

    assert phone.last.startswith(hello)


def test_the_language_can_be_chosen(phone):
    phone.writes("/language")
    phone.presses("Қазақша")

    assert phone.last == "Енді қазақша сөйлеймін."
    phone.writes("/tours")
    assert "қала" in phone.last.lower()
    assert phone.talk.client.language == "kk"


@pytest.mark.parametrize("command", ["/help", "/foo", "/operator", "/stop"])
def test_commands_are_answered_and_kept_in_the_thread(phone, command):
    phone.writes(command)

    assert phone.own_words == [command]
    assert len(phone.shown) == 1
    assert phone.talk.messages.get(author="customer").is_handled
    assert phone.talk.mode == ("human" if command == "/operator" else "bot")


def test_who_says_stop_is_not_written_to_first_until_they_come_back(phone):
    phone.writes("/stop")
    assert phone.talk.opted_out_at is not None

    with pytest.raises(Conflict) as refused:
        ClientMessenger().tell(phone.lead.pk, "Завтра вылет", key="reminder:1")
    assert refused.value.code == "opted_out"

    phone.writes("/start")
    ClientMessenger().tell(phone.lead.pk, "Завтра вылет", key="reminder:1")
    phone.world.work()
    assert phone.last == "Завтра вылет"


def test_a_wish_to_be_forgotten_reaches_a_person(phone, admin_user):
    phone.writes("/stop")
    phone.presses("Удалить мои данные")

    assert phone.talk.mode == "human"
    (note,) = notes(phone.lead)
    assert note.startswith("Клиент просит удалить свои данные. Что можно удалить по закону")
    assert phone.lead.next_step == "Удалить данные клиента: спросить администратора"
    bell = Notification.objects.get(user=admin_user, key__startswith="erasure:")
    assert bell.text == "Айгуль просит удалить свои данные"
    count = len(phone.shown)
    phone.fake.presses(phone.chat_id, "Удалить мои данные")
    phone.world.run()
    assert (len(phone.shown), len(notes(phone.lead))) == (count, 1)


def test_an_earlier_promise_is_kept_beside_the_wish_to_be_forgotten(phone):
    phone.writes("/stop")
    plan_step(phone.lead.pk, "Позвонить", timezone.now() + timedelta(minutes=5), actor=BOT)

    phone.presses("Удалить мои данные")

    assert phone.lead.next_step == "Позвонить"
    assert len(notes(phone.lead)) == 1


def test_staff_read_notes_in_their_language_whatever_the_client_speaks(world):
    phone = world.phone(1003, "Aigul", "en")
    phone.writes("/start instagram")
    phone.writes("", contact={"phone_number": "+77012223344", "first_name": "X", "user_id": 5})
    phone.writes("/stop")
    phone.presses("Delete my data")

    said = notes(phone.lead)
    assert [note.split(" ")[0] for note in said] == ["Пришёл", "Прислан", "Клиент"]
    assert phone.last.startswith("Your request")


def test_without_bookings_it_says_so(phone):
    phone.writes("/mybookings")

    assert phone.last == "У вас пока нет броней. Подберём тур? /tours"


def test_a_client_sees_their_own_booking(phone):
    phone.writes("/start")
    booking = confirmed(make_booking(lead=phone.lead))
    pay(booking, "200")

    phone.writes("/mybookings")
    assert phone.keys()[0].startswith("Coral Lagoon Resort")
    phone.presses("Coral Lagoon Resort")

    card = phone.last.replace("\xa0", " ")
    assert "Предоплачена" in card
    assert "1 384 $, оплачено 200 $" in card
    assert "К оплате: 1 184 $" in card
    assert "/trip/" in card
    assert phone.fake.refusals == []


def test_another_clients_booking_cannot_be_reached(world):
    """By number, by any data, from any chat: only a client's own bookings are ever looked at."""
    theirs, ours = world.phone(1, "Болат"), world.phone(2, "Айгуль")
    theirs.writes("/start")
    ours.writes("/start")
    their_booking = confirmed(make_booking(lead=theirs.lead, hotel="Чужой отель"))
    confirmed(make_booking(lead=ours.lead))
    ours.writes("/mybookings")
    listed, count = ours.shown[-1], len(ours.shown)
    assert "Чужой" not in ours.last

    number = their_booking.pk
    for guess in (f"{number}", "0", "-1", f"{number} OR 1=1", "", f"0{number}", "٩٠٠"):
        ours.fake.sends_callback(2, listed, f"1|0|p|{guess}")
    # Pressed by somebody else, with our own message in it.
    key = listed["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    theirs.fake.sends_callback(1, {**listed, "chat": {"id": 1, "type": "private"}}, key)
    theirs.fake.sends_callback(1, listed, key)
    world.run()

    assert ours.texts[count:] == []
    assert len(theirs.shown) == 1
    assert len(ours.fake.answered) == 9
    assert TripLink.objects.count() == 0


def test_a_failing_handler_marks_the_row_and_leaves_nothing(phone, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("bug")

    monkeypatch.setattr("botapp.handlers.clients.start_search", broken)

    phone.writes("/tours")

    event = InboxEvent.objects.get()
    assert event.status == "pending"
    assert event.attempts == 1
    assert "RuntimeError" in event.error
    assert (Message.objects.count(), Client.objects.count()) == (0, 0)


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_a_call_without_the_secret_is_refused_and_not_stored(world, secret):
    answer = world.http.post(
        world.webhook_url,
        "{}",
        content_type="application/json",
        HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN=secret,
    )

    assert answer.status_code == 403
    assert InboxEvent.objects.count() == 0


@pytest.mark.parametrize("body", ["{}", "[]", "nonsense", '{"update_id": "x"}', '{"update_id": 5}'])
def test_an_authentic_body_nobody_can_read_waits_for_a_person_or_is_ignored(world, body):
    secret = world.account.secrets["webhook_secrets"][0]

    answer = world.http.post(
        world.webhook_url,
        body,
        content_type="application/json",
        HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN=secret,
    )
    world.work()

    assert answer.status_code == 200
    assert InboxEvent.objects.get().status in ("needs_attention", "ignored")
    assert Message.objects.count() == 0


def test_the_history_says_what_the_keys_said(phone):
    phone.writes("/tours")
    phone.presses("Шымкент")

    fact = phone.lead.facts.get(name="departure_city")
    assert (fact.value, fact.quote, fact.set_by) == ("Шымкент", "Шымкент", None)
    assert LeadHistory.objects.filter(lead=phone.lead, kind="fact").exists()
