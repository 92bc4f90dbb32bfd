"""Two clients become one and two again: nothing is lost, whatever happens in between."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User

from chat.models import Conversation
from chat.tests.factories import write
from common.errors import Conflict, InvalidInput
from leads.duplicates import find_duplicates
from leads.merging import FIELDS, final_client_id, merge_clients, undo_merge
from leads.models import Client, ClientIdentity, ClientMerge, Lead, LeadHistory
from leads.permissions import clients_visible_to
from leads.services import Actor, add_identity, ensure_client, ensure_open_lead, move_lead
from leads.tests.factories import make_client, make_lead
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
CHAT = Actor(None, "chat")


@pytest.fixture
def actor(admin_user: User) -> Actor:
    return Actor(admin_user, "admin")


def writer(chat_id: str, **fields: Any) -> Client:
    """A client who has written on the site: with an address, a lead and a conversation."""
    talk = write("Здравствуйте", chat_id=chat_id)
    Client.objects.filter(pk=talk.client_id).update(**fields)
    return Client.objects.get(pk=talk.client_id)


def tables() -> dict[str, list[dict[str, Any]]]:
    """All that a merge may touch, but for the notes of what happened."""
    models = (Client, ClientIdentity, Lead, Conversation)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_everything_of_the_emptied_client_goes_to_the_kept_one(actor: Actor) -> None:
    kept, emptied = writer("a", name="Асель"), writer("b", name="Асель К.")
    add_identity(emptied, "phone", "+77012223344")

    merge = merge_clients(kept.pk, emptied.pk, actor=actor, reason="звонила")

    assert kept.identities.count() == 3
    assert kept.leads.count() == 2
    assert kept.conversations.count() == 2
    assert not emptied.identities.exists()
    assert Client.objects.get(pk=emptied.pk).merged_into == kept
    assert (merge.actor, merge.reason) == (actor.user, "звонила")
    row = LeadHistory.objects.get(kind="client")
    assert (row.before, row.after, row.actor) == ("Асель К.", "Асель", actor.user)


def test_the_emptied_client_is_hidden_and_leads_to_the_kept_one(
    actor: Actor, admin_user: User
) -> None:
    first, second, third = writer("a"), writer("b"), writer("c")

    merge_clients(second.pk, first.pk, actor=actor)
    merge_clients(third.pk, second.pk, actor=actor)

    assert list(clients_visible_to(admin_user)) == [third]
    assert final_client_id(Client.objects.get(pk=first.pk)) == third.pk
    assert final_client_id(third) == third.pk


def test_fields_are_chosen_and_come_back(actor: Actor) -> None:
    kept, emptied = make_client(name="Ася", note="а"), make_client(name="Асель К.", language="kk")

    values = {"name": "Асель К.", "language": "kk", "note": "а", "merged_into": 1}
    merge = merge_clients(kept.pk, emptied.pk, actor=actor, values=values)

    kept.refresh_from_db()
    assert (kept.name, kept.language, kept.note) == ("Асель К.", "kk", "а")
    assert merge.moved["fields"] == {"name": ["Ася", "Асель К."], "language": ["ru", "kk"]}
    undo_merge(merge.pk, actor=actor)
    kept.refresh_from_db()
    assert (kept.name, kept.language) == ("Ася", "ru")


def test_a_field_edited_since_stays(actor: Actor) -> None:
    kept, emptied = make_client(name="Ася"), make_client(name="Асель")
    merge = merge_clients(kept.pk, emptied.pk, actor=actor, values={"name": "Асель"})
    Client.objects.filter(pk=kept.pk).update(name="Асель Кайратовна")

    undo_merge(merge.pk, actor=actor)

    assert Client.objects.get(pk=kept.pk).name == "Асель Кайратовна"


def test_messages_to_the_emptied_client_go_to_the_kept_one(actor: Actor) -> None:
    kept, emptied = writer("a"), writer("b")
    stale = Client.objects.get(pk=emptied.pk)

    merge_clients(kept.pk, emptied.pk, actor=actor)

    talk = write("Ещё вопрос", chat_id="b")
    assert talk.client == kept
    assert talk.lead
    assert talk.lead.client == kept
    assert ensure_client("webchat", "b") == kept
    assert ensure_open_lead(stale, source="webchat", actor=CHAT).client == kept


def test_rows_that_came_later_stay_with_the_kept_client(actor: Actor) -> None:
    kept, emptied = writer("a"), writer("b")
    before = tables()
    merge = merge_clients(kept.pk, emptied.pk, actor=actor)
    later = make_lead(Client.objects.get(pk=kept.pk))
    add_identity(kept, "phone", "+77010000000")
    new_talk = write("Новый разговор", chat_id="a")
    write("И отсюда", chat_id="b")

    undo_merge(merge.pk, actor=actor)

    later.refresh_from_db()
    new_talk.refresh_from_db()
    assert later.client == kept
    assert kept.identities.count() == 2
    talk = Conversation.objects.get(external_id="b")
    old = next(row for row in before["Conversation"] if row["external_id"] == "b")
    assert (talk.client, talk.lead_id) == (emptied, old["lead_id"])
    assert talk.messages.count() == 2
    assert all(one.lead.client == one.client for one in Conversation.objects.all() if one.lead)


def test_a_talk_of_the_kept_client_with_the_others_lead_gets_its_own_back(actor: Actor) -> None:
    kept, emptied = writer("a"), writer("b")
    own = Conversation.objects.get(external_id="a").lead
    merge = merge_clients(kept.pk, emptied.pk, actor=actor)
    assert write("Вопрос", chat_id="a").lead != own

    undo_merge(merge.pk, actor=actor)

    assert Conversation.objects.get(external_id="a").lead == own


@pytest.mark.parametrize("seed", range(12))
def test_any_merges_taken_back_in_any_order_leave_no_trace(actor: Actor, seed: int) -> None:
    rng = Random(seed)
    clients = [writer(f"chat-{n}", name=f"Имя {n}", note=f"{n}") for n in range(5)]
    for client in rng.choices(clients, k=6):
        add_identity(client, "phone", f"+7701{rng.randrange(10**7):07}")
        make_lead(client)
    before = tables()

    merges = []
    for emptied in rng.sample(clients[1:], 3):
        values = {name: getattr(emptied, name) for name in FIELDS if rng.random() < 0.5}
        merges.append(merge_clients(clients[0].pk, emptied.pk, actor=actor, values=values))
    assert tables() != before
    for merge in rng.sample(merges, 3):
        undo_merge(merge.pk, actor=actor)
        undo_merge(merge.pk, actor=actor)

    assert tables() == before


def test_a_chain_is_taken_back_from_its_end(actor: Actor) -> None:
    first, second, third = writer("a"), writer("b"), writer("c")
    before = tables()
    inner = merge_clients(second.pk, first.pk, actor=actor)
    outer = merge_clients(third.pk, second.pk, actor=actor)
    merged = tables()

    with pytest.raises(Conflict):
        undo_merge(inner.pk, actor=actor)
    assert tables() == merged

    undo_merge(outer.pk, actor=actor)
    undo_merge(inner.pk, actor=actor)
    assert tables() == before


def test_the_same_two_may_be_merged_again(actor: Actor) -> None:
    kept, emptied = writer("a"), writer("b")
    undo_merge(merge_clients(kept.pk, emptied.pk, actor=actor).pk, actor=actor)

    merge_clients(kept.pk, emptied.pk, actor=actor)

    assert ClientMerge.objects.count() == 2
    assert kept.leads.count() == 2


def test_what_can_not_be_merged_is_refused_and_nothing_moves(actor: Actor) -> None:
    kept, emptied, other = writer("a"), writer("b"), writer("c")
    merge_clients(kept.pk, emptied.pk, actor=actor)
    before = tables()

    with pytest.raises(InvalidInput):
        merge_clients(kept.pk, kept.pk, actor=actor)
    with pytest.raises(Conflict):
        merge_clients(other.pk, emptied.pk, actor=actor)
    with pytest.raises(Conflict):
        merge_clients(emptied.pk, other.pk, actor=actor)

    assert tables() == before
    assert ClientMerge.objects.count() == 1


def test_open_pages_hear_of_it(actor: Actor) -> None:
    kept, emptied = writer("a"), writer("b")
    LiveEvent.objects.all().delete()

    merge_clients(kept.pk, emptied.pk, actor=actor)

    told = {(event.kind, *event.payload.values()) for event in LiveEvent.objects.all()}
    leads = {("lead.changed", pk) for pk in kept.leads.values_list("pk", flat=True)}
    assert leads < told
    assert ("conversation.changed", Conversation.objects.get(external_id="b").pk) in told


def test_a_moved_lead_may_move_on_before_it_goes_back(actor: Actor) -> None:
    kept, emptied = make_client(), make_client()
    lead = make_lead(emptied)
    merge = merge_clients(kept.pk, emptied.pk, actor=actor)
    move_lead(lead.pk, "selection", actor=actor)

    undo_merge(merge.pk, actor=actor)

    lead.refresh_from_db()
    assert (lead.client, lead.stage_id) == (emptied, "selection")


@pytest.mark.parametrize(
    ("own", "theirs", "reason"),
    [
        (("phone", "+77012223344"), ("whatsapp", "77012223344"), "по телефону"),
        (("whatsapp", "77012223344@c.us"), ("phone", "+77012223344"), "по телефону"),
        (("phone", "+77012223344"), ("phone", "87012223344"), "по телефону"),
        (("phone", "+77012223344"), ("phone", "+77012223345"), None),
        (("email", "asel@mail.kz"), ("email", "Asel@Mail.kz"), "по почте"),
        (("telegram", "@asel_k"), ("instagram", "Asel_K"), "по нику"),
        (("telegram", "123456"), ("instagram", "123456"), None),
        (("webchat", "x1"), ("webchat", "x2"), None),
    ],
)
def test_the_same_address_in_another_spelling_is_a_hint(
    admin_user: User, own: tuple[str, str], theirs: tuple[str, str], reason: str | None
) -> None:
    client, other = make_client(), make_client()
    add_identity(client, *own)
    add_identity(other, *theirs)

    hints = find_duplicates(client, admin_user)

    expected = [(other, [reason])] if reason else []
    assert [(hint.client, [str(one) for one in hint.reasons]) for hint in hints] == expected


def test_a_full_name_is_a_hint_and_a_first_name_is_none(admin_user: User) -> None:
    client, same = make_client(name="Асель Каримова"), make_client(name="Каримова Асель")
    make_client(name="Асель")
    anna = make_client(name="Анна")
    make_client(name="Анна")

    assert [hint.client for hint in find_duplicates(client, admin_user)] == [same]
    assert find_duplicates(anna, admin_user) == []


def test_more_signs_come_first_and_the_merged_are_left_out(actor: Actor, admin_user: User) -> None:
    client = make_client(name="Асель Каримова")
    by_name, by_both = make_client(name="Асель Каримова"), make_client(name="Асель Каримова")
    add_identity(client, "phone", "+77012223344")
    add_identity(by_both, "whatsapp", "77012223344")

    assert [hint.client for hint in find_duplicates(client, admin_user)] == [by_both, by_name]
    merge_clients(by_name.pk, by_both.pk, actor=actor)
    assert [hint.client for hint in find_duplicates(client, admin_user)] == [by_name]
