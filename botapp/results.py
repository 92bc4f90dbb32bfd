"""What the client sees of a search: cards, what can be done with them, and honest empty hands.

Callers hold the lock of the conversation and have its language active.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from botapp import texts
from botapp.dialogs import OldKey, Rows, key
from botapp.models import Dialogue
from botapp.staff_notes import note_for_staff
from chat.models import Conversation, Message
from chat.services.modes import call_person
from chat.services.outbound import change_bot_message, send_bot_answer
from integrations.channels.base import ASK_PHONE, Button
from integrations.tours.base import EmptyReason, TourOffer
from leads.models import LeadStage
from leads.services import BOT, advance_lead

AT_ONCE = 3
WANTS = gettext_lazy("The client wants this tour:\n%(card)s")
ASKS = gettext_lazy("The client has a question about this tour:\n%(card)s")
Code = LeadStage.Code


@dataclass(frozen=True)
class Found:
    """What a search brought, cheapest first; `assumed`: what the client had left open."""

    offers: tuple[TourOffer, ...]
    reason: EmptyReason | None
    assumed: Sequence[str]
    city: str
    is_over_budget: bool = False
    is_past: bool = False


def show_results(conversation: Conversation, dialogue: Dialogue, found: Found) -> None:
    """Turn the progress line into the result, and send the first cards."""
    if not found.offers:
        said = texts.nothing_found(found.reason, found.city)
        said = texts.dates_have_passed() if found.is_past else said
        _end(conversation, dialogue, said, _ways_out(dialogue))
        return
    said = texts.found(len(found.offers), list(found.assumed), is_over_budget=found.is_over_budget)
    _end(conversation, dialogue, said, [])
    show_offers(conversation, dialogue, found.offers)


def show_offers(
    conversation: Conversation, dialogue: Dialogue, offers: Sequence[TourOffer]
) -> None:
    """Send the first cards of a list; the rest waits for «more»."""
    dialogue.offers, dialogue.shown = [offer.as_dict() for offer in offers], 0
    _send_cards(conversation, dialogue)
    conversation.question = "choice"
    conversation.save(update_fields=["question", "updated_at"])
    if conversation.lead_id:
        advance_lead(conversation.lead_id, Code.SELECTION, actor=BOT)


def show_failure(conversation: Conversation, dialogue: Dialogue) -> None:
    """The operator is down: say so, and offer a person."""
    again = [key(dialogue, _("Try again"), "g")]
    _end(conversation, dialogue, texts.search_failed(), [[_manager(dialogue)], again])


def _end(conversation: Conversation, dialogue: Dialogue, text: str, rows: Rows) -> None:
    if dialogue.message:
        change_bot_message(dialogue.message, text, buttons=rows)
    else:
        dialogue.message = send_bot_answer(conversation, text, buttons=rows)
    dialogue.save()


def _ways_out(dialogue: Dialogue) -> Rows:
    return [[key(dialogue, _("Change"), "c")], [_manager(dialogue)]]


def _manager(dialogue: Dialogue) -> Button:
    return key(dialogue, _("Call a manager"), "h")


def show_more(conversation: Conversation, dialogue: Dialogue, search_no: str) -> None:
    """Raises OldKey for the cards of an earlier search."""
    if search_no != str(dialogue.search_no):
        raise OldKey
    if dialogue.shown < len(dialogue.offers):
        _send_cards(conversation, dialogue)
    else:
        send_bot_answer(conversation, texts.no_more(), buttons=_ways_out(dialogue))


def _send_cards(conversation: Conversation, dialogue: Dialogue) -> None:
    page = dialogue.offers[dialogue.shown : dialogue.shown + AT_ONCE]
    dialogue.shown += len(page)
    dialogue.save()
    for number, row in enumerate(page, 1):
        offer = TourOffer.from_dict(row)
        rows = [[key(dialogue, _("I want this one"), "w"), key(dialogue, _("Ask a manager"), "q")]]
        if number == len(page):
            more = key(dialogue, _("More"), "n", str(dialogue.search_no))
            rows.append([more, key(dialogue, _("Change"), "c")])
        send_bot_answer(conversation, texts.card(offer, conversation.language), buttons=rows)


def want(conversation: Conversation, dialogue: Dialogue, card: Message) -> bool:
    """The client chooses a card: a note for the manager, who is called. False if done before."""
    if card.pk in dialogue.wanted:
        return False
    dialogue.wanted = [*dialogue.wanted, card.pk]
    dialogue.save(update_fields=["wanted", "updated_at"])
    note_for_staff(conversation, WANTS, card=card.text)
    if conversation.lead_id:
        advance_lead(conversation.lead_id, Code.NEGOTIATION, actor=BOT)
    call_person(conversation)
    send_bot_answer(conversation, texts.want_noted(card.text.splitlines()[0]))
    offer_phone(conversation)
    return True


def ask_manager(conversation: Conversation, card: Message | None) -> None:
    """A question about a card, or just for a person: the manager is called."""
    if card:
        note_for_staff(conversation, ASKS, card=card.text)
    call_person(conversation)
    send_bot_answer(conversation, texts.manager_called())


def offer_phone(conversation: Conversation) -> None:
    if conversation.client.identities.filter(kind="phone").exists():
        return
    keys = [[Button(_("Send my number"), data=ASK_PHONE)]]
    send_bot_answer(conversation, texts.ask_phone(), buttons=keys)
