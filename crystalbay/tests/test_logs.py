import json
import logging

import structlog

from crystalbay.logs import logging_config
from integrations.models import InboxEvent, OutboxMessage


def line(**values):
    """Format one structured line as production does."""
    formatter_config = logging_config(plain=False)["formatters"]["structured"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=formatter_config["processors"],
        foreign_pre_chain=formatter_config["foreign_pre_chain"],
    )
    record = logging.LogRecord("x", logging.INFO, __file__, 1, values, (), None)
    record._logger, record._name = None, "info"
    return json.loads(formatter.format(record))


def test_what_slips_into_a_line_is_masked():
    shown = line(
        event="call failed: https://x/?oauth_token=0123456789abcdef0123456789abcdef",
        phone="клиент +7 701 222-33-44",
        mail="aigerim@example.kz",
    )
    text = json.dumps(shown, ensure_ascii=False)

    assert "0123456789abcdef" not in text
    assert "222" not in text
    assert "aigerim@" not in text


def test_addresses_of_visitors_are_left_out():
    assert line(event="request_started", ip="10.1.2.3", user_agent="Phone") == {
        "event": "request_started"
    }


def test_a_correlation_id_goes_from_the_request_to_the_outbox(
    client, db, django_capture_on_commit_callbacks
):

    token = client.post("/api/v1/webchat/session/").json()["token"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/api/v1/webchat/messages/",
            json.dumps({"client_id": "message-1", "text": "Здравствуйте"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    correlation_id = InboxEvent.objects.get().correlation_id
    assert len(correlation_id) == 36
    assert set(OutboxMessage.objects.values_list("correlation_id", flat=True)) == {correlation_id}
