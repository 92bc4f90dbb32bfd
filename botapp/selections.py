"""A manager's selection in the chat: opened and chosen from by its unguessable token only."""

from __future__ import annotations

from collections.abc import Sequence

from babel.dates import format_date, format_datetime
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import texts as tours
from bookings.models import Selection, SelectionItem
from bookings.services import client_choices
from botapp.callbacks import Press
from botapp.dialogs import OldKey
from botapp.models import Dialogue
from botapp.results import want
from botapp.staff_notes import note_for_staff
from botapp.steps import country_name
from chat.models import Conversation, Message
from chat.services.outbound import send_bot_answer
from common.errors import DomainError
from integrations.channels.base import Button

OPENED = gettext_lazy("Opened: %(selection)s, %(lead)s")


def open_selection(conversation: Conversation, token: str) -> bool:
    """Show the tours of a sent selection as cards; False if no selection has this token.

    One that has expired is answered in words. Counts as an opening, like that of the page.
    """
    try:
        with transaction.atomic():
            selection = client_choices.note_opening(token)
    except Selection.DoesNotExist:
        return False
    except DomainError as error:
        send_bot_answer(conversation, error.message, buttons=[[_manager()]])
        return True
    if conversation.lead_id != selection.lead_id:
        # The link was passed on, or the client is not yet known by this messenger.
        note_for_staff(conversation, OPENED, selection=selection, lead=selection.lead)
    _show(conversation, selection, list(selection.items.select_related("offer")))
    return True


def _show(conversation: Conversation, selection: Selection, items: Sequence[SelectionItem]) -> None:
    send_bot_answer(conversation, selection.note or _("I have chosen tours for you:"))
    for item in items:
        text = _card(item, conversation.language)
        send_bot_answer(conversation, text, buttons=[_keys(selection, item)])


def _keys(selection: Selection, item: SelectionItem) -> list[Button]:
    ask = Button(_("Ask a manager"), data=Press(0, "q").encode())
    if item.state == SelectionItem.State.SOLD_OUT:
        return [ask]
    value = f"{selection.token}:{item.pk}"
    return [Button(_("I want this one"), data=Press(0, "v", value).encode()), ask]


def _manager() -> Button:
    return Button(_("Call a manager"), data=Press(0, "h").encode())


def _card(item: SelectionItem, language: str) -> str:
    offer = item.offer
    days = [format_date(day, "d MMM", locale=language) for day in (offer.check_in, offer.check_out)]
    moment = format_datetime(timezone.localtime(offer.seen_at), "d MMM, HH:mm", locale=language)
    price = _("%(price)s for everybody") % {"price": tours.price(offer)}
    is_gone = item.state == SelectionItem.State.SOLD_OUT
    lines = [
        f"{offer.hotel} {offer.stars}*" if offer.stars else offer.hotel,
        ", ".join(filter(None, (offer.resort, country_name(offer.country, language)))),
        f"{days[0]} – {days[1]}, {tours.nights(offer.nights)}, {offer.departure_city}",
        tours.party(offer),
        ", ".join(filter(None, (tours.meal(offer), offer.room))),
        item.note,
        item.get_state_display() if is_gone else price,
        "" if is_gone else _("Price as of %(time)s; a manager confirms it.") % {"time": moment},
    ]
    return "\n".join(line for line in lines if line)


def choose_item(conversation: Conversation, dialogue: Dialogue, value: str, card: Message) -> bool:
    """«I want this one» under a card of a selection. False if done before.

    Raises OldKey for a token or a tour that is none.
    """
    token, _colon, item_id = value.partition(":")
    if not (item_id.isascii() and item_id.isdigit() and len(item_id) <= 18):
        raise OldKey
    try:
        with transaction.atomic():
            client_choices.choose(token, int(item_id))
    except (Selection.DoesNotExist, SelectionItem.DoesNotExist):
        raise OldKey from None
    except DomainError as error:
        send_bot_answer(conversation, error.message, buttons=[[_manager()]])
        return True
    return want(conversation, dialogue, card)
