"""The board in real browsers: the sheet, filters, many cards at once, the keyboard."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Open, photograph
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]

BOARD = "/admin/leads/board/"
SOON_MS = 2000
PROGRAM = """
import json, sys
from leads.models import Lead
from leads.services import ensure_client, create_lead, move_lead, Actor
actor = Actor(None, "api")
made = []
for name in json.loads({names!r}):
    client = ensure_client("email", name + "@example.com", name=name)
    lead = create_lead(client, source="email", actor=actor)
    made.append(move_lead(lead.pk, {stage!r}, actor=actor).pk)
print(json.dumps(made))
"""


def make_leads(site: Site, *names: str, stage: str = "consultation") -> list[int]:
    program = PROGRAM.format(names=json.dumps(names), stage=stage)
    return list(json.loads(site.manage("shell", "--no-imports", "-c", program).splitlines()[-1]))


def change(site: Site, program: str) -> None:
    site.manage("shell", "--no-imports", "-c", program)


def card(page: Page, lead: int) -> Locator:
    return page.locator(f"#lead-{lead}")


def sheet(page: Page) -> Locator:
    return page.locator("#lead-sheet")


def open_card(page: Page, lead: int) -> Locator:
    card(page, lead).locator("h3 a").click()
    expect(sheet(page)).to_be_visible()
    return sheet(page)


# --- the sheet ---


def test_a_card_opens_beside_the_board_and_closes_as_it_was(
    running_site: Site, open_page: Open
) -> None:
    first, second = make_leads(running_site, "Аида", "Берик")
    page = open_page(BOARD, is_staff=True)

    open_card(page, first)
    expect(sheet(page).get_by_role("heading", name="Аида")).to_be_focused()
    assert page.url.endswith(f"?lead={first}")
    card(page, second).locator("h3 a").click()
    expect(sheet(page).get_by_role("heading", name="Берик")).to_be_focused()
    photograph(page, "board-sheet-1440")
    # Set only now: a click scrolls its target into view by itself.
    page.locator("#board").evaluate("board => board.scrollLeft = 120")
    page.keyboard.press("Escape")

    expect(sheet(page)).to_be_hidden()
    expect(card(page, second).locator("h3 a")).to_be_focused()
    assert page.url.endswith(BOARD)
    assert page.locator("#board").evaluate("board => board.scrollLeft") == 120


CONTRADICTS = """
from django.contrib.auth.models import User
from leads.contradictions import correct_facts
from leads.services import BOT, Actor, NewFact, record_facts
actor = Actor(User.objects.get(username="aigul"), "board")
correct_facts({lead}, {{"countries": ["TR"]}}, actor=actor)
record_facts({lead}, [NewFact("countries", ["EG"], "лучше в Египет")], actor=BOT)
"""


def test_the_clients_other_words_are_accepted_and_a_suggested_step_is_planned(
    running_site: Site, open_page: Open
) -> None:
    [lead] = make_leads(running_site, "Гаухар")
    page = open_page(BOARD, is_staff=True)
    opened = open_card(page, lead)
    change(running_site, CONTRADICTS.format(lead=lead))

    expect(opened).to_contain_text("Клиент пишет: Египет. Указано менеджером: Турция.")
    photograph(page, "board-contradiction-1440")
    opened.get_by_role("button", name="Принять").click()
    expect(opened).to_contain_text(re.compile(r"Турция → Египет, \d\d:\d\d"))
    expect(opened.get_by_role("button", name="Принять")).to_have_count(0)

    opened.get_by_role("button", name=re.compile("Запланировать: Уточнить")).click()
    expect(opened.locator(".lead-sheet__step")).to_contain_text("Уточнить: город вылета")
    expect(opened.locator(".analysis__step")).to_have_count(0)
    opened.get_by_text("Поправить", exact=True).click()
    opened.get_by_label("Взрослых").fill("3")
    opened.get_by_role("button", name="Сохранить").click()
    expect(opened.locator("dl.client__facts")).to_contain_text("3")
    assert page.url.endswith(f"?lead={lead}")


def test_a_link_opens_the_card_and_back_closes_it(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Ссылка")
    page = open_page(f"{BOARD}?lead={lead}", is_staff=True)
    expect(sheet(page).get_by_role("heading", name="Ссылка")).to_be_visible()
    sheet(page).get_by_role("button", name="Закрыть").click()
    expect(sheet(page)).to_be_hidden()

    open_card(page, lead)
    page.go_back()
    expect(sheet(page)).to_be_hidden()
    page.go_forward()
    expect(sheet(page)).to_be_visible()


def test_the_sheet_on_a_phone_covers_all_and_closes(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Телефонная", stage="new")
    page = open_page(BOARD, PHONE, is_staff=True)

    open_card(page, lead)
    page.wait_for_timeout(300)  # it slides in
    box = sheet(page).bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, PHONE[0])
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
    photograph(page, "board-sheet-390")
    sheet(page).get_by_role("button", name="Закрыть").click()

    expect(sheet(page)).to_be_hidden()
    expect(card(page, lead)).to_be_visible()


def test_a_half_typed_note_survives_what_others_do(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Черновая")
    page = open_page(BOARD, is_staff=True)
    open_card(page, lead)
    note = sheet(page).get_by_label("Заметка для коллег")
    note.fill("Просит звонить после")

    change(
        running_site,
        "from leads.services import *; from leads.steps import *;"
        f"tag_lead({lead}, ['Срочно'], actor=BOT); add_note({lead}, 'От коллеги', actor=BOT)",
    )

    expect(sheet(page).locator("[data-part=head]")).to_contain_text("Срочно", timeout=SOON_MS)
    expect(sheet(page).locator("[data-history]")).to_contain_text("От коллеги")
    expect(note).to_have_value("Просит звонить после")
    expect(note).to_be_focused()
    page.keyboard.press("Escape")
    open_card(page, lead)
    expect(note).to_have_value("Просит звонить после")
    sheet(page).get_by_role("button", name="Добавить заметку").click()
    expect(sheet(page).locator("[data-history]")).to_contain_text("Просит звонить после")
    expect(note).to_have_value("")


def test_take_tag_and_plan_in_the_sheet(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Рабочая")
    page = open_page(BOARD, is_staff=True)
    opened = open_card(page, lead)

    opened.get_by_role("button", name="Взять себе").click()
    expect(opened.locator("[data-part=head]")).to_contain_text("aigul")
    expect(opened.get_by_role("button", name="Взять себе")).to_have_count(0)
    opened.get_by_label("Новый тег").fill("VIP")
    page.keyboard.press("Enter")
    expect(opened.get_by_role("button", name="Снять тег «VIP»")).to_be_visible()
    expect(opened.get_by_label("Новый тег")).to_be_focused()
    opened.get_by_role("button", name="Завтра").click()
    expect(opened.locator("[data-part=step]")).to_contain_text("Уточнить детали поездки")
    expect(card(page, lead)).to_contain_text("Уточнить детали", timeout=SOON_MS)
    opened.get_by_role("button", name="Выполнено").click()
    expect(opened.locator("[data-part=step]")).to_contain_text("Нет следующего шага")


def test_a_move_from_the_sheet_can_be_undone(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Переезд")
    page = open_page(BOARD, is_staff=True)
    opened = open_card(page, lead)

    opened.locator("[data-sheet-move]").click()
    dialog = page.locator("#move-dialog")
    dialog.get_by_label("Стадия").select_option("selection")
    dialog.get_by_role("button", name="Переместить").click()

    expect(opened.locator("[data-sheet-move]")).to_contain_text("Подбор тура", timeout=SOON_MS)
    expect(page.locator("[data-cards=selection]").locator(f"#lead-{lead}")).to_be_visible()
    page.get_by_role("button", name="Отменить").first.click()
    expect(opened.locator("[data-sheet-move]")).to_contain_text("Консультация", timeout=SOON_MS)


def test_the_sheet_is_a_page_too(running_site: Site, open_page: Open) -> None:
    (lead,) = make_leads(running_site, "Страничная")
    page = open_page(f"/admin/leads/lead/{lead}/sheet/", DESK, is_staff=True)

    page.get_by_label("Заметка для коллег").fill("Прямо со страницы")
    page.get_by_role("button", name="Добавить заметку").click()

    expect(page.locator("[data-history]")).to_contain_text("Прямо со страницы")
    expect(page.locator(".toast-note")).to_have_text(re.compile("Заметка добавлена"))


# --- filters ---


def test_a_filter_is_set_taken_off_and_saved(running_site: Site, open_page: Open) -> None:
    shown, hidden = make_leads(running_site, "Фильтр Первая", "Фильтр Вторая")
    change(
        running_site,
        "from leads.services import *; from leads.steps import *;"
        f"tag_lead({shown}, ['Особый'], actor=BOT)",
    )
    page = open_page(BOARD, is_staff=True)

    page.get_by_role("link", name="Фильтры").click()
    panel = page.get_by_role("dialog", name="Фильтры")
    panel.get_by_label(re.compile("^Тег")).select_option("Особый")
    photograph(page, "board-filter-1440")
    panel.get_by_role("button", name="Показать").click()
    page.wait_for_url("**/board/?tag=*")
    expect(card(page, shown)).to_be_visible()
    expect(card(page, hidden)).to_have_count(0)

    page.get_by_role("link", name="Фильтры").click()
    panel.get_by_label("Сохранить этот фильтр как").fill("Особые")
    panel.get_by_role("button", name="Сохранить").click()
    expect(page.locator(".notice")).to_contain_text("Особые")
    page.get_by_role("link", name="Тег: Особый").click()
    expect(card(page, hidden)).to_be_visible()

    page.get_by_role("link", name="Фильтры").click()
    panel.get_by_role("link", name="Особые").click()
    expect(card(page, hidden)).to_have_count(0)
    page.get_by_role("link", name="Фильтры").click()
    panel.get_by_role("button", name="Удалить фильтр «Особые»").click()
    expect(page.locator(".notice")).to_contain_text("Фильтр удалён")


def test_the_filter_on_a_phone_is_a_sheet_from_below(open_page: Open) -> None:
    page = open_page(f"{BOARD}?waiting=1&country=VN&sum_to=900000", PHONE, is_staff=True)

    page.get_by_role("link", name="Фильтры").click()
    panel = page.get_by_role("dialog", name="Фильтры")
    expect(panel).to_be_visible()
    photograph(page, "board-filter-390")
    box = panel.bounding_box()
    assert box
    assert round(box["y"] + box["height"]) == PHONE[1]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


# --- many cards ---


def pick(page: Page, lead: int) -> None:
    card(page, lead).hover()
    card(page, lead).get_by_role("checkbox").check()


def in_column(page: Page, stage: str, lead: int) -> Locator:
    return page.locator(f"[data-cards={stage}] #lead-{lead}")


def test_many_cards_are_moved_and_come_back(running_site: Site, open_page: Open) -> None:
    leads = make_leads(running_site, "Много Раз", "Много Два", "Много Три")
    page = open_page(BOARD, is_staff=True)
    pick(page, leads[2])
    card(page, leads[0]).hover()
    card(page, leads[0]).get_by_role("checkbox").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("Выбрано: 3")
    photograph(page, "board-many-1440")

    bar.get_by_role("button", name="Переместить").click()
    dialog = page.locator("#move-dialog")
    dialog.get_by_label("Стадия").select_option("negotiation")
    dialog.get_by_role("button", name="Переместить").click()

    expect(page.locator(".toast-note")).to_contain_text("Выполнено: 3 из 3.")
    for lead in leads:
        expect(in_column(page, "negotiation", lead)).to_be_visible()
    expect(bar).to_be_hidden()
    page.get_by_role("button", name="Отменить").click()
    for lead in leads:
        expect(in_column(page, "consultation", lead)).to_be_visible()


def test_many_cards_are_tagged_and_given(running_site: Site, open_page: Open) -> None:
    first, second = make_leads(running_site, "Тег Раз", "Тег Два")
    page = open_page(BOARD, is_staff=True)
    bar = page.get_by_role("toolbar")

    for lead in (first, second):
        pick(page, lead)
    bar.get_by_label("Новый тег").fill("Горящий")
    page.keyboard.press("Enter")
    for lead in (first, second):
        expect(card(page, lead)).to_contain_text("Горящий")
        pick(page, lead)
    bar.get_by_label("Кому передать").select_option(label="aigul")
    for lead in (first, second):
        expect(card(page, lead).locator(".avatar")).to_have_text("A")


def test_a_long_press_chooses_on_a_phone(running_site: Site, open_page: Open) -> None:
    first, second = make_leads(running_site, "Палец Раз", "Палец Два", stage="new")
    page = open_page(BOARD, PHONE, is_staff=True)

    title = card(page, first).locator(".lead-card__foot").bounding_box()
    assert title
    session = page.context.new_cdp_session(page)
    point = {"x": title["x"] + 60, "y": title["y"] + 8}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.wait_for_timeout(800)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("Выбрано: 1")
    expect(sheet(page)).to_be_hidden()
    page.wait_for_timeout(1000)
    card(page, second).locator("h3").tap()
    expect(bar).to_contain_text("Выбрано: 2")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
    photograph(page, "board-many-390")
    bar.get_by_role("button", name="Снять выбор").click()
    expect(bar).to_be_hidden()


# --- the keyboard, and what is next ---


def test_a_card_is_found_moved_and_opened_by_keyboard_alone(
    running_site: Site, open_page: Open
) -> None:
    lower, upper = make_leads(running_site, "Клавиша Два", "Клавиша Раз")
    page = open_page(BOARD, is_staff=True)
    card(page, upper).locator("h3 a").focus()

    page.keyboard.press("ArrowDown")
    expect(card(page, lower).locator("h3 a")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar")).to_contain_text("Выбрано: 1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("#move-dialog")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(in_column(page, "selection", lower)).to_be_visible()
    card(page, lower).locator("h3 a").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-cards=consultation] h3 a:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(sheet(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet(page)).to_be_hidden()


def test_after_a_move_the_next_step_is_one_tap(running_site: Site, open_page: Open) -> None:
    first, second = make_leads(running_site, "Дальше Раз", "Дальше Два")
    page = open_page(BOARD, is_staff=True)

    for lead, answer in ((first, "Завтра"), (second, "Пропустить")):
        card(page, lead).locator(".lead-card__move").click()
        dialog = page.locator("#move-dialog")
        dialog.get_by_label("Стадия").select_option("selection")
        dialog.get_by_role("button", name="Переместить").click()
        prompt = page.get_by_role("group", name="Что дальше?")
        expect(prompt).to_contain_text("Отправить подборку")
        if lead == first:
            photograph(page, "board-prompt-1440")
        prompt.get_by_role("button", name=answer).click()
        expect(prompt).to_have_count(0)

    expect(card(page, first)).to_contain_text("Отправить подборку")
    expect(card(page, second)).to_contain_text("нет следующего шага")
