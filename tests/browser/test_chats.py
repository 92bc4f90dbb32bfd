"""The chats of the back office in real browsers: the list, and all that one does in a chat."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, Open, photograph
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LIST = "/admin/chat/conversation/"
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
# What the issue promises to people who wait for each other.
SOON_MS = 2000
REFUSED = "Failed to load resource"
MANY = """
from datetime import timedelta
from django.utils import timezone
from chat.models import CannedReply, Conversation
from integrations.accounts import webchat_account
from leads.models import Client
for number in range(70):
    client = Client.objects.create(name=f"Старый клиент {number:02}")
    Conversation.objects.create(
        account=webchat_account(), external_id=f"many-{number}", client=client, mode="human",
        last_text="Спасибо", last_message_at=timezone.now() - timedelta(days=10, minutes=number),
    )
CannedReply.objects.create(title="Паспорта", shortcut="passport", text="Пришлите фото паспортов.")
CannedReply.objects.create(title="Бюджет", shortcut="budget", text="Ваш бюджет {бюджет}, верно?")
"""


@pytest.fixture(scope="session")
def old_talks(running_site: Site) -> None:
    running_site.manage("shell", "-c", MANY)


@pytest.fixture(scope="session")
def marina(running_site: Site, browser: Browser) -> Any:
    """A second manager; what a window of hers needs to be logged in."""
    running_site.manage(
        *("createsuperuser", "--noinput", "--username", "marina", "--email", "m@example.com"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running_site.url}/admin/login/")
    page.fill("#id_username", "marina")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


def write(site: Site, text: str, token: str = "") -> str:
    """A customer writes on the site; return the token to write on with."""
    token = token or site.open_session()
    assert site.write(token, uuid.uuid4().hex, text) == 202
    return token


def open_talk(site: Site, page: Page) -> str:
    """A customer writes; find the chat by the words and open it. Return the customer's token."""
    word = f"слово{uuid.uuid4().hex[:10]}"
    token = write(site, f"Добрый день, {word}")
    site.wait_until(lambda: len(site.read(token)) >= 2, 30, "the bot does not answer")
    page.goto(f"{site.url}{LIST}search/?q={word}")
    page.locator(".found").click()
    expect(page.locator(".bubble.is-found")).to_contain_text(word)
    return token


def field(page: Page) -> Locator:
    return page.get_by_label("Ваш ответ")


def state(page: Page) -> Locator:
    return page.locator("[data-part=state]")


def no_sideways_scroll(page: Page) -> None:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]


