"""The main job in real browsers: a customer writes, the bot answers, a manager takes over."""

from __future__ import annotations

import re
import time
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, LAPTOP, PHONE, Open, photograph
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]

BOARD = "/admin/leads/board/"
WISH = (
    "Здравствуйте! Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых "
    "и ребёнок 6 лет, бюджет до 900 тысяч тенге"
)
# What the issue promises to people who wait for each other.
SOON_MS = 2000


def _write(page: Page, text: str) -> None:
    page.get_by_label("Ваше сообщение").fill(text)
    page.get_by_role("button", name="Отправить").click()


def _line(page: Page, author: str) -> Locator:
    return page.locator(f".line[data-author={author}]")


def _new_lead(site: Site, board: Page) -> str:
    """A customer writes through the API; return the number of the card that appears."""
    before = {card.get_attribute("data-lead") for card in board.locator(".lead-card").all()}
    token = site.open_session()
    assert site.write(token, uuid.uuid4().hex, "Добрый день") == 202
    column = board.locator("[data-cards=consultation]")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        cards = {card.get_attribute("data-lead") for card in column.locator(".lead-card").all()}
        if fresh := cards - before:
            return str(fresh.pop())
        board.wait_for_timeout(100)
    raise AssertionError("no card appeared")


def _card(page: Page, lead: str, stage: str) -> Locator:
    return page.locator(f"[data-cards={stage}] [data-lead='{lead}']")


def _no_sideways_scroll(page: Page) -> None:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]


def test_a_customer_and_a_manager_talk(open_page: Open) -> None:
    customer = open_page("/chat/", PHONE)
    board = open_page(BOARD, is_staff=True)
    photograph(customer, "chat-empty-390")

    _write(customer, WISH)
    expect(_line(customer, "customer")).to_contain_text("Вьетнам")
    expect(_line(customer, "bot").first).to_contain_text("₸", timeout=8000)
    photograph(customer, "chat-answered-390")

    card = board.locator("[data-cards=consultation] .lead-card", has_text="Вьетнам").first
    expect(card).to_contain_text("900")
    card.locator(".lead-card__chat").click()
    manager = board
    expect(manager.locator(".bubble--customer")).to_contain_text("двое взрослых")
    expect(manager.locator("[data-part=side]")).to_contain_text("Алматы")
    expect(manager.locator("[data-part=side] q").first).to_be_visible()

    manager.get_by_label("Ваш ответ").fill("Здравствуйте, это Айгуль.")
    manager.keyboard.press("Control+Enter")
    expect(_line(customer, "staff")).to_contain_text("Айгуль", timeout=SOON_MS)
    expect(manager.get_by_role("button", name="Человек")).to_have_attribute("aria-pressed", "true")
    expect(manager.get_by_label("Ваш ответ")).to_have_value("")

    half_typed = "Сейчас проверю"
    manager.get_by_label("Ваш ответ").fill(half_typed)
    answers = _line(customer, "bot").count()
    _write(customer, "А какая погода в Нячанге в январе?")
    expect(manager.locator(".bubble--customer").last).to_contain_text("погода", timeout=4000)
    expect(manager.get_by_label("Ваш ответ")).to_have_value(half_typed)
    customer.wait_for_timeout(3000)
    assert _line(customer, "bot").count() == answers
    photograph(manager, "thread-1440")
    photograph(customer, "chat-manager-390")

    customer.reload()
    expect(_line(customer, "staff")).to_contain_text("Айгуль")
    expect(_line(customer, "customer")).to_have_count(2)


def _drag(page: Page, lead: str) -> None:
    """By mouse from «Консультация» to «Подбор тура»."""
    source = _card(page, lead, "consultation").locator(".lead-card__foot").bounding_box()
    target = page.locator("[data-cards=selection]").bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + 60, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 120, source["y"] + 20, steps=6)
    page.mouse.move(target["x"] + 120, target["y"] + 60, steps=12)
    page.mouse.up()
    page.wait_for_timeout(700)


def test_a_card_moved_in_one_browser_moves_in_the_other(
    running_site: Site, open_page: Open
) -> None:
    mine, other = open_page(BOARD, is_staff=True), open_page(BOARD, is_staff=True)
    lead = _new_lead(running_site, mine)
    expect(_card(other, lead, "consultation")).to_be_visible(timeout=SOON_MS)

    for _try in range(3):
        # The bot may write into the lead in the same moment: a person drags once more.
        _drag(mine, lead)
        mine.wait_for_timeout(2000)
        if _card(mine, lead, "selection").count():
            break

    expect(_card(mine, lead, "selection")).to_be_visible()
    expect(_card(other, lead, "selection")).to_be_visible(timeout=SOON_MS)
    photograph(mine, "board-1440")

    mine.get_by_role("button", name="Отменить").click()
    expect(_card(mine, lead, "consultation")).to_be_visible()
    expect(_card(other, lead, "consultation")).to_be_visible(timeout=SOON_MS)


def test_a_card_is_moved_by_keyboard_alone(running_site: Site, open_page: Open) -> None:
    board = open_page(BOARD, is_staff=True)
    lead = _new_lead(running_site, board)

    _card(board, lead, "consultation").locator("h3 a").focus()
    board.keyboard.press("Tab")
    board.keyboard.press("Enter")
    expect(board.get_by_role("dialog")).to_be_visible()
    photograph(board, "board-dialog-1440")
    board.keyboard.press("ArrowDown")
    board.keyboard.press("Tab")
    board.keyboard.press("Tab")
    board.keyboard.press("Enter")

    expect(_card(board, lead, "selection")).to_be_visible()
    expect(_card(board, lead, "selection").locator(".lead-card__move")).to_be_focused()


