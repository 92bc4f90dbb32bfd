"""The whole way of a booking in real browsers, from the selection to the client back home."""

from __future__ import annotations

import re
import time
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open, photograph
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# In the site's own process: a tour found for the newest lead, put into a selection.
SELECTION = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from bookings.services.offers import save_offer
from bookings.services.selections import add_to_selection
from bookings.tests.tours import tour_offer, tour_search
from leads.models import Lead
lead = Lead.objects.latest("pk")
day = timezone.localdate() + timedelta(days=60)
found = tour_offer(check_in=day, check_out=day + timedelta(days=7), fetched_at=timezone.now())
offer = save_offer(found, tour_search(date_from=day, date_to=day))
item = add_to_selection(lead.pk, offer, author=User.objects.get(username="aigul"))
print(f"SELECTION {item.selection_id} {lead.pk} {day}")
"""
TRIP = re.compile(r"/trip/\S+")


def _selection(site: Site) -> tuple[str, str, date]:
    said = site.manage("shell", "-c", SELECTION)
    _word, selection, lead, day = said[said.index("SELECTION") :].split()[:4]
    return selection, lead, date.fromisoformat(day)


def _newest_page(site: Site, token: str, *, tells: str = "/trip/") -> str:
    """The address in the newest message to the client that has one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for message in reversed(site.read(token)):
            if tells in message["text"] and (found := TRIP.search(message["text"])):
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"the client was told nothing with {tells}")


def _open(part: Any, name: str) -> Any:
    part.locator("summary", has_text=name).first.click()
    return part.locator("details[open] form").first


