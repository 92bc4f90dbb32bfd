"""The menu of the back office: what is there, who may open it, what waits behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crystalbay.counters import new_lead_count, unanswered_count
from leads.permissions import Person

Text = str | Promise
MAX_COUNT = 99
MAIN_PLACES = 4


@dataclass(frozen=True)
class MenuEntry:
    """One place to go. `counter` is one cheap query; `key` lets open pages refresh it.

    `shortcut` is the letter that leads here after G.
    """

    label: Text
    icon: str
    url_name: str
    permission: str = ""
    counter: Callable[[Person], int] | None = None
    key: str = ""
    shortcut: str = ""

    @property
    def url(self) -> str:
        """Empty while the page does not exist."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""

    def is_shown(self, request: HttpRequest) -> bool:
        if not self.url:
            return False
        # Like the admin: whoever may change may look.
        app, _dot, name = self.permission.partition(".")
        return not self.permission or any(
            request.user.has_perm(f"{app}.{verb}_{name}") for verb in ("view", "change")
        )


@dataclass(frozen=True)
class MenuGroup:
    label: Text
    entries: tuple[MenuEntry, ...]
    is_main: bool = False


@dataclass
class MenuItem:
    """An entry as one request sees it."""

    entry: MenuEntry
    viewer: Person
    is_current: bool = False

    @property
    def label(self) -> Text:
        return self.entry.label

    @property
    def icon(self) -> str:
        return self.entry.icon

    @property
    def key(self) -> str:
        return self.entry.key

    @cached_property
    def url(self) -> str:
        return self.entry.url

    @cached_property
    def count(self) -> int:
        return self.entry.counter(self.viewer) if self.entry.counter else 0

    @property
    def count_text(self) -> str:
        return f"{MAX_COUNT}+" if self.count > MAX_COUNT else str(self.count)


@dataclass
class ShownGroup:
    label: Text
    items: list[MenuItem] = field(default_factory=list)


@dataclass
class Menu:
    groups: list[ShownGroup]
    main: list[MenuItem]

    def items(self) -> Iterator[MenuItem]:
        for group in self.groups:
            yield from group.items


TODAY = MenuEntry(_("Today"), "sun", "admin:index", shortcut="t")
BOARD = MenuEntry(_("Pipeline"), "kanban", "admin:leads_lead_board", "leads.lead", shortcut="b")
CHATS = MenuEntry(
    _("Chats"),
    "chat-dots",
    "admin:chat_conversation_changelist",
    "chat.conversation",
    counter=unanswered_count,
    key="unanswered",
    shortcut="c",
)
LEADS = MenuEntry(
    _("Leads"),
    "lightning-charge",
    "admin:leads_lead_changelist",
    "leads.lead",
    counter=new_lead_count,
    key="new-leads",
    shortcut="l",
)
CLIENTS = MenuEntry(
    _("Clients"), "people", "admin:leads_client_changelist", "leads.client", shortcut="k"
)
TOURS = MenuEntry(
    _("Tours"), "airplane", "admin:bookings_tours", "bookings.searchrun", shortcut="p"
)
CANNED = MenuEntry(
    _("Canned replies"), "lightning", "admin:chat_cannedreply_changelist", "chat.cannedreply"
)

BOOKINGS = MenuEntry(
    _("Bookings"),
    "suitcase",
    "admin:bookings_booking_changelist",
    "bookings.booking",
    shortcut="r",
)
TRIPS = (
    BOOKINGS,
    MenuEntry(_("Bookings by state"), "columns-gap", "admin:bookings_board", "bookings.booking"),
    MenuEntry(
        _("Flights of clients"), "airplane", "admin:bookings_flights_page", "bookings.booking"
    ),
    MenuEntry(
        _("Tourists"),
        "person-vcard",
        "admin:bookings_traveller_changelist",
        "bookings.traveller",
    ),
    MenuEntry(
        _("Planned payments"),
        "calendar3",
        "admin:bookings_paymentdue_changelist",
        "bookings.paymentdue",
    ),
    MenuEntry(
        _("Ledger"), "cash-coin", "admin:bookings_ledgerentry_changelist", "bookings.ledgerentry"
    ),
)
BOOKING_RULES = (
    MenuEntry(
        _("Tour operators"), "buildings", "admin:bookings_operator_changelist", "bookings.operator"
    ),
    MenuEntry(
        _("Holidays"),
        "calendar-x",
        "admin:bookings_specialday_changelist",
        "bookings.specialday",
    ),
    MenuEntry(
        _("Passport rules"),
        "passport",
        "admin:bookings_entryrule_changelist",
        "bookings.entryrule",
    ),
    MenuEntry(
        _("Texts of documents"),
        "file-earmark-text",
        "admin:bookings_documenttemplate_changelist",
        "bookings.documenttemplate",
    ),
    MenuEntry(
        _("Looks at passports"),
        "eye",
        "admin:bookings_documentlook_changelist",
        "bookings.documentlook",
    ),
)

