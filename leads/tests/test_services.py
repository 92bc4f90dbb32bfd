from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput
from leads import services
from leads.models import Client, ClientIdentity, Lead, LeadFact, LeadHistory, LeadStage, LostReason
from leads.selectors import current_facts
from leads.services import BOT, Actor, NewFact
from leads.tests.factories import BOARD, make_client, make_lead
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
CODES = [
    "new",
    "consultation",
    "selection",
    "offer_sent",
    "negotiation",
    "booking",
    "payment",
    "won",
    "lost",
]


def test_the_board_has_the_nine_stages_in_their_order():
    stages = list(LeadStage.objects.values_list("code", "name"))
    assert [code for code, _ in stages] == CODES
    assert stages[0][1] == "Новый запрос"
    assert stages[-1][1] == "Отказ"


def test_a_known_address_is_the_same_client():
    first = services.ensure_client("webchat", "abc", name="Айгерим")

    assert services.ensure_client("webchat", "abc") == first
    assert services.ensure_client("telegram", "abc") != first
    assert Client.objects.count() == 2


def test_an_address_belongs_to_one_client():
    client, stranger = make_client(), make_client()

    assert services.add_identity(client, "phone", "+77012223344") is True
    assert services.add_identity(client, "phone", "+77012223344") is True
    assert services.add_identity(stranger, "phone", "+77012223344") is False
    assert ClientIdentity.objects.count() == 1


def test_a_client_who_writes_again_continues_the_open_lead():
    client = make_client()
    lead = services.ensure_open_lead(client, source="webchat", actor=BOT)

    assert services.ensure_open_lead(client, source="webchat", actor=BOT) == lead

    services.move_lead(lead.pk, "won", actor=BOARD)
    assert services.ensure_open_lead(client, source="webchat", actor=BOT) != lead


def test_a_new_lead_stands_in_the_first_column_with_its_history():
    lead = make_lead()

    assert (lead.stage_id, lead.version) == ("new", 1)
    row = lead.history.get()
    assert (row.kind, row.origin, row.after) == ("created", "board", "new")
    assert LiveEvent.objects.get().kind == "lead.created"


def test_a_move_leaves_history_and_tells_the_open_boards(admin_user):
    lead = make_lead()

    services.move_lead(lead.pk, "selection", actor=Actor(admin_user, "board"), version=1)

    lead.refresh_from_db()
    assert (lead.stage_id, lead.version) == ("selection", 2)
    row = lead.history.get(kind="stage")
    assert (row.before, row.after, row.actor) == ("new", "selection", admin_user)
    event = LiveEvent.objects.get(kind="lead.moved")
    assert event.payload == {"lead": lead.pk, "stage": "selection", "before": "new"}


def test_a_stale_move_is_refused_and_changes_nothing():
    lead = make_lead()
    services.move_lead(lead.pk, "selection", actor=BOARD, version=1)

    with pytest.raises(Conflict) as refused:
        services.move_lead(lead.pk, "payment", actor=BOARD, version=1)

    lead.refresh_from_db()
    assert refused.value.code == "stale"
    assert (lead.stage_id, lead.version) == ("selection", 2)
    assert lead.history.filter(kind="stage").count() == 1


def test_lost_needs_a_reason():
    lead = make_lead()

    with pytest.raises(InvalidInput) as refused:
        services.move_lead(lead.pk, "lost", actor=BOARD)

    lead.refresh_from_db()
    assert (refused.value.code, lead.stage_id) == ("reason_required", "new")

    services.move_lead(lead.pk, "lost", actor=BOARD, lost_reason=LostReason.objects.first())
    lead.refresh_from_db()
    assert lead.lost_reason.code == "expensive"


def test_the_database_refuses_a_lost_lead_without_a_reason():
    lead = make_lead()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(stage="lost")


def test_coming_back_from_lost_clears_the_reason():
    lead = make_lead()
    services.move_lead(lead.pk, "lost", actor=BOARD, lost_reason=LostReason.objects.first())

    services.move_lead(lead.pk, "consultation", actor=BOARD)

    lead.refresh_from_db()
    assert lead.lost_reason is None


def test_moving_to_where_it_stands_changes_nothing():
    lead = make_lead()
    services.move_lead(lead.pk, "new", actor=BOARD)

    lead.refresh_from_db()
    assert lead.version == 1
    assert LeadHistory.objects.count() == 1