def _press(page: Page, name: str, says: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text(says)


def _tourist(page: Page, n: int, names: str, born: date, number: str) -> None:
    page.locator(f"#id_p{n}-surname").fill(names.split()[0])
    page.locator(f"#id_p{n}-given_names").fill(names.split()[1])
    page.locator(f"#id_p{n}-birth_on").fill(born.isoformat())
    page.locator(f"#id_p{n}-sex").select_option("F" if names.endswith("ANNA") else "M")
    page.locator(f"#id_p{n}-number").fill(number)
    page.locator(f"#id_p{n}-expires_on").fill("2036-01-01")
    page.locator(f"#id_p{n}-has_consented").check()


@pytest.mark.usefixtures("login")
def test_from_a_selection_to_the_client_back_home(open_page: Open, running_site: Site) -> None:
    token = running_site.open_session()
    assert running_site.write(token, uuid.uuid4().hex, "Здравствуйте, хочу во Вьетнам") == 202
    _wait_for_lead(running_site, token)
    selection, lead, day = _selection(running_site)

    # «Хочу этот тур» → booking.
    desk = open_page(f"/admin/tours/selection/{selection}/", DESK, is_staff=True)
    desk.get_by_role("link", name="Забронировать").click()
    desk.get_by_role("button", name="Забронировать").click()
    expect(desk.locator("h1")).to_have_text("Coral Lagoon Resort")
    booking = re.search(r"/booking/(\d+)/", desk.url)
    assert booking
    _press(desk, "Перейти к туристам", "Данные туристов")

    # The client fills in the tourists on a phone; what is typed is kept.
    _press(desk, "Пусть заполнит клиент", "Страница отправлена клиенту")
    address = _newest_page(running_site, token, tells="/trip/tourists/")
    phone = open_page(address, PHONE, tolerates="404")
    adult = date(day.year - 35, 1, 1)
    _tourist(phone, 0, "IVANOVA ANNA", adult, "N10000001")
    expect(phone.locator("[data-state]")).to_have_text("Сохранено")
    phone.reload()
    expect(phone.locator("#id_p0-surname")).to_have_value("IVANOVA")
    expect(phone.locator("#id_p0-number")).to_have_value("")
    _tourist(phone, 1, "IVANOV OLEG", adult, "N10000002")
    # Seven on the day of departure, but priced for six.
    _tourist(phone, 2, "IVANOV MARK", date(day.year - 7, 1, 1), "N10000003")
    phone.locator("#id_p2-with_parent").check()
    photograph(phone, "booking-tourists-390")
    phone.get_by_role("button", name="Отправить").click()
    expect(phone.locator("h1")).to_have_text("Спасибо!")
    phone.goto(running_site.url + address)
    expect(phone.locator("h1")).to_have_text("Страница закрыта")

    # The checks fail, and are mended.
    desk.goto(f"{running_site.url}/admin/bookings/booking/{booking[1]}/change/")
    expect(desk.locator(".booking-problems")).to_contain_text("IVANOV MARK")
    _press(desk, "Отправить оператору", "Пересчитайте цену")
    desk.get_by_role("link", name="IVANOV MARK").click()
    desk.locator("#id_birth_on").fill(date(day.year - 6, 1, 1).isoformat())
    _press(desk, "Сохранить туриста", "Турист сохранён")
    expect(desk.locator(".booking-ok")).to_be_visible()
    _press(desk, "Отправить оператору", "Готово для оператора")

    # The operator's claim; prepayment; the operator is paid; the rest.
    form = _open(desk.locator("#claim"), "Внести ответ оператора")
    form.get_by_label("Номер заявки").fill("4711001")
    _press(desk, "Сохранить", "Ответ оператора сохранён")
    expect(desk.locator(".booking-state")).to_contain_text("Подтверждена")
    expect(desk.locator("#head")).to_contain_text("Оплата")
    _pay(desk, 0, "71968", "Предоплачена")
    photograph(desk, "booking-prepaid-1440")
    expect(desk.locator(".booking-dues .chip--green")).to_have_count(1)
    _pay(desk, 1, "647712", "Предоплачена")
    _pay(desk, 0, "647712", "Оплачена оператору")

    # Documents: a PDF that opens, sent to the client.
    desk.locator("#documents").get_by_role("button", name="Памятка").click()
    expect(desk.locator(".messagelist")).to_contain_text("Готово")
    file = desk.locator("#documents a", has_text="Памятка").get_attribute("href")
    pdf = desk.request.get(running_site.url + str(file))
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF-")
    _press(desk, "Отправить клиенту", "Клиенту отправлена ссылка")
    pack = _newest_page(running_site, token)
    with phone.expect_response("**/opened/"):
        phone.goto(running_site.url + pack)
    expect(phone.get_by_role("link", name=re.compile("Памятка"))).to_be_visible()
    photograph(phone, "booking-trip-390")
    desk.reload()
    expect(desk.locator("#documents .chip--green")).to_contain_text("открыто")
    _press(desk, "Документы выданы", "Документы выданы")
    _press(desk, "Продано", "Продано!")

    # The clock: the flight is tomorrow; they depart; they are home.
    tomorrow = running_site.manage("bookings_day", "--today", str(day - timedelta(days=1)))
    assert "sent 2" in tomorrow
    assert "sent 0" in running_site.manage("bookings_day", "--today", str(day - timedelta(days=1)))
    assert "moved 1" in running_site.manage("bookings_day", "--today", str(day))
    home = day + timedelta(days=8)
    assert "moved 1, sent 1" in running_site.manage("bookings_day", "--today", str(home))
    desk.reload()
    expect(desk.locator(".booking-state")).to_contain_text("Завершена")
    running_site.manage("shell", "-c", _come_home(booking[1]))
    mark = _newest_page(running_site, token)
    phone.goto(running_site.url + mark)
    phone.get_by_label("Своими словами, если хотите").fill("Всё понравилось")
    phone.get_by_role("button", name="5", exact=True).click()
    expect(phone.locator("h1")).to_have_text("Спасибо за оценку!")

    desk.reload()
    expect(desk.locator("#head")).to_contain_text("5 / 5")
    photograph(desk, "booking-finished-1440")


def _pay(desk: Page, side: int, tenge: str, state: str) -> None:
    box = desk.locator(".booking-side").nth(side)
    form = _open(box, "Внести платёж")
    form.get_by_label("Сумма в тенге").fill(tenge)
    form.get_by_role("button", name="Записать").click()
    expect(desk.locator(".messagelist")).to_contain_text("Платёж внесён")
    expect(desk.locator(".booking-state")).to_contain_text(state)


def _come_home(booking: str) -> str:
    """The page of the mark asks the real clock, which is not frozen in another process."""
    return f"""
from datetime import timedelta
from django.utils import timezone
from bookings.models import Booking
today = timezone.localdate()
Booking.objects.filter(pk={booking}).update(
    departs_on=today - timedelta(days=8), returns_on=today - timedelta(days=1)
)
"""


def _wait_for_lead(site: Site, token: str) -> None:
    site.wait_until(lambda: len(site.read(token)) > 1, 20, "the bot did not answer")
