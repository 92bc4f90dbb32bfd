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
from bookings.services.flights import LoadFlights
from bookings.services.operator_checks import CheckOperator
from bookings.services.rechecks import RecheckSelection
from bookings.services.searching import SearchTours
from chat import inbox, topics
from chat import search as chat_search
from chat import tasks as chat_tasks
from chat.ai.chain import ProviderChain
from chat.ai.llm import LlmReplyProvider
from chat.ai.nlp import NLPProcessor
from chat.ai.nlp.model import CombinedEngine
from chat.ai.processor import IntelligentChatProcessor
from chat.ai.rules import RulesReplyProvider
from chat.delivery import SendMessage
from chat.lead_panel import conversation_panel, waiting_lead_ids
from chat.listeners import on_customer_message, on_hand_over
from chat.merging import ConversationMover
from chat.panels import conversation_badges
from chat.permissions import visible_conversation_ids
from chat.respond import Respond
from chat.selections import chats_of_lead
from chat.services.client_words import ClientMessenger
from crystalbay.notices import (
    tell_of_hand_over,
    tell_of_late_search,
    tell_of_lead,
    tell_of_message,
    tell_of_selection,
)
from crystalbay.search import sources
from integrations import tasks as integration_tasks
from integrations.delivery.handlers import inbox_handlers, outbox_handlers
from integrations.models import IntegrationAccount
from integrations.registry import llm_client
from leads import search as leads_search
from leads.assignment import assign_in_turn
from leads.merging import movers
from leads.panels import card_badges, lead_panels, waiting_leads
from leads.permissions import visible_lead_ids
from leads.services import channel_lead_rules, on_assigned
from live import tasks as live_tasks
from live.audience import gatekeepers

# Celery finds tasks by import; a web process that only sends them must know them too.
TASK_MODULES = (desk_tasks, bookings_tasks, chat_tasks, integration_tasks, live_tasks)


def connect() -> None:
    inbox_handlers[IntegrationAccount.Kind.WEBCHAT] = inbox.handle_channel_event
    outbox_handlers[topics.SEND_MESSAGE] = SendMessage()
    providers = (LlmReplyProvider(llm_client, search_tours), RulesReplyProvider(search_tours))
    outbox_handlers[topics.RESPOND] = Respond(
        NLPProcessor(CombinedEngine(llm_client)),
        IntelligentChatProcessor(ProviderChain(providers)),
    )
    outbox_handlers[bookings_topics.SEARCH_TOURS] = SearchTours()
    outbox_handlers[bookings_topics.RECHECK_SELECTION] = RecheckSelection()
    outbox_handlers[bookings_topics.LOAD_FLIGHTS] = LoadFlights()
    outbox_handlers[bookings_topics.CHECK_OPERATOR] = CheckOperator()
    sending.routes_of[:] = [chats_of_lead]
    card_badges[:] = [conversation_badges]
    messengers[:] = [ClientMessenger()]
    lead_panels[:] = [bookings_panel, selections_panel, conversation_panel]
    waiting_leads[:] = [waiting_lead_ids]
    movers[:] = [ConversationMover()]
    channel_lead_rules[:] = [assign_in_turn]
    gatekeepers["lead"] = visible_lead_ids
    gatekeepers["conversation"] = visible_conversation_ids
    on_assigned[:] = [tell_of_lead]
    on_customer_message[:] = [tell_of_message]
    on_hand_over[:] = [tell_of_hand_over]
    on_late_search[:] = [tell_of_late_search]
    on_selection_event[:] = [tell_of_selection]
    sources[:] = [
        leads_search.CLIENTS,
        leads_search.LEADS,
        BOOKINGS,
        chat_search.CONVERSATIONS,
        chat_search.MESSAGES,
    ]
