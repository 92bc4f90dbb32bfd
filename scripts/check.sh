#!/bin/sh
# Everything that can be known without running the program; the same here and in CI.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
PACKAGES="common live integrations leads bookings chat crystalbay"

failed=""

# Goes on after a failure: one run shows all there is to repair.
step() {
    title=$1
    shift
    printf '· %s\n' "$title"
    "$@" || failed="$failed «$title»"
}

# As on a real server, whatever the .env here says; the keys are examples, but long enough.
on_server() {
    env ENV_FILE="$scratch/none" VAR_DIR="$scratch" DATABASE_URL= REDIS_URL= DEBUG=0 DEMO_MODE=0 \
        PUBLIC_BASE_URL=https://desk.example.com ALLOWED_HOSTS=desk.example.com \
        SECRET_KEY=0b9f2c4d6e8a1357x9b0d2f4a6c8e1g3i5k7m9o1q3s5u7w9y1A3C5E7G9 \
        FIELD_KEYS=WmZpZWxkLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU= "$@"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step "стиль" ruff check .
step "вид" ruff format --check .
# shellcheck disable=SC2086 # a list of words
step "типы" on_server mypy $PACKAGES scripts
step "границы слоёв" lint-imports
step "настройки для настоящей работы" on_server python manage.py check --deploy --fail-level WARNING
step "миграции" on_server python manage.py makemigrations --check --dry-run --verbosity=1
step "переводы" python scripts/catalogues.py check
if command -v shellcheck >/dev/null; then
    step "скрипты" shellcheck scripts/*.sh .ci/run integrations/tours/samo/*/*.sh
fi
if [ -n "$failed" ]; then
    echo "Не прошло:$failed" >&2
    exit 1
fi
echo "Проверки пройдены."
