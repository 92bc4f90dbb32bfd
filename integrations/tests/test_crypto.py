import pytest
from cryptography.fernet import Fernet
from django.db import connection

from integrations.crypto import Unreadable, mask
from integrations.models import IntegrationAccount

pytestmark = pytest.mark.django_db
SECRET = "секретный-ключ-123456"


def make_account():
    return IntegrationAccount.objects.create(kind="samo", name="a", secrets={"token": SECRET})


def raw():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM integrations_integrationaccount")
        return cursor.fetchone()[0]


def test_secrets_are_ciphertext_in_the_table():
    account = make_account()
    assert raw().startswith("enc1:")
    assert SECRET not in raw()
    account.refresh_from_db()
    assert account.secrets == {"token": SECRET}


def test_a_new_key_reads_the_old_rows_and_writes_with_itself(settings):
    make_account()
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()

    settings.FIELD_KEYS = [new, old]
    account = IntegrationAccount.objects.get()
    account.save()
    settings.FIELD_KEYS = [new]

    assert IntegrationAccount.objects.get().secrets == {"token": SECRET}


def test_a_lost_key_does_not_break_the_list(settings):
    make_account()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    account = IntegrationAccount.objects.get()

    assert isinstance(account.secrets, Unreadable)
    assert account.secrets == {}


@pytest.mark.parametrize(
    ("secret", "shown"), [("0123456789abcdef", "••••cdef"), ("short", "••••"), ("", "••••")]
)
def test_a_mask_shows_the_end_of_long_secrets_only(secret, shown):
    assert mask(secret) == shown
