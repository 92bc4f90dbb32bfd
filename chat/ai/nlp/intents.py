"""What the client wants from us: one intent for a message."""

from __future__ import annotations

import re

from chat.ai.nlp import intent_words as words
from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.normalize import View
from chat.ai.nlp.types import Fact

_GROUPS = {
    "departure_city": "departure",
    "countries": "place",
    "resorts": "place",
    "excluded_countries": "refusal",
    "date_from": "date",
    "date_to": "date",
    "nights_min": "nights",
    "nights_max": "nights",
    "adults": "people",
    "children": "people",
    "budget_min": "budget",
    "budget_max": "budget",
    "stars_min": "hotel",
    "meal": "hotel",
}
_LETTERS = re.compile(r"[^\W\d_]")
_BARE_PRICE = re.compile(r"^\W*[\d\s.,]+\s*(?:[$€₸₽]|\w{1,8})?\W*$")
_FIRM_DOCUMENTS = re.compile(
    r"паспорт|документ|согласи|доверенност|нотариус|нотариал|шенген|справк|анкет|бумаг|выписк"
)
_ASKS = re.compile(r"\b(?:как\w*|что|где|кто|когда|почему|ли|можно)\b")
_AT_PLACE = re.compile(r"\b(?:в|во|на)\s+[а-я-]+(?:е|ии|ах|ях)\b")
_OFFERS = re.compile(r"\b(?:есть|сколько|цен\w+|стоимост\w+|стоит|отел\w+|отдых\w*|тур\w*)\b")
_REAL_STAY = {"nights", "people", "budget", "date", "departure"}


def classify(view: View, facts: list[Fact], *, names_place: bool) -> tuple[str, float]:
    """Return the intent and how sure the rules are of it.

    `names_place`: a refused resort is no fact, but saying it still changes the request.
    """
    text = view.text.strip()
    small_talk = _small_talk(text)
    if small_talk:
        return small_talk, 0.95
    groups = {_GROUPS[fact.name] for fact in facts if fact.name in _GROUPS}
    if words.SPAM.search(text) or _is_passport_data(text) or _is_courtesy(text, groups):
        return "other", 0.8
    asked = bool(words.TOUR_ASK.search(text))
    firm = _firm_intent(text, groups, asked)
    if firm:
        return firm, 0.85
    if _asks_for_tickets(text, groups):
        return "other_question", 0.8
    if asked and not _is_general_question(text, groups):
        return "tour_request", 0.9
    weak = _weak_intent(text, groups)
    if weak:
        return weak, 0.75
    return _by_facts(text, groups | ({"refusal"} if names_place else set()))


def _small_talk(text: str) -> str | None:
    if not _LETTERS.search(text) and not re.search(r"\d", text):
        return "other"
    has_thanks = words.THANKS.search(text)
    if (
        words.SALUTE.search(text)
        and not has_thanks
        and _is_nothing_or_name(_letters_left(words.GREETING.sub(" ", text)))
    ):
        return "greeting"
    if has_thanks and not _has_topic(text) and not words.CLOSING.search(text):
        rest = words.GREETING.sub(" ", words.THANKS_FILLER.sub(" ", words.THANKS.sub(" ", text)))
        if len(_letters_left(rest)) <= 1:
            return "thanks"
    return None


def _is_nothing_or_name(left: list[str]) -> bool:
    return not left or len(left) == 1 and lexicon().is_first_name(left[0])


def _has_topic(text: str) -> bool:
    topics = (words.CANCEL, words.PAYMENT, words.DOCUMENTS, words.HUMAN, words.BOOKING)
    return any(topic.search(text) for topic in topics)


def _letters_left(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text) if len(word) > 1]


def _is_passport_data(text: str) -> bool:
    return bool(words.PASSPORT_DATA.search(text)) and not words.QUESTION.search(text)


def _asks_for_tickets(text: str, groups: set[str]) -> bool:
    """Tell a wish for air tickets alone; visas and payments beside a ticket win over it."""
    others = (words.TOUR, words.DOCUMENTS, words.PAYMENT, words.COMPLAINT, words.HUMAN)
    tickets = words.TICKETS.search(text) or (
        words.FLIGHTS.search(text) and not groups & {"nights", "people", "budget", "hotel"}
    )
    return bool(tickets) and not any(other.search(text) for other in others)


def _is_courtesy(text: str, groups: set[str]) -> bool:
    """Tell congratulations and "завтра зайду", whose dates are no departure."""
    if words.CONGRATULATION.search(text):
        return groups <= {"date"} and not words.QUESTION.search(text)
    return groups <= {"date"} and words.VISIT.search(text) is not None and "?" not in text


def _firm_intent(text: str, groups: set[str], asked: bool) -> str | None:
    """Return an intent that stands even beside facts of a journey."""
    if words.CANCEL_TERMS.search(text):
        return "payment"
    if words.CANCEL.search(text) and not _changes_mind(text, groups, asked):
        return "cancel"
    if not groups and not asked and words.WEAK_CANCEL.search(text):
        return "cancel"
    if words.PAID.search(text) and not asked and words.PAYMENT.search(text):
        return _complaint_or("payment", text)
    many = len(groups & _REAL_STAY) >= 2 and len(groups) >= 3
    if words.BOOKING.search(text) and not many and (not asked or words.OWN_BOOKING.search(text)):
        return _complaint_or("booking_status", text)
    return None


