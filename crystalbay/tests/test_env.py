import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from crystalbay import env

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {"SECRET_KEY": "k" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}


@pytest.fixture
def environment(monkeypatch):
    def given(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return given


def test_a_secret_may_lie_in_a_file(environment, tmp_path):
    file = tmp_path / "secret"
    file.write_text("$from-file\n")
    environment(SOME_KEY="from-env", SOME_KEY_FILE=str(file))

    assert env.secret("SOME_KEY") == "$from-file"


def test_a_missing_secret_file_is_said(environment):
    environment(SOME_KEY_FILE="nowhere/at/all")
    with pytest.raises(env.BadEnvironment, match="SOME_KEY_FILE"):
        env.secret("SOME_KEY")


@pytest.mark.parametrize("value", ["", "short", "change-me" + "x" * 50])
def test_a_weak_key_is_refused(environment, value):
    environment(SOME_KEY=value)
    with pytest.raises(env.BadEnvironment, match="make setup"):
        env.secret_key("SOME_KEY")


@pytest.mark.parametrize("value", ["", "not-a-key", "x" * 44])
def test_bad_field_keys_are_refused(environment, value):
    environment(SOME_KEYS=value)
    with pytest.raises(env.BadEnvironment, match="SOME_KEYS"):
        env.field_keys("SOME_KEYS")


def test_several_field_keys_are_kept_in_order(environment):
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    environment(SOME_KEYS=f"{keys[0]}, {keys[1]}")
    assert env.field_keys("SOME_KEYS") == keys


def test_a_bad_flag_and_a_bad_number_are_said(environment):
    environment(FLAG="maybe", NUMBER="many")
    with pytest.raises(env.BadEnvironment, match="FLAG"):
        env.flag("FLAG", False)
    with pytest.raises(env.BadEnvironment, match="NUMBER"):
        env.number("NUMBER", 1)


def test_a_broken_line_of_the_env_file_is_named(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# comment\nGOOD=1\nexport ALSO_GOOD=2\n\nthis is broken\n")
    with pytest.raises(env.BadEnvironment, match="строка 5"):
        env.read_dotenv(file)


def test_sqlite_waits_for_its_writer():
    options = env.database("sqlite:///some.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 30
    assert "journal_mode=WAL" in options["init_command"]


@pytest.mark.parametrize(
    ("url", "is_pooler"),
    [
        ("postgres://u:p@db.example:5432/base", False),
        ("postgresql://u:p@db.example/base?sslmode=require", False),
        ("postgres://u:p@pooler.example:6543/postgres", True),
        ("postgres://u:p@127.0.0.1:5432/base?pgbouncer=true", True),
    ],
)
def test_a_transaction_pooler_gets_no_session_state(url, is_pooler):
    config = env.database(url)
    assert config.get("DISABLE_SERVER_SIDE_CURSORS", False) is is_pooler
    assert ("pool" in config["OPTIONS"]) is not is_pooler
    assert "pgbouncer" not in config["OPTIONS"]


@pytest.mark.parametrize("url", ["nonsense", "mongodb://x/y", "postgres://u:p@host:port/base"])
def test_a_bad_database_address_is_refused(url):
    with pytest.raises(env.BadEnvironment, match="DATABASE_URL"):
        env.database(url)


def start(tmp_path, **values):
    """Load the settings in a fresh interpreter that knows no other .env file."""
    code = "import crystalbay.settings as s; print(s.DATABASES['default']['ENGINE'])"
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "PYTHONPATH")}
    own = {"VAR_DIR": str(tmp_path), "ENV_FILE": str(tmp_path / "no.env")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**clean, **own, **values},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_with_keys_alone(tmp_path):
    done = start(tmp_path, **GOOD)
    assert (done.returncode, done.stdout.strip()) == (0, "django.db.backends.sqlite3")


@pytest.mark.parametrize(
    "values",
    [{}, {**GOOD, "SECRET_KEY": "change-me"}, {**GOOD, "FIELD_KEYS": ""}, {**GOOD, "DEBUG": "?"}],
)
def test_without_good_values_it_does_not_start(tmp_path, values):
    done = start(tmp_path, **values)

    assert done.returncode == 1
    assert done.stderr.startswith("Настройки: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
