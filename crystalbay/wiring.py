"""THE list: who handles what. Lower apps publish and enqueue; here upper apps are attached."""

from __future__ import annotations

from bookings import desk_tasks, sending
from bookings import tasks as bookings_tasks
from bookings import topics as bookings_topics
from bookings.booking_search import BOOKINGS
from bookings.lead_panel import bookings_panel
from bookings.listeners import on_late_search, on_selection_event
from bookings.messenger import messengers
from bookings.panels import selections_panel
from bookings.search import search_tours
from bookings.services import searching
from bookings.services.flights import LoadFlights
from bookings.services.operator_checks import CheckOperator
from bookings.services.rechecks import RecheckSelection
from botapp import notices as bot_notices
from botapp import tasks as bot_tasks
from botapp import topics as bot_topics
from botapp.calls import CallTelegram
from botapp.dispatch import process_stored_update
from botapp.forwarding import ForwardFile, tell_of_delivery
from botapp.search import SearchTours
from botapp.watch import SetWebhook
from botapp.words import say_with_keys
from chat import inbox, topics
from chat import search as chat_search
from chat import tasks as chat_tasks
from chat.agents import active_agent
from chat.ai.assistant import Assistant
from chat.ai.base import Sources
from chat.ai.chain import ProviderChain
from chat.ai.llm import LlmReplyProvider
from chat.ai.nlp import NLPProcessor
from chat.ai.nlp.model import CombinedEngine
from chat.ai.processor import IntelligentChatProcessor
from chat.ai.rules import RulesReplyProvider
from chat.delivery import EditMessage, SendMessage
from chat.file_fetch import FetchFile
from chat.knowledge import find_passages
from chat.lead_panel import conversation_panel, waiting_lead_ids
from chat.listeners import on_customer_message, on_hand_over, on_settled, sayers
from chat.merging import ConversationMover
from chat.panels import conversation_badges
from chat.permissions import visible_conversation_ids
from chat.rehearsal import assistants
from chat.rehearse import Rehearse
from chat.respond import Respond
from chat.selections import chats_of_lead
from chat.services.analysis import analyse_lead
from chat.services.client_words import ClientMessenger
from chat.services.reading import read_anew
from chat.told_bookings import told_bookings
from chat.wazzup_inbox import handle_wazzup_event
from crystalbay.notices import (
    tell_of_hand_over,
    tell_of_late_search,
    tell_of_lead,
    tell_of_message,
    tell_of_selection,
    tell_of_trouble,
)
from crystalbay.search import sources
from crystalbay.today.page import day_in_lines
from integrations import tasks as integration_tasks
from integrations.delivery.handlers import inbox_handlers, outbox_handlers, slow_topics
from integrations.models import IntegrationAccount
from integrations.registry import llm_client
from integrations.wazzup.channels import alarms
from leads import search as leads_search
from leads import tasks as leads_tasks
from leads.analysis import analysts, readers
from leads.assignment import assign_in_turn
from leads.merging import movers
from leads.panels import card_badges, lead_panels, waiting_leads
from leads.permissions import visible_lead_ids
from leads.services import channel_lead_rules, on_assigned, on_moved
from live import tasks as live_tasks
from live.audience import gatekeepers

# Celery finds tasks by import; a web process that only sends them must know them too.
TASK_MODULES = (
    bookings_tasks,
    bot_tasks,
    chat_tasks,
    desk_tasks,
    integration_tasks,
    leads_tasks,
    live_tasks,
)


def connect() -> None:
    inbox_handlers[IntegrationAccount.Kind.WEBCHAT] = inbox.handle_channel_event
    inbox_handlers[IntegrationAccount.Kind.WAZZUP] = handle_wazzup_event
    outbox_handlers[topics.SEND_MESSAGE] = SendMessage()
    outbox_handlers[topics.EDIT_MESSAGE] = EditMessage()
    outbox_handlers[topics.FETCH_FILE] = FetchFile()
    facts = Sources(search_tours, find_passages, told_bookings)
    providers = (
        LlmReplyProvider(llm_client, facts, active_agent),
        RulesReplyProvider(facts),
    )
    assistant = Assistant(
        NLPProcessor(CombinedEngine(llm_client, active_agent)),
        IntelligentChatProcessor(ProviderChain(providers)),
    )
    assistants["auto"] = assistant
    assistants["rules"] = Assistant(
        NLPProcessor(), IntelligentChatProcessor(ProviderChain(providers[1:]))
    )
    outbox_handlers[topics.RESPOND] = Respond(assistant)
    outbox_handlers[topics.REHEARSE] = Rehearse()
    _connect_bot()
    outbox_handlers[bookings_topics.SEARCH_TOURS] = searching.SearchTours()
    outbox_handlers[bookings_topics.RECHECK_SELECTION] = RecheckSelection()
    outbox_handlers[bookings_topics.LOAD_FLIGHTS] = LoadFlights()
    outbox_handlers[bookings_topics.CHECK_OPERATOR] = CheckOperator()
    slow_topics.update(
        {
            bookings_topics.SEARCH_TOURS,
            bookings_topics.RECHECK_SELECTION,
            bookings_topics.LOAD_FLIGHTS,
            bot_topics.SEARCH_TOURS,
        }
    )
    sending.routes_of[:] = [chats_of_lead]
    card_badges[:] = [conversation_badges]
    messengers[:] = [ClientMessenger()]
    lead_panels[:] = [bookings_panel, selections_panel, conversation_panel]
    waiting_leads[:] = [waiting_lead_ids]
    analysts[:] = [analyse_lead]
    readers[:] = [read_anew]
    movers[:] = [ConversationMover()]
    channel_lead_rules[:] = [assign_in_turn, bot_notices.tell_of_new_lead]
    gatekeepers["lead"] = visible_lead_ids
    gatekeepers["conversation"] = visible_conversation_ids
    on_moved[:] = [analyse_lead]
    on_assigned[:] = [tell_of_lead]
    on_customer_message[:] = [tell_of_message]
    on_hand_over[:] = [tell_of_hand_over, bot_notices.tell_of_hand_over]
    alarms[:] = [tell_of_trouble]
    on_late_search[:] = [tell_of_late_search]
    on_selection_event[:] = [tell_of_selection]
    sources[:] = [
        leads_search.CLIENTS,
        leads_search.LEADS,
        BOOKINGS,
        chat_search.CONVERSATIONS,
        chat_search.MESSAGES,
    ]


def _connect_bot() -> None:
    inbox_handlers[IntegrationAccount.Kind.TELEGRAM] = process_stored_update
    outbox_handlers[bot_topics.CALL] = CallTelegram()
    outbox_handlers[bot_topics.NOTIFY_STAFF] = bot_notices.NotifyStaff()
    outbox_handlers[bot_topics.SEARCH_TOURS] = SearchTours(search_tours)
    outbox_handlers[bot_topics.SET_WEBHOOK] = SetWebhook()
    outbox_handlers[bot_topics.FORWARD_FILE] = ForwardFile()
    on_settled[:] = [tell_of_delivery]
    sayers[:] = [say_with_keys]
    bot_notices.day_lines[:] = [day_in_lines]
