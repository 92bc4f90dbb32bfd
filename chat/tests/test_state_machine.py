"""Any order of customer, human, bot, timers and restarts: the bot never talks over a person.

BOT_INTERLEAVINGS sets how many orders are tried; each has up to 25 steps.
"""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.models import AnswerPolicy, Conversation, Message
from chat.policy import current_mode
from chat.services.bot_return import return_bots
from chat.services.drafts import reject_draft, send_draft
from chat.services.modes import follow_rule, pause_bot, set_mode
from chat.services.notes import write_note
from chat.services.outbound import send_reply
from chat.services.waiting import mark_answered, snooze
from chat.tests.factories import write
from chat.topics import RESPOND
from common.errors import DomainError
from integrations.delivery import outbox
from integrations.delivery.handlers import Outgoing, outbox_handlers
from integrations.delivery.outbox import outgoing_of
from integrations.models import OutboxMessage

Author, Delivery, Mode = Message.Author, Message.Delivery, Conversation.Mode
# Locks are tried with real threads elsewhere; here the second database need not do it all again.
USUAL = "10" if os.environ.get("TEST_DB") else "40"
INTERLEAVINGS = int(os.environ.get("BOT_INTERLEAVINGS", USUAL))
SAID = ["Здравствуйте", "Хочу во Вьетнам", "из Алматы", "12 января на 7 ночей", "абракадабра", "2"]
ASKS = ["Позовите менеджера", "Вы меня обманули!", "Спасибо"]


class Talk(RuleBasedStateMachine):
    """One conversation; `said` is how much the bot had said when it was silenced."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.user = User.objects.create(username="aigul", is_staff=True)
        self.talk = write("Здравствуйте")
        self.thoughts: list[tuple[Outgoing, Any]] = []
        self.keys = 0
        self.note()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # --- what is known of the talk ---

    def bot_lines(self) -> int:
        lines = self.talk.messages.filter(author=Author.BOT)
        return lines.exclude(delivery=Delivery.CANCELLED).count()

    def note(self) -> None:
        """Remember the state before the next step."""
        self.talk.refresh_from_db()
        self.was_silent, self.said = current_mode(self.talk) != Mode.BOT, self.bot_lines()

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys:08}"

    # --- the customer ---

    @rule(text=st.sampled_from([*SAID, *ASKS]))
    def customer_writes(self, text: str) -> None:
        write(text)

    @rule()
    def the_same_event_comes_again(self) -> None:
        last = self.talk.messages.filter(author=Author.CUSTOMER).last()
        write(last.text, external_id=last.external_id)

    # --- people ---

    @rule()
    def human_answers(self) -> None:
        send_reply(self.talk.pk, "Минуту, смотрю", user=self.user, client_key=self.key())

    @rule(mode=st.sampled_from(["bot", "drafts", "human"]))
    def human_chooses_who_speaks(self, mode: str) -> None:
        set_mode(self.talk.pk, mode, user=self.user)

    @rule()
    def human_lets_the_rule_decide(self) -> None:
        follow_rule(self.talk.pk, user=self.user)

    @rule()
    def human_pauses_the_bot(self) -> None:
        pause_bot(self.talk.pk, timezone.now() + timedelta(hours=1), user=self.user)

    @rule(
        by_day=st.sampled_from(["bot", "drafts", "human"]), most_turns=st.sampled_from([1, 3, 20])
    )
    def administrator_changes_the_rule(self, by_day: str, most_turns: int) -> None:
        AnswerPolicy.objects.update(by_day=by_day, by_night=by_day, most_turns=most_turns)

    @rule()
    def human_writes_a_note(self) -> None:
        write_note(self.talk.pk, "Постоянный клиент", user=self.user, client_key=self.key())

    @rule()
    def human_says_no_answer_is_needed(self) -> None:
        mark_answered(self.talk.pk, user=self.user)

    @rule()
    def human_puts_it_off(self) -> None:
        snooze(self.talk.pk, timezone.now() + timedelta(hours=1), user=self.user)

    @rule(is_sent=st.booleans())
    def human_deals_with_the_draft(self, is_sent: bool) -> None:
        draft = self.talk.suggestions.filter(outcome="draft").last()
        if draft is None:
            return
        with contextlib.suppress(DomainError):
            (send_draft if is_sent else reject_draft)(draft.pk, user=self.user)

    # --- workers ---

    @rule()
    def worker_does_what_waits(self) -> None:
        for pk in list(OutboxMessage.objects.filter(status="pending").values_list("pk", flat=True)):
            outbox.deliver(pk)

    @rule()
    def slow_worker_thinks(self) -> None:
        row = OutboxMessage.objects.filter(topic=RESPOND).last()
        if row:
            outgoing = outgoing_of(row)
            self.thoughts.append((outgoing, outbox_handlers[RESPOND].perform(outgoing)))

    @precondition(lambda self: self.thoughts)
    @rule(is_repeated=st.booleans())
    def slow_worker_comes_back(self, is_repeated: bool) -> None:
        """Later than anybody thought; after a restart the same thought may come twice."""
        outgoing, thought = self.thoughts[0] if is_repeated else self.thoughts.pop(0)
        with transaction.atomic():
            outbox_handlers[RESPOND].apply(outgoing, thought)

    # --- time ---

    @rule()
    def hours_pass(self) -> None:
        Conversation.objects.filter(bot_returns_at__isnull=False).update(
            bot_returns_at=timezone.now() - timedelta(minutes=1)
        )
        before = Conversation.objects.get().mode
        if return_bots() and before != Mode.BOT:
            self.note()

    # --- what always holds ---

    @invariant()
    def the_bot_keeps_silent_beside_a_person(self) -> None:
        is_now = self.bot_lines()
        if self.was_silent:
            assert is_now <= self.said
        self.note()

    @invariant()
    def no_message_is_answered_twice(self) -> None:
        answered = list(
            self.talk.messages.filter(author=Author.BOT).values_list("answers", flat=True)
        )
        assert len(answered) == len(set(answered))

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Whoever wrote last is answered, waits visibly, or was said to need no answer."""
        if OutboxMessage.objects.filter(topic=RESPOND, status="pending").exists():
            return
        last = self.talk.messages.exclude(delivery__in=("cancelled", "internal")).last()
        is_told = self.talk.lead.history.filter(kind="chat", after="ответ не нужен").exists()
        if last.author == Author.CUSTOMER and not is_told:
            assert Conversation.objects.get().unanswered_since is not None

    @invariant()
    def notes_never_leave(self) -> None:
        notes = self.talk.messages.filter(author=Author.NOTE)
        assert all(note.delivery == Delivery.INTERNAL for note in notes)


@pytest.mark.django_db
def test_the_bot_never_talks_over_a_person_in_any_order() -> None:
    run_state_machine_as_test(
        Talk,
        settings=settings(
            max_examples=INTERLEAVINGS,
            stateful_step_count=25,
            deadline=None,
            # Making a failure smaller takes longer than reading it.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