@SIZES
def test_the_list_grows_on_scroll_and_new_words_do_not_move_what_one_reads(
    running_site: Site, open_page: Open, old_talks: None, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True)
    rows, pane = page.locator("[data-talk]"), page.locator("[data-talks]")
    expect(page.get_by_role("heading", name="Чаты", level=1)).to_be_visible()
    no_sideways_scroll(page)
    assert rows.count() == 30

    # Several pages come one after another, each when the end is near.
    for _page in range(3):
        pane.evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
        page.wait_for_timeout(400)
    assert rows.count() >= 70
    read = page.locator("[data-talk]", has_text="Старый клиент 40")
    read.evaluate("row => row.scrollIntoView({block: 'center'})")
    before = read.bounding_box()
    token = write(running_site, "Есть ли туры на Бали?")
    running_site.wait_until(lambda: len(running_site.read(token)) >= 2, 30, "no answer")
    page.wait_for_timeout(SOON_MS)
    after = read.bounding_box()

    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2
    photograph(page, f"chats-scrolled-{size[0]}")
    pane.evaluate("pane => pane.scrollTo(0, 0)")
    expect(rows.first.locator("time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    photograph(page, f"chats-{size[0]}")


@SIZES
def test_tabs_search_and_the_way_there_and_back(
    open_page: Open, old_talks: None, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True)

    page.get_by_role("searchbox").fill("клиент 33")
    page.keyboard.press("Enter")
    expect(page.locator("[data-talk]")).to_have_count(1)
    page.locator("[data-talk]").click()
    expect(page.get_by_role("heading", name="Старый клиент 33", level=1)).to_be_visible()
    no_sideways_scroll(page)
    if size == PHONE:
        expect(page.locator("[data-talks]")).to_be_hidden()
        page.get_by_role("link", name="Назад к чатам").click()
    expect(page.locator("[data-talk]")).to_have_count(1)

    page.get_by_role("link", name="Отложенные").click()
    expect(page.locator("[data-talks-empty]")).to_be_visible()


def test_a_row_appears_and_goes_by_itself(running_site: Site, open_page: Open) -> None:
    queue = open_page(f"{LIST}?tab=unanswered", is_staff=True)
    page = open_page(LIST, is_staff=True)
    token = open_talk(running_site, page)
    number = page.locator("#talk").get_attribute("data-conversation")
    page.get_by_role("button", name="Человек").click()
    expect(page.get_by_role("button", name="Человек")).to_have_attribute("aria-pressed", "true")

    write(running_site, "А питание?", token)
    row = queue.locator(f"[data-talk='{number}']")
    expect(row).to_be_visible(timeout=4000)
    expect(state(page)).to_contain_text("ждёт", timeout=4000)
    page.get_by_role("button", name="Ответ не нужен").click()

    expect(row).to_have_count(0, timeout=SOON_MS)
    expect(state(page)).not_to_contain_text("ждёт")


@SIZES
def test_a_note_is_for_colleagues_only(
    running_site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True)
    token = open_talk(running_site, page)

    page.get_by_label("Заметка").check()
    field(page).fill("Просит скидку, @marina в курсе")
    page.get_by_role("button", name="Отправить", exact=True).click()

    expect(page.locator(".bubble--note")).to_contain_text("Просит скидку")
    expect(field(page)).to_have_value("")
    no_sideways_scroll(page)
    photograph(page, f"chat-note-{size[0]}")
    assert "скидку" not in str(running_site.read(token))
    expect(page.get_by_role("button", name="Бот", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


@SIZES
def test_a_chat_is_put_off_and_taken_back(
    running_site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True)
    open_talk(running_site, page)
    number = page.locator("#talk").get_attribute("data-conversation")
    opener = state(page).locator("summary", has_text="Отложить")

    opener.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="До завтра, 9:00")).to_be_hidden()
    opener.click()
    photograph(page, f"chat-put-off-{size[0]}")
    page.get_by_role("button", name="До завтра, 9:00").click()
    expect(state(page)).to_contain_text("09:00")

    page.goto(f"{running_site.url}{LIST}?tab=snoozed")
    page.locator(f"[data-talk='{number}']").click()
    page.get_by_role("button", name="Вернуть").click()
    expect(state(page)).not_to_contain_text("09:00")


@SIZES
def test_canned_replies_by_slash_and_an_unfilled_one_is_stopped(
    running_site: Site, open_page: Open, old_talks: None, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True, tolerates=REFUSED)
    open_talk(running_site, page)

    field(page).press_sequentially("/bud")
    expect(page.locator(".canned")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("Ваш бюджет {бюджет}, верно?")
    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.locator("[data-problem]")).to_contain_text("{бюджет}")
    photograph(page, f"chat-unfilled-{size[0]}")
    expect(page.locator(".bubble--staff")).to_have_count(0)

    field(page).fill("")
    page.get_by_role("button", name="Готовые ответы").click()
    photograph(page, f"chat-canned-{size[0]}")
    page.locator(".canned", has_text="Паспорта").click()
    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.locator(".bubble--staff")).to_contain_text("паспортов")
    expect(state(page)).to_contain_text("бот вернётся через 12 ч")


@SIZES
def test_two_managers_can_not_both_answer_unknowingly(
    running_site: Site, open_page: Open, browser: Browser, marina: Any, size: tuple[int, int]
) -> None:
    page = open_page(LIST, size, is_staff=True, tolerates=REFUSED)
    open_talk(running_site, page)
    context = browser.new_context(locale="ru-RU", timezone_id="Asia/Almaty", storage_state=marina)
    other = context.new_page()
    other.goto(page.url)

    field(page).fill("Мой ответ, который я печатаю")
    expect(state(other)).to_contain_text("aigul пишет…", timeout=SOON_MS + 1000)
    field(other).fill("Марина ответила первой")
    other.keyboard.press("Control+Enter")
    expect(page.locator(".bubble--staff")).to_contain_text("первой", timeout=SOON_MS)
    context.close()

    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.locator("[data-problem]")).to_contain_text("Коллега уже ответил")
    photograph(page, f"chat-claimed-{size[0]}")
    expect(field(page)).to_have_value("Мой ответ, который я печатаю")
    expect(page.locator(".bubble--staff")).to_have_count(1)

    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.locator(".bubble--staff")).to_have_count(2)
    expect(field(page)).to_have_value("")


def test_a_half_typed_answer_is_there_again_and_a_note_is_not(
    running_site: Site, open_page: Open
) -> None:
    page = open_page(LIST, is_staff=True)
    open_talk(running_site, page)
    address = page.url

    field(page).fill("Почти дописала")
    page.goto(running_site.url + LIST)
    page.goto(address)
    expect(field(page)).to_have_value("Почти дописала")

    page.get_by_label("Заметка").check()
    field(page).fill("Только для своих")
    page.goto(running_site.url + LIST)
    page.goto(address)
    expect(field(page)).to_have_value("")


def test_the_plan_at_the_side_is_not_lost_when_the_client_writes(
    running_site: Site, open_page: Open
) -> None:
    page = open_page(LIST, is_staff=True)
    token = open_talk(running_site, page)
    side = page.locator("[data-part=side]")

    side.get_by_label("Новый тег").fill("медовый мес")
    write(running_site, "Хотим в Турцию в июне, двое взрослых", token)
    expect(page.locator(".bubble--customer")).to_have_count(2, timeout=4000)
    page.wait_for_timeout(SOON_MS)
    expect(side.get_by_label("Новый тег")).to_have_value("медовый мес")

    side.get_by_label("Новый тег").fill("медовый месяц")
    side.get_by_role("button", name="Добавить").click()
    expect(side.locator(".side-tag")).to_contain_text("медовый месяц")
    expect(side).to_contain_text("Турция")

    side.get_by_text("Запланировать шаг").click()
    side.get_by_label("Что").fill("Позвонить")
    side.get_by_label("Когда").fill("2027-01-12T15:30")
    side.get_by_role("button", name="Запланировать", exact=True).click()
    expect(side.locator(".side-step")).to_contain_text("Позвонить")
    photograph(page, "chat-side-1440")