def test_lost_asks_for_a_reason_and_cancel_gives_the_card_back(
    running_site: Site, open_page: Open
) -> None:
    board = open_page(BOARD, is_staff=True)
    lead = _new_lead(running_site, board)

    _card(board, lead, "consultation").locator(".lead-card__move").click()
    dialog = board.get_by_role("dialog")
    dialog.get_by_label("Стадия").select_option("lost")
    dialog.get_by_role("button", name="Переместить").click()
    expect(dialog).to_be_visible()
    board.keyboard.press("Escape")
    expect(_card(board, lead, "consultation")).to_be_visible()

    _card(board, lead, "consultation").locator(".lead-card__move").click()
    dialog.get_by_label("Стадия").select_option("lost")
    dialog.get_by_label("Почему отказ?").select_option(label="Дорого")
    dialog.get_by_role("button", name="Переместить").click()
    expect(_card(board, lead, "lost")).to_be_visible()


def test_a_faster_colleague_is_explained(running_site: Site, open_page: Open) -> None:
    board = open_page(BOARD, is_staff=True, tolerates="Failed to load resource")
    lead = _new_lead(running_site, board)
    # This window has missed the colleague's move: it still holds the old version.
    board.route("**/live/**", lambda route: route.abort())
    board.evaluate("(lead) => document.getElementById(`lead-${lead}`).dataset.version = 1", lead)

    _card(board, lead, "consultation").locator(".lead-card__move").click()
    board.get_by_role("dialog").get_by_label("Стадия").select_option("payment")
    board.get_by_role("dialog").get_by_role("button", name="Переместить").click()

    expect(board.locator(".toast-note")).to_contain_text("Посмотрите")
    expect(_card(board, lead, "consultation")).to_be_visible()


def test_nothing_scrolls_sideways_on_any_size(running_site: Site, open_page: Open) -> None:
    for name, size in (("390", PHONE), ("1024", LAPTOP), ("1440", DESK)):
        chat = open_page("/chat/", size)
        _no_sideways_scroll(chat)
        board = open_page(BOARD, size, is_staff=True)
        expect(board.locator("#board")).to_be_visible()
        _no_sideways_scroll(board)
        photograph(board, f"board-{name}")
        lead = board.locator("[data-cards=consultation] .lead-card .lead-card__chat").first
        if not lead.count():
            _new_lead(running_site, board)
        board.goto(running_site.url + str(lead.get_attribute("href")))
        expect(board.locator("#talk")).to_be_visible()
        _no_sideways_scroll(board)
        photograph(board, f"thread-{name}")


def test_the_client_card_opens_and_closes_on_a_phone(running_site: Site, open_page: Open) -> None:
    page = open_page(BOARD, PHONE, is_staff=True)
    _new_lead(running_site, page)
    chat = page.locator("[data-cards=consultation] .lead-card .lead-card__chat").first
    href = chat.get_attribute("href")
    page.goto(running_site.url + str(href))

    page.get_by_role("button", name="Карточка клиента").click()
    expect(page.locator("[data-side]")).to_have_class(re.compile("is-open"))
    page.wait_for_timeout(300)
    photograph(page, "client-card-390")
    page.keyboard.press("Escape")

    expect(page.locator("[data-side]")).not_to_have_class(re.compile("is-open"))
    expect(page.get_by_role("button", name="Карточка клиента")).to_be_focused()


def test_words_written_without_connection_are_sent_later(open_page: Open) -> None:
    page = open_page("/chat/", PHONE, tolerates="status of 503")
    page.route("**/api/v1/webchat/**", lambda route: route.fulfill(status=503, body="{}"))

    _write(page, "Вы на связи?")
    expect(page.get_by_role("button", name="Повторить")).to_be_visible()
    photograph(page, "chat-failed-390")
    page.unroute("**/api/v1/webchat/**")
    page.get_by_role("button", name="Повторить").click()

    expect(_line(page, "bot").first).to_be_visible(timeout=8000)
    expect(_line(page, "customer")).to_have_count(1)


def test_the_site_refuses_program_code_in_words_and_shows_it_as_words(open_page: Open) -> None:
    page = open_page("/chat/", PHONE, tolerates="status of 400")

    _write(page, "<b>жирно</b> & <script>alert(1)</script>")

    expect(page.get_by_role("alert")).to_contain_text("программный код")
    assert page.locator(".line__text b, .line__text script").count() == 0


def test_the_widget_opens_and_closes_the_chat_on_a_foreign_page(
    running_site: Site, open_page: Open
) -> None:
    page = open_page("/chat/", DESK)
    # «localhost» is another site than 127.0.0.1 to a browser.
    address = f"http://localhost:{running_site.port}/agency/"
    script = f'<script src="{running_site.url}/chat/widget.js" async></script>'
    html = f"<!doctype html><html lang=ru><meta charset=utf-8><h1>Турагентство</h1>{script}</html>"
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)

    page.get_by_role("button", name="Открыть чат").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Crystal Bay Travel")).to_be_visible()
    photograph(page, "widget-1440")
    # The field has the cursor as soon as the page inside is ready.
    expect(frame.get_by_label("Ваше сообщение")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.get_by_role("button", name="Открыть чат").click()
    expect(frame.get_by_label("Ваше сообщение")).to_be_visible()
    photograph(page, "widget-390")
    frame.get_by_role("button", name="Закрыть чат").click()
    expect(page.locator("iframe")).to_be_hidden()