MENU = (
    MenuGroup(_("Work"), (TODAY, CHATS, BOARD, LEADS, CLIENTS, TOURS), is_main=True),
    MenuGroup(_("Trips"), TRIPS),
    MenuGroup(
        _("Management"),
        (
            MenuEntry(_("Users"), "person-badge", "admin:auth_user_changelist", "auth.user"),
            MenuEntry(
                _("Shifts"),
                "calendar2-check",
                "admin:leads_staffprofile_changelist",
                "leads.staffprofile",
            ),
            MenuEntry(
                _("Analysis of leads"),
                "thermometer-half",
                "admin:leads_analysisbatch_changelist",
                "leads.analysisbatch",
            ),
            MenuEntry(_("Groups"), "shield-check", "admin:auth_group_changelist", "auth.group"),
            CANNED,
            MenuEntry(_("Knowledge base"), "book", "admin:chat_article_changelist", "chat.article"),
            MenuEntry(
                _("Rules of answering"),
                "robot",
                "admin:chat_answerpolicy_changelist",
                "chat.answerpolicy",
            ),
            MenuEntry(
                _("Business hours"), "clock", "admin:chat_workday_changelist", "chat.workday"
            ),
            MenuEntry(
                _("Stages"), "signpost-split", "admin:leads_leadstage_changelist", "leads.leadstage"
            ),
            MenuEntry(
                _("Sources"), "compass", "admin:leads_leadsource_changelist", "leads.leadsource"
            ),
            MenuEntry(_("Tags"), "tags", "admin:leads_tag_changelist", "leads.tag"),
            MenuEntry(
                _("Reasons of loss"),
                "flag",
                "admin:leads_lostreason_changelist",
                "leads.lostreason",
            ),
            *BOOKING_RULES,
        ),
    ),
    MenuGroup(
        _("System"),
        (
            MenuEntry(
                _("Channels and integrations"),
                "plug",
                "admin:integrations_integrationaccount_changelist",
                "integrations.integrationaccount",
            ),
            MenuEntry(_("AI agents"), "stars", "admin:chat_aiagent_changelist", "chat.aiagent"),
            MenuEntry(
                _("Trial of the assistant"), "chat-square-dots", "admin:chat_trial", "chat.aiagent"
            ),
            MenuEntry(
                _("Scenarios"), "list-check", "admin:chat_scenario_changelist", "chat.scenario"
            ),
            MenuEntry(
                _("Runs of the assistant"),
                "speedometer2",
                "admin:chat_airun_changelist",
                "chat.airun",
            ),
            MenuEntry(
                _("Telegram bot"),
                "telegram",
                "admin:botapp_bot",
                "integrations.integrationaccount",
            ),
            MenuEntry(
                _("Wazzup24 now"),
                "activity",
                "admin:chat_wazzup",
                "integrations.integrationaccount",
            ),
            MenuEntry(
                _("Templates of messages"),
                "patch-check",
                "admin:integrations_messagetemplate_changelist",
                "integrations.messagetemplate",
            ),
            MenuEntry(
                _("Connection to the operator"),
                "broadcast",
                "admin:bookings_operator",
                "bookings.operatorcheck",
            ),
            MenuEntry(
                _("Operator's catalogue"),
                "journal-text",
                "admin:bookings_catalogueentry_changelist",
                "bookings.catalogueentry",
            ),
            MenuEntry(
                _("Incoming exchange"),
                "box-arrow-in-down",
                "admin:integrations_inboxevent_changelist",
                "integrations.inboxevent",
            ),
            MenuEntry(
                _("Outgoing exchange"),
                "send",
                "admin:integrations_outboxmessage_changelist",
                "integrations.outboxmessage",
            ),
        ),
    ),
)


def menu_for(request: HttpRequest) -> Menu:
    """What this person may open, with the present place marked."""
    groups, main = [], []
    for group in MENU:
        entries = [entry for entry in group.entries if entry.is_shown(request)]
        shown = [MenuItem(entry, request.user) for entry in entries]
        if shown:
            groups.append(ShownGroup(group.label, shown))
        if group.is_main:
            main += shown[:MAIN_PLACES]
    menu = Menu(groups, main)
    _mark_current(menu, request.path)
    return menu


def _mark_current(menu: Menu, path: str) -> None:
    index = reverse("admin:index")
    fitting = [
        item
        for item in menu.items()
        if path == item.url or (item.url != index and path.startswith(item.url))
    ]
    if fitting:
        max(fitting, key=lambda item: len(item.url)).is_current = True
