"""Many updates of many chats, real processes, killed in between: nothing lost, nothing doubled.

TELEGRAM_STORM=2000 runs the whole of it: 300 chats, and the worker is killed as well (its rows wait
for their lease, so it takes minutes). The report is printed; see it with `pytest -s`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict

import pytest

from integrations.fakes.local_server import serve
from integrations.fakes.telegram import FakeTelegram
from tests.site import Site

pytestmark = pytest.mark.processes
UPDATES = int(os.environ.get("TELEGRAM_STORM", "90"))
IS_WHOLE = UPDATES >= 2000
CHATS = 300 if IS_WHOLE else 15
KILLED = ("bot", "worker") if IS_WHOLE else ("bot",)
PATIENCE_S = 1800 if IS_WHOLE else max(60, UPDATES)
LOOK = """
import json
from chat.models import Message
from integrations.models import InboxEvent, OutboxMessage
rows = Message.objects.order_by("pk").values_list(
    "conversation__external_id", "author", "text", "delivery", "external_id", "delivery_error")
print(json.dumps({
    "inbox": list(InboxEvent.objects.values_list("status", flat=True)),
    "outbox": list(OutboxMessage.objects.values_list("topic", "status", "error_kind")),
    "messages": [list(row) for row in rows],
}))
"""


def look(site):
    return json.loads(site.manage("shell", "-v0", "-c", LOOK).splitlines()[-1])


def write_all(fake, site, sent):
    """Every chat writes its numbers in order; three times everything is killed in between."""
    kills = {UPDATES * quarter // 4 for quarter in (1, 2, 3)}
    for number in range(UPDATES):
        chat = 1000 + number % CHATS
        text = "/tours" if number % 7 == 3 else f"сообщение {number}"
        fake.writes(chat, text)
        sent[str(chat)].append(text)
        if number in kills:
            for name in KILLED:
                site.kill(name)
            time.sleep(0.2)
            for name in KILLED:
                site.start(name)
        time.sleep(0.01)


def is_finished(state):
    is_taken = len(state["inbox"]) == UPDATES and set(state["inbox"]) <= {"done"}
    return is_taken and not any(
        status in ("pending", "in_flight") for _topic, status, _error in state["outbox"]
    )


def test_a_storm_with_three_kills_loses_and_doubles_nothing(tmp_path, stores):
    if stores and not IS_WHOLE:
        pytest.skip("the whole storm runs on both")
    fake, sent = FakeTelegram(), defaultdict(list)
    with serve(fake) as url:
        telegram = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_BASE_URL": url}
        with Site(tmp_path, **stores, **telegram, REPLY_DELAY_MS="300") as site:
            site.start("bot")
            started = time.monotonic()
            write_all(fake, site, sent)
            state = look(site)
            while not is_finished(state):
                assert time.monotonic() - started < PATIENCE_S, Counter(state["inbox"])
                # A look is a Django process of its own: often, it takes what the worker needs.
                time.sleep(20 if IS_WHOLE else 2)
                state = look(site)
            took_s = time.monotonic() - started
        check(fake, sent, state)
    unknown = sum(error == "ambiguous" for _topic, _status, error in state["outbox"])
    answers = sum(author == "bot" for _chat, author, *_rest in state["messages"])
    sys.stdout.write(
        f"\n{UPDATES} updates, {CHATS} chats, {took_s:.0f} s, {answers} answers, "
        f"unknown whether sent: {unknown}\n"
    )


def check(fake, sent, state):
    stored, answers = defaultdict(list), defaultdict(list)
    for chat, author, text, delivery, external_id, _error in state["messages"]:
        if author == "customer":
            stored[chat].append(text)
        else:
            answers[chat].append((delivery, external_id, text))
    # Nothing lost, nothing doubled, in order.
    assert dict(stored) == dict(sent)
    assert fake.refusals == []
    for chat, rows in answers.items():
        arrived = [str(message["message_id"]) for message in fake.sent_to(int(chat))]
        delivered = [external_id for delivery, external_id, _text in rows if delivery == "sent"]
        assert delivered == sorted(delivered, key=int)
        assert len(set(delivered)) == len(delivered)
        # What arrived without our knowing it was in flight when the worker was killed.
        unknown = [row for row in rows if row[0] == "failed"]
        assert 0 <= len(arrived) - len(delivered) <= len(unknown)
        assert set(delivered) <= set(arrived)
    assert all(chat in answers for chat in sent)
