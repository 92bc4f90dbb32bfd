"""The departure desk: reminders, travellers on their days, money at risk, «Сегодня», the bot."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, BookingTask, Side
from bookings.selectors import client_bookings
from bookings.services.documents import attach_file
from bookings.services.radar import money_at_risk, put_radar_off, ring_for_money_at_risk
from bookings.services.rates import note_rate
from bookings.services.reminders import follow_travellers, is_decent_hour, send_reminders
from bookings.services.trip import Flight, change_flights, send_documents
from bookings.states import State
from bookings.tests.booking_rows import (
    DESK,
    confirmed,
    fresh,
    make_booking,
    make_person,
    pay,
)
from chat.models import Message
from chat.tests.factories import write
from common.errors import Conflict, InvalidInput
from leads.services import BOT, assign_lead
from leads.tests.factories import make_client, make_lead
from live.models import Notification

pytestmark = pytest.mark.django_db
D = Decimal


def booking_with_talk(**options) -> Booking:
    talk = write("Здравствуйте")
    return confirmed(make_booking(lead=talk.lead, **options))


def said() -> list[str]:
    return list(Message.objects.filter(author="bot", answers=None).values_list("text", flat=True))


def test_reminders_leave_on_their_day_once():
    booking = booking_with_talk()
    day_before = booking.departs_on - timedelta(days=1)
    first_due = booking.dues.filter(side="client").earliest("due_on").due_on

    counts = [
        send_reminders(today=first_due),
        send_reminders(today=first_due),
        send_reminders(today=booking.departs_on - timedelta(days=7)),
        send_reminders(today=day_before),
        send_reminders(today=day_before),
    ]

    # Prepayment; the rest of the money and the documents; tomorrow's flight.
    assert counts == [1, 0, 2, 1, 0]
    texts = said()
    assert "138,40 USD" in texts[0]
    assert "1 245,60 USD" in texts[1]
    assert [text.count("/trip/") for text in texts] == [0, 0, 1, 1]
    assert "Завтра" in texts[3]


def test_a_reminder_names_what_is_left_of_the_part_at_todays_rate():
    booking = booking_with_talk()
    pay(booking, "100")
    note_rate("USD", D("530"), timezone.now())

    send_reminders(today=booking.dues.filter(side="client").earliest("due_on").due_on)

    (text,) = said()
    assert "38,40 USD" in text
    assert "20 352 ₸" in text


def test_what_is_paid_is_not_reminded_of():
    booking = booking_with_talk()
    pay(booking, "1384")

    send_reminders(today=booking.departs_on - timedelta(days=8))

    assert said() == []
    assert set(booking.tasks.filter(code__startswith="pay:").values_list("note", flat=True)) == {
        "Уже оплачено"
    }


def test_a_cancelled_or_departed_booking_says_nothing():
    booking = booking_with_talk()
    send_reminders(today=booking.departs_on + timedelta(days=1))
    Booking.objects.update(state=State.CANCELLED)
    send_reminders(today=booking.returns_on + timedelta(days=5))

    assert said() == []


def test_a_client_without_a_channel_becomes_a_call():
    booking = confirmed()

    assert send_reminders(today=booking.departs_on - timedelta(days=1)) == 0

    calls = booking.tasks.filter(audience="manager", title__startswith="Сообщить клиенту")
    assert calls.count() == 4
    assert "позвоните" in calls[0].note
    assert calls[0].done_at is None


def test_a_reminder_leaves_a_waiting_client_waiting_and_the_bot_as_it_is():
    booking = booking_with_talk()
    talk = booking.lead.conversations.get()
    since = timezone.now() - timedelta(hours=2)
    type(talk).objects.update(unanswered_since=since, mode="human")

    send_reminders(today=booking.departs_on - timedelta(days=1))

    talk.refresh_from_db()
    assert (talk.unanswered_since, talk.mode) == (since, "human")


@pytest.mark.parametrize(("hour", "decent"), [(8, False), (9, True), (19, True), (20, False)])
def test_nobody_is_written_to_at_night(monkeypatch, hour, decent):
    moment = datetime(2026, 11, 25, hour, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    monkeypatch.setattr(timezone, "now", lambda: moment)

    assert is_decent_hour() == decent


def test_travellers_depart_and_come_home_on_their_days():
    booking = confirmed()
    Booking.objects.update(state=State.DOCUMENTS)
    day = timedelta(days=1)

    moved = [
        follow_travellers(today=booking.departs_on - day),
        follow_travellers(today=booking.departs_on),
        follow_travellers(today=booking.returns_on),
        follow_travellers(today=booking.returns_on + day),
        follow_travellers(today=booking.returns_on + day),
    ]

    assert moved == [0, 1, 0, 1, 0]
    assert fresh(booking).state == State.FINISHED


def test_new_flight_times_are_told_and_show_who_has_not_read_them():
    booking = booking_with_talk()
    flights = [Flight("KC 123", "ALA", "CXR", "2027-01-12 08:10", "2027-01-12 16:00")]

    task = change_flights(booking.pk, flights, reason="Перенос рейса", actor=DESK)
    assert change_flights(booking.pk, flights, reason="Ещё раз", actor=DESK) is None
    send_reminders()

    assert task is not None
    task.refresh_from_db()
    assert task.message_id is not None
    assert task.read_at is None
    assert any("Изменилось время рейсов" in text for text in said())
    with pytest.raises(InvalidInput):
        change_flights(booking.pk, [], reason=" ", actor=DESK)
    assert fresh(booking).flights.count() == 1


def test_documents_go_to_the_clients_own_channel():
    booking = booking_with_talk()
    with pytest.raises(Conflict):
        send_documents(booking.pk, actor=DESK)
    attach_file(booking.pk, "voucher", "v.png", b"\x89PNG\r\n\x1a\n", actor=DESK)

    message_id = send_documents(booking.pk, actor=DESK)

    message = Message.objects.get(pk=message_id)
    assert "/trip/" in message.text
    assert booking.trip_links.get().message_id == message_id


# --- money at risk --------------------------------------------------------------------------


def risky_on(booking: Booking, today) -> int:
    found = money_at_risk(Booking.objects.filter(pk=booking.pk), today).first()
    return found.level if found else 0


def test_the_radar_rises_as_the_operators_day_comes():
    booking = confirmed()
    due_on = booking.operator_due_on
    assert risky_on(booking, due_on) == 0
    pay(booking, "138.40")
    day = timedelta(days=1)

    levels = [risky_on(booking, due_on - 20 * day), risky_on(booking, due_on - day)]
    levels += [risky_on(booking, due_on), risky_on(booking, due_on + day)]

    assert levels == [0, 1, 2, 3]
    pay(booking, "1245.60", Side.OPERATOR)
    assert risky_on(booking, due_on + day) == 0


def test_the_radar_is_put_off_with_a_reason_and_comes_back_when_it_gets_worse():
    booking = confirmed()
    pay(booking, "138.40")
    today = timezone.localdate()
    Booking.objects.update(operator_due_on=today)
    with pytest.raises(InvalidInput):
        put_radar_off(booking.pk, 1, reason="  ", actor=DESK)
    with pytest.raises(InvalidInput):
        put_radar_off(booking.pk, 30, reason="Потом", actor=DESK)
    assert risky_on(booking, today) == 2

    put_radar_off(booking.pk, 3, reason="Оператор дал отсрочку", actor=DESK)

    assert risky_on(booking, today) == 0
    assert risky_on(booking, today + timedelta(days=1)) == 3
    assert booking.history.filter(reason="Оператор дал отсрочку").exists()


def test_the_bell_rings_once_a_day_for_whom_it_concerns():
    manager = make_person("view_booking", "view_lead", name="manager")
    accountant = make_person("add_ledgerentry", name="accountant")
    head = make_person("approve_discount", name="head")
    booking = confirmed()
    assign_lead(booking.lead_id, manager, actor=BOT)
    pay(booking, "138.40")
    Notification.objects.all().delete()
    due_on = booking.operator_due_on
    day = timedelta(days=1)

    def rung() -> set[str]:
        names = set(Notification.objects.values_list("user__username", flat=True))
        Notification.objects.all().delete()
        return names

    assert ring_for_money_at_risk(today=due_on - day) == 1
    assert rung() == {manager.username, accountant.username}
    ring_for_money_at_risk(today=due_on)
    ring_for_money_at_risk(today=due_on)
    assert Notification.objects.count() == 3
    assert rung() == {manager.username, accountant.username, head.username}


# --- «Сегодня» ------------------------------------------------------------------------------


def test_the_day_shows_money_at_risk_payments_and_tasks(client):
    booking = confirmed()
    pay(booking, "138.40")
    today = timezone.localdate()
    Booking.objects.update(operator_due_on=today, client_due_on=today - timedelta(days=1))
    booking.tasks.filter(audience="manager").update(due_on=today)
    user = make_person("view_booking", "change_booking", "view_lead", "change_lead")
    client.force_login(user)

    page = client.get(reverse("admin:index")).content.decode()

    assert "Клиент заплатил, оператору нет" in page
    assert "Платежи клиентов" in page
    task = booking.tasks.filter(audience="manager").first()
    assert task.title in page
    answer = client.post(reverse("admin:today_act"), {"do": f"task-{task.pk}:day"})
    assert answer.status_code == 302
    assert BookingTask.objects.get(pk=task.pk).due_on == today + timedelta(days=1)
    client.post(reverse("admin:today_act"), {"do": f"task-{task.pk}:done"})
    assert BookingTask.objects.get(pk=task.pk).done_by == user


def test_a_task_of_a_colleagues_booking_is_not_done_here(client):
    booking = confirmed()
    assign_lead(booking.lead_id, make_person(name="colleague"), actor=BOT)
    task = booking.tasks.filter(audience="manager").first()
    client.force_login(make_person("view_booking", "change_booking", "view_lead", "change_lead"))

    client.post(reverse("admin:today_act"), {"do": f"task-{task.pk}:done"})

    assert BookingTask.objects.get(pk=task.pk).done_at is None


# --- for the bot ----------------------------------------------------------------------------


def test_a_client_hears_of_their_own_bookings_only():
    client = make_client()
    booking = confirmed(make_booking(lead=make_lead(client)))
    confirmed()
    make_booking(lead=make_lead(client))
    pay(booking, "200")

    found = client_bookings(client.pk)

    assert [one.pk for one in found] == [booking.pk]
    (one,) = found
    assert (one.hotel, one.country, one.party) == ("Coral Lagoon Resort", "Вьетнам", "2+1")
    assert (one.state_label, one.price, one.paid) == ("Предоплачена", D("1384.00"), D("200.00"))
    assert one.next_payment is not None
    assert (one.next_payment.amount, one.next_payment.currency) == (D("1184.00"), "USD")
    assert "IVANOV" not in str(one)


def test_asking_for_a_clients_bookings_takes_three_queries(django_assert_num_queries):
    client = make_client()
    for _ in range(3):
        confirmed(make_booking(lead=make_lead(client)))

    with django_assert_num_queries(3):
        assert len(client_bookings(client.pk)) == 3
