"""The entrance when something behind it is down: nothing authentic is lost, nobody waits."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerAway

from integrations.channels.wazzup.webhook import WazzupWebhook
from integrations.delivery import wake
from integrations.delivery.inbox import Arrival
from integrations.models import InboxEvent, IntegrationAccount
from integrations.tasks import store_kept_webhooks
from integrations.tests.test_webhook_security import SECRET, call, make_account
from integrations.transport.webhook import WebhookEvent, WebhookRequest
from integrations.webhooks import accept, spool, writer
from integrations.webhooks.site import Site

pytestmark = pytest.mark.django_db
Store = Callable[[int, Sequence[WebhookEvent]], None]


@pytest.fixture(autouse=True)
def _clean(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    writer.known.clear()


@pytest.fixture
def account() -> IntegrationAccount:
    return make_account("wazzup")


def status(number: int) -> dict[str, Any]:
    return {"statuses": [{"messageId": f"m{number}", "status": "read", "timestamp": "t"}]}


def be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(accept, "store", away)


def keep(account: IntegrationAccount, external_id: str) -> None:
    spool.keep(Arrival(account.pk, [WebhookEvent(external_id, "chat", "{}")]))


def kept_files() -> list[str]:
    return sorted(file.name for file in spool.folder().glob("*"))


def test_what_comes_while_the_database_is_away_is_stored_later(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(account, body=status(0))
    with monkeypatch.context() as patch:
        be_away(patch)
        codes = [call(account, body=status(number)).status_code for number in (1, 2, 2)]
    assert codes == [200] * 3
    assert InboxEvent.objects.count() == 1

    store_kept_webhooks()
    store_kept_webhooks()

    ids = [event.external_id.split(":")[1] for event in InboxEvent.objects.order_by("pk")]
    assert ids == ["m0", "m1", "m2"]
    assert kept_files() == []


def test_a_forged_call_is_refused_without_the_database_too(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(account, body=status(0))
    be_away(monkeypatch)

    assert call(account, "wrong").status_code == 403
    assert kept_files() == []


def test_a_call_of_an_account_nobody_has_seen_is_put_off(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing proves it; an honest provider may call again."""
    be_away(monkeypatch)

    answer = call(account)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert kept_files() == []


