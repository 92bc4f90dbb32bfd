"""Settings for tests: fast hashing, tasks run where they are called, manifest-free static."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault(
    "SECRET_KEY", "test-key-that-is-long-enough-and-never-used-elsewhere-0123456789"
)
os.environ.setdefault("FIELD_KEYS", "WmZpZWxkLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU=")
os.environ["DEMO_MODE"] = "1"
os.environ["DEBUG"] = "0"

from crystalbay.settings import *  # noqa: E402, F403
from crystalbay.settings import STORAGES, env  # noqa: E402

DATABASES = {"default": env.database(os.environ.get("TEST_DB", "sqlite://:memory:"))}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Tests open and close many short-lived threads; a pool would keep the test database busy.
    DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
REPLY_DELAY_MS = 0
# In the thread of the test, which alone sees its transaction.
WEBHOOK_PATIENCE_MS = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DOCUMENTS_DIR = Path(tempfile.gettempdir()) / "crystalbay-tests" / "documents"
SECURE_SSL_REDIRECT = False
WHITENOISE_AUTOREFRESH = True
