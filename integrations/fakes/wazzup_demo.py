"""What the demo world's account at the fake Wazzup24 has: two numbers and an approved template.

The ids are fixed: each process has a fake of its own, and the demo world's rows know them too.
"""

from __future__ import annotations

from integrations.fakes.wazzup import FakeWazzup

WHATSAPP = "00000000-0000-4000-8000-00000000d001"
INSTAGRAM = "00000000-0000-4000-8000-00000000d002"
TEMPLATE = "00000000-0000-4000-8000-00000000d0f1"
TEMPLATE_TEXT = (
    "Здравствуйте, {{1}}! Это Crystal Bay Travel. Вы спрашивали про отдых: {{2}}. "
    "Актуально ли ещё? Ответьте на это сообщение, и мы пришлём свежие варианты."
)


def demo_account() -> FakeWazzup:
    fake = FakeWazzup()
    fake.add_channel("wapi", "77000009001", channel_id=WHATSAPP)
    fake.add_channel("instagram", "crystalbay.demo", channel_id=INSTAGRAM)
    fake.add_template(TEMPLATE_TEXT, WHATSAPP, guid=TEMPLATE)
    return fake
