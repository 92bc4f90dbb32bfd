"""One settings file; production differs from the embedded default by environment only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crystalbay import env
from crystalbay.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# --- infrastructure ---------------------------------------------------------------------------
try:
    env.read_dotenv(Path(env.env.str("ENV_FILE", str(BASE_DIR / ".env"))))
    DEBUG = env.flag("DEBUG", False)
    DEMO_MODE = env.flag("DEMO_MODE", False)
    VAR_DIR = Path(env.env.str("VAR_DIR", str(VAR_DIR)))
    SECRET_KEY = env.secret_key("SECRET_KEY")
    FIELD_KEYS = env.field_keys("FIELD_KEYS")
    PUBLIC_BASE_URL = (
        env.env.str("PUBLIC_BASE_URL", "") or f"http://localhost:{env.number('PORT', 8000)}"
    ).rstrip("/")
    ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    REDIS_URL = env.secret("REDIS_URL")
    DATABASES = {
        "default": env.database(
            env.secret("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'crystalbay.sqlite3'}"
        )
    }
    TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
    AI_TOKENS_PER_DAY = env.number("AI_TOKENS_PER_DAY", 1_000_000)
    AI_DOLLARS_PER_DAY = env.number("AI_DOLLARS_PER_DAY", 20)
    AI_DOLLARS_PER_CONVERSATION_DAY = env.number("AI_DOLLARS_PER_CONVERSATION_DAY", 1)
    AI_TOKENS_PER_CONVERSATION_DAY = env.number("AI_TOKENS_PER_CONVERSATION_DAY", 60_000)
    REPLY_DELAY_MS = env.number("REPLY_DELAY_MS", 2500)
    # So long a webhook waits for the database; then it is kept in VAR_DIR/webhooks for later.
    WEBHOOK_PATIENCE_MS = env.number("WEBHOOK_PATIENCE_MS", 80)
    PASSPORT_DAYS = env.number("PASSPORT_DAYS", 90)
except env.BadEnvironment as error:
    sys.exit(f"Настройки: {error}")

# Documents of bookings, encrypted with FIELD_KEYS.
DOCUMENTS_DIR = VAR_DIR / "documents"

INSTALLED_APPS = [
    "crystalbay.apps.CrystalBayConfig",
    "crystalbay.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_structlog",
    "rest_framework",
    "csp",
    "common",
    "live",
    "integrations",
    "leads",
    "bookings",
    "chat",
    "botapp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "crystalbay.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "crystalbay.urls"
ASGI_APPLICATION = "crystalbay.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English"), ("kk", "Қазақша")]
TIME_ZONE = "Asia/Almaty"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "crystalbay.npm_assets.NpmFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or DEMO_MODE:
    # Served from where they lie: no collectstatic between a clone and a working page.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
NPM_ROOT = BASE_DIR / "node_modules"
# Files of clients: under no address, only through a view that looks at the rights.
MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600

# --- cache, tasks -----------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "unacked_restore_throttle": 1}
else:
    # Nothing but wake-ups goes through the broker (rows are the truth), so files will do.
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "common.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "polling_interval": 0.05,
    }

# --- security ---------------------------------------------------------------------------------
IS_HTTPS = urlsplit(PUBLIC_BASE_URL).scheme == "https"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "common.api.problem_response",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_THROTTLE_RATES": {
        "webchat-open": "600/min",
        "webchat-session": "30/min",
        # Whole mobile networks share one address in Kazakhstan, so this one is generous.
        "webchat-address": "3000/min",
    },
}

# --- logs -------------------------------------------------------------------------------------
LOGGING = logging_config(plain=DEBUG or DEMO_MODE)
DJANGO_STRUCTLOG_CELERY_ENABLED = False