def _changes_mind(text: str, groups: set[str], asked: bool) -> bool:
    """Tell "передумали, давайте Вьетнам", a new request, from giving the journey up."""
    if "place" in groups and words.CHANGE_OF_MIND.search(text):
        return True
    if "refusal" in groups and not re.search(r"\b(?:уже|больше)\s+не\b", text):
        return True  # "египет не надо"
    if re.search(r"\bвиз\w*[^.?!\n]{0,25}\bотмен", text):
        return True  # visas are cancelled by states
    if "date" in groups and re.search(r"\b(?:раньше|ранее|позже|позднее)\b", text):
        return True  # "раньше 20 июля не сможем вылететь"
    return asked and len(groups) >= 2


def _complaint_or(intent: str, text: str) -> str:
    if words.COMPLAINT.search(text) and not words.PRICE_OBJECTION.search(text):
        return "complaint"
    return intent


def _is_general_question(text: str, groups: set[str]) -> bool:
    """Tell a question about payment, visas or the agency that only mentions a tour."""
    if len(groups) >= 2 and not _FIRM_DOCUMENTS.search(text) or _asks_firmly(text):
        return False
    return bool(
        words.PAYMENT.search(text)
        or words.DOCUMENTS.search(text)
        or (not groups and (words.HUMAN.search(text) or _complains(text, groups)))
        or (not groups and words.OTHER_QUESTION.search(text))
    )


def _asks_firmly(text: str) -> bool:
    """Tell a wish for a tour from "хочу оплатить тур", where the wish is for something else."""
    found = words.FIRM_ASK.search(text)
    if not found or _FIRM_DOCUMENTS.search(text) or re.search(r"\bвход(?:ит|ят)\b", text):
        return False
    wish = found.group()
    others = (words.PAYMENT, words.DOCUMENTS, words.OTHER_QUESTION, words.HUMAN, words.COMPLAINT)
    return words.PRICE_OBJECTION.search(wish) is not None or not any(
        topic.search(wish) for topic in others
    )


def _weak_intent(text: str, groups: set[str]) -> str | None:
    """Return the intent of a telling word, unless enough facts make it a request."""
    stay = groups & _REAL_STAY
    if len(groups) >= 3 and len(stay) >= 2 and not _FIRM_DOCUMENTS.search(text):
        return None
    if _complains(text, groups):
        return "complaint"
    if words.HUMAN.search(text) and len(groups) < 2:
        return "human_agent"
    paperwork = _papers_or_payment(text)
    if paperwork == "documents_visa" or (paperwork and len(groups) < 2):
        return paperwork
    states = "?" not in text and _states_a_wish(text, groups)
    if (
        words.OTHER_QUESTION.search(text)
        and len(groups) < 3
        and not states
        and not _asks_for_offers(text, groups)
    ):
        return "other_question"
    if words.PAST_TRIP.search(text) and "?" not in text and not words.TOUR_ASK.search(text):
        return "other"
    return None


def _states_a_wish(text: str, groups: set[str]) -> bool:
    """Tell "в Тай не хотим, там дожди" and "в Турцию вдвоём, где не жарко" from questions."""
    if "refusal" in groups or {"place", "people"} <= groups:
        return True
    return "place" in groups and re.search(r"\bдавай(?:те)?\b", text) is not None


def _asks_for_offers(text: str, groups: set[str]) -> bool:
    return (
        bool(groups)
        and bool(re.search(r"акци|скидк|\bтур\w{0,2}\b", text))
        and (not re.search(r"включ|вход|багаж|трансфер|страхов|билет", text))
    )


def _papers_or_payment(text: str) -> str | None:
    """Tell which of the two comes first: "вернёте деньги, если визу не дадут?"."""
    wishless = re.sub(r"без\s*-?виз\w*", " ", text) if "куда" in text else text
    papers, payment = words.DOCUMENTS.search(wishless), words.PAYMENT.search(text)
    if words.REFUND.search(text):
        return "payment"
    if papers and payment:
        return "documents_visa" if papers.start() < payment.start() else "payment"
    return "documents_visa" if papers else "payment" if payment else None


def _complains(text: str, groups: set[str]) -> bool:
    if not words.COMPLAINT.search(text):
        return False
    rest = words.PRICE_OBJECTION.search(text)
    if rest and "place" in groups and words.CHANGE_OF_MIND.search(text):
        return False  # "Таиланд дорого, давайте Вьетнам"
    return not (rest and groups & (_REAL_STAY | {"hotel"}))


def _asks_about_place(text: str) -> bool:
    """Tell "что посмотреть в Стамбуле?" from "в Стамбул что есть?" by the case of the place."""
    return bool(_ASKS.search(text) and _AT_PLACE.search(text)) and not _OFFERS.search(text)


def _by_facts(text: str, groups: set[str]) -> tuple[str, float]:
    if groups == {"budget"} and _BARE_PRICE.match(text):
        return "other", 0.6
    if words.CLOSING.search(text) and not groups & (_REAL_STAY - {"people"} | {"place"}):
        return "other", 0.8
    if groups == {"place"} and _asks_about_place(text):
        return "other_question", 0.6
    if groups:
        return "tour_request", 0.85 if len(groups) > 1 else 0.7
    if words.THANKS.search(text) and not words.CLOSING.search(text) and "?" not in text:
        return "thanks", 0.6
    if words.QUESTION.search(text):
        return "other_question", 0.6
    return ("tour_request" if words.HOTEL_WISH.search(text) else "other"), 0.6