@pytest.mark.parametrize("start", CODES)
@pytest.mark.parametrize("target", CODES)
def test_automation_moves_forward_only_and_never_touches_closed_leads(start, target):
    lead = make_lead()
    reason = LostReason.objects.first() if start == "lost" else None
    services.move_lead(lead.pk, start, actor=BOARD, lost_reason=reason)
    if target == "lost":
        return  # automation has no reason to give

    moved = services.advance_lead(lead.pk, target, actor=BOT)

    lead.refresh_from_db()
    is_forward = start not in ("won", "lost") and CODES.index(target) > CODES.index(start)
    assert moved is is_forward
    assert lead.stage_id == (target if is_forward else start)


def test_facts_keep_their_history_and_quotes():
    lead = make_lead()
    services.record_facts(lead.pk, [NewFact("countries", ["TR"], "в Турцию")], actor=BOT)
    changed = services.record_facts(
        lead.pk, [NewFact("countries", ["VN"], "лучше Вьетнам"), NewFact("adults", 2)], actor=BOT
    )

    assert [fact.name for fact in changed] == ["countries", "adults"]
    assert current_facts(lead.pk) == {"countries": ["VN"], "adults": 2}
    assert LeadFact.objects.filter(lead=lead, name="countries").count() == 2
    row = lead.history.filter(kind="fact").order_by("pk")[1]
    assert (row.before, row.after) == ("countries: ['TR']", "countries: ['VN']")


def test_the_same_fact_again_is_no_news():
    lead = make_lead()
    services.record_facts(lead.pk, [NewFact("adults", 2)], actor=BOT)
    version = Lead.objects.get().version

    assert services.record_facts(lead.pk, [NewFact("adults", 2)], actor=BOT) == []
    assert Lead.objects.get().version == version


def test_a_fact_set_by_a_person_stays(admin_user):
    lead = make_lead()
    person = Actor(admin_user, "admin")
    services.record_facts(lead.pk, [NewFact("adults", 3)], actor=person)

    services.record_facts(lead.pk, [NewFact("adults", 2)], actor=BOT)
    services.forget_facts(lead.pk, ["adults"], actor=BOT)

    assert current_facts(lead.pk) == {"adults": 3}
    services.forget_facts(lead.pk, ["adults"], actor=person)
    assert current_facts(lead.pk) == {}


def test_assigning_is_recorded(admin_user):
    lead = make_lead()
    services.assign_lead(lead.pk, admin_user, actor=BOARD)
    services.assign_lead(lead.pk, admin_user, actor=BOARD)

    row = lead.history.get(kind="assignee")
    assert (row.before, row.after) == ("", "admin")


def test_an_empty_note_is_refused():
    lead = make_lead()
    with pytest.raises(InvalidInput):
        services.add_note(lead.pk, "  ", actor=BOARD)
    services.add_note(lead.pk, " перезвонить ", actor=BOARD)
    assert lead.history.get(kind="note").note == "перезвонить"


def test_a_sum_needs_its_currency():
    lead = make_lead()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(amount=5)


def test_what_a_manager_wrote_on_the_card_stays():
    lead = make_lead()
    derived = services.Summary("Турция", Decimal(900000), "KZT")
    services.describe_lead(lead.pk, before=services.Summary(), after=derived)
    Lead.objects.filter(pk=lead.pk).update(wish="Свадьба, только 5*", amount=2500000)

    later = services.Summary("Турция · 7 ноч.", Decimal(800000), "KZT")
    services.describe_lead(lead.pk, before=derived, after=later)

    lead.refresh_from_db()
    assert (lead.wish, lead.amount, lead.version) == ("Свадьба, только 5*", 2500000, 2)


def test_what_the_bot_derived_itself_is_kept_fresh():
    lead = make_lead()
    derived = services.Summary("Турция", Decimal(900000), "KZT")
    services.describe_lead(lead.pk, before=services.Summary(), after=derived)

    later = services.Summary("Турция · 7 ноч.", Decimal(800000), "KZT")
    services.describe_lead(lead.pk, before=derived, after=later)
    services.describe_lead(lead.pk, before=later, after=later)
    services.describe_lead(lead.pk, before=later, after=services.Summary())

    lead.refresh_from_db()
    assert (lead.wish, lead.amount, lead.version) == ("Турция · 7 ноч.", 800000, 3)