def test_a_full_disk_is_said_and_not_hidden(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(account)
    be_away(monkeypatch)
    monkeypatch.setattr(spool, "LEAST_FREE_BYTES", 10**18)

    assert call(account, body=status(1)).status_code == 503


def test_kept_files_are_for_the_owner_only_and_damaged_ones_step_aside(
    account: IntegrationAccount,
) -> None:
    keep(account, "a")
    file = next(spool.folder().glob("*.json"))
    assert file.stat().st_mode & 0o077 == 0
    file.with_name("0-damaged.json").write_text("{")

    assert spool.store_kept() == 1

    assert kept_files() == ["0-damaged.bad"]
    assert InboxEvent.objects.get().external_id == "a"


def test_kept_calls_stay_while_the_database_is_still_away(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(account, "a")

    def away(*args: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(spool, "receive_calls", away)

    assert spool.store_kept() == 0
    assert len(kept_files()) == 1


def test_one_call_with_many_events_makes_a_row_of_each(account: IntegrationAccount) -> None:
    body = {
        "messages": [
            {"messageId": "a", "channelId": "c", "chatType": "whatsapp", "chatId": "7700"},
            "not an object",
        ],
        "statuses": [{"messageId": "b", "status": "sent"}, {"messageId": "b", "status": "read"}],
        "channelsUpdates": [{"channelId": "c", "state": "active"}],
        "somethingNew": {"x": 1},
    }

    assert call(account, body=body).status_code == 200

    orders = [event.ordering_key for event in InboxEvent.objects.order_by("pk")]
    assert orders == [
        "c:whatsapp:7700",
        "other",
        "status:b",
        "status:b",
        "channel:c",
        "somethingNew",
    ]
    first = InboxEvent.objects.order_by("pk").first()
    assert first
    assert json.loads(first.body) == {"messages": body["messages"][0]}


def test_an_edit_of_a_message_is_another_event_and_a_repeat_is_not(
    account: IntegrationAccount,
) -> None:
    message = {"messageId": "a", "text": "x"}
    edited = {**message, "text": "y", "isEdited": True}
    for one in (message, edited, dict(reversed(list(edited.items())))):
        call(account, body={"messages": [one]})

    assert InboxEvent.objects.count() == 2


def test_the_test_call_stores_nothing(account: IntegrationAccount) -> None:
    assert call(account, body={"test": True}).status_code == 200
    assert call(account, "wrong", body={"test": True}).status_code == 403
    assert not InboxEvent.objects.exists()


def test_wazzups_own_spelling_of_the_content_type_is_read(
    account: IntegrationAccount, client: Any
) -> None:
    url = f"/webhooks/wazzup/{account.public_id}/{SECRET}/"
    body = json.dumps({"messages": [{"messageId": "a", "text": "Привет"}]}, ensure_ascii=False)

    answer = client.post(url, body.encode(), content_type="application/json; charset-utf-8")

    assert answer.status_code == 200
    assert json.loads(InboxEvent.objects.get().body)["messages"]["text"] == "Привет"


@pytest.mark.parametrize(
    ("header", "code"),
    [("Bearer crm-key-1", 200), ("bearer crm-key-1", 200), ("Bearer no", 403), ("", 403)],
)
def test_a_known_crm_key_is_asked_for_as_well(header: str, code: int, client: Any) -> None:
    secrets = {"webhook_secrets": [SECRET], "crm_key": "crm-key-1"}
    account = make_account("wazzup", secrets=secrets)
    url = f"/webhooks/wazzup/{account.public_id}/{SECRET}/"
    headers = {"Authorization": header} if header else {}

    answer = client.post(url, b'{"test": true}', content_type="application/json", headers=headers)

    assert answer.status_code == code


def test_a_broker_that_is_down_costs_nothing(
    account: IntegrationAccount,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    class Away:
        def apply_async(self, *args: Any, **options: Any) -> None:
            raise BrokerAway("no broker")

    monkeypatch.setattr(wake.current_app, "tasks", {"integrations.process_inbox_events": Away()})
    with django_capture_on_commit_callbacks(execute=True):
        assert call(account).status_code == 200

    assert InboxEvent.objects.get().status == "pending"


async def posted(account: IntegrationAccount, *bodies: Any) -> list[int]:
    """Post all at once, as the web server passes them on; the answers' codes in their order."""

    async def one(body: Any) -> int:
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/webhooks/wazzup/{account.public_id}/{SECRET}/",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        talk = ApplicationCommunicator(Site(), scope)
        await talk.send_input({"type": "http.request", "body": json.dumps(body).encode()})
        return int((await talk.receive_output(10))["status"])

    return await asyncio.gather(*(one(body) for body in bodies))


def stored_ids() -> list[str]:
    return [event.external_id.split(":")[1] for event in InboxEvent.objects.order_by("pk")]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_makes_nobody_wait(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The insert hangs in its own thread; the answers come and the calls are kept."""
    call(account, body=status(0))
    settings.WEBHOOK_PATIENCE_MS = 30
    released, given_up = threading.Event(), []
    monkeypatch.setattr(writer, "store", lambda calls: released.wait(10))
    real = asyncio.wait_for

    async def wait_for(job: Any, patience_s: float) -> Any:
        given_up.append(patience_s)
        return await real(job, patience_s)

    monkeypatch.setattr(accept.asyncio, "wait_for", wait_for)
    first = async_to_sync(posted)(account, status(1))
    time.sleep(0.05)
    others = async_to_sync(posted)(account, *(status(number) for number in range(2, 20)))

    assert first + others == [200] * 19
    # Only the first found out; after it nobody waits for what does not move.
    assert given_up == [0.03]
    assert len(kept_files()) == 19
    store_kept_webhooks()
    released.set()
    assert stored_ids()[:2] == ["m0", "m1"]
    assert sorted(stored_ids()) == sorted(f"m{number}" for number in range(20))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_comes_together_is_stored_together_after_what_was_kept(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("SQLite in memory has one connection")
    settings.WEBHOOK_PATIENCE_MS = 5000
    spool.keep(Arrival(account.pk, [WebhookEvent("statuses:kept:", "status:kept", "{}")]))
    rounds, real = [], writer.store
    monkeypatch.setattr(writer, "store", lambda calls: (rounds.append(len(calls)), real(calls)))

    codes = async_to_sync(posted)(account, *(status(number) for number in range(30)))

    assert codes == [200] * 30
    assert stored_ids() == ["kept", *(f"m{number}" for number in range(30))]
    assert kept_files() == []
    assert sum(rounds) == 30
    assert len(rounds) <= 5


def test_past_the_middleware_the_same_is_refused(account: IntegrationAccount) -> None:
    async def codes() -> list[int]:
        base = f"/webhooks/wazzup/{account.public_id}"
        asked = [("GET", f"{base}/{SECRET}/"), ("POST", "/webhooks/x"), ("POST", f"{base}/no/")]
        found = []
        for method, path in asked:
            scope = {"type": "http", "method": method, "path": path, "headers": []}
            talk = ApplicationCommunicator(Site(), {**scope, "query_string": b""})
            await talk.send_input({"type": "http.request", "body": b"{}"})
            found.append(int((await talk.receive_output(10))["status"]))
        return found

    assert async_to_sync(codes)() == [405, 404, 403]
    assert not InboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_kept_call_the_database_does_not_want_does_not_hold_up_the_others(
    account: IntegrationAccount,
) -> None:
    keep(account, "a")
    spool.keep(Arrival(account.pk + 1000, [WebhookEvent("nobody", "chat", "{}")]))
    keep(account, "b")

    assert spool.store_kept() == 2

    assert [event.external_id for event in InboxEvent.objects.order_by("pk")] == ["a", "b"]
    assert [name.rpartition(".")[2] for name in kept_files()] == ["bad"]


def test_a_call_that_breaks_its_reader_spoils_no_other(
    account: IntegrationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = WazzupWebhook.split

    def broken(receiver: WazzupWebhook, body: bytes) -> Sequence[WebhookEvent]:
        if body == b'{"bad": 1}':
            raise LookupError("a fault of ours")
        return split(receiver, body)

    monkeypatch.setattr(WazzupWebhook, "split", broken)
    calls = [
        writer.Call("wazzup", account.public_id, WebhookRequest(SECRET, {}, body))
        for body in (json.dumps(status(1)).encode(), b'{"bad": 1}', json.dumps(status(2)).encode())
    ]

    writer.store(calls)

    assert [each.answer.exception() for each in calls[::2]] == [None, None]
    assert isinstance(calls[1].answer.exception(), LookupError)
    assert InboxEvent.objects.count() == 2
