# Two commands are enough: `make run` and `make test`. `make help` lists the rest.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv/bin

# GNU make reports every failure of a step as 2; on SIGQUIT it leaves with 1.
OR_STOP := || { kill -QUIT $$PPID; sleep 0.2; exit 1; }
NEED_PYTHON := @command -v $(PYTHON) >/dev/null || \
	{ echo "Не найден Python. Установите его: sudo apt-get install python3 python3-venv" >&2; false; } $(OR_STOP)

.DEFAULT_GOAL := help
.PHONY: help run setup demo test check services fmt dev screenshots pictures bench webhooks

help: ## этот список
	@echo "Главное: make run (запустить) и make test (проверить). Все команды:"
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/' \
		| awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## всё установить и запустить: PORT=9000, HOST, ADMIN_PASSWORD по желанию
	$(NEED_PYTHON)
	@$(PYTHON) scripts/setup.py run $(OR_STOP)
	@exec $(VENV)/python scripts/run.py

setup: ## только установить: библиотеки, файл .env, база, администратор
	$(NEED_PYTHON)
	@$(PYTHON) scripts/setup.py $(OR_STOP)

demo: setup ## заново создать демонстрационные данные
	@$(VENV)/python manage.py demo $(OR_STOP)

test: dev ## все тесты: на SQLite, а где есть PostgreSQL и Redis — ещё раз на них
	@$(VENV)/python scripts/test.py $(ARGS) $(OR_STOP)

check: dev ## стиль, типы, границы слоёв, настройки, миграции, переводы
	@sh scripts/check.sh $(OR_STOP)

services: ## запустить местные PostgreSQL и Redis, если их нет
	@sh scripts/services.sh $(OR_STOP)

fmt: dev ## привести код к единому виду
	@$(VENV)/ruff check --fix --quiet . $(OR_STOP)
	@$(VENV)/ruff format . $(OR_STOP)

screenshots: dev ## снять картинки для README с запущенного сайта
	@$(VENV)/python scripts/screenshots.py $(OR_STOP)

pictures: dev ## снять все страницы кабинета в двух размерах в var/screenshots/
	@PICTURES=1 $(VENV)/python -m pytest -q -p no:cacheprovider tests/browser/test_every_page.py $(OR_STOP)

webhooks: dev ## проверить приём вебхуков под нагрузкой и сбоями: 20 000 вызовов
	@$(VENV)/python scripts/webhook_trial.py $(ARGS) $(OR_STOP)

bench: dev ## измерить страницы на 5 000 и 50 000 лидов: SQLite и, если отвечает, PostgreSQL
	@$(VENV)/python scripts/bench.py $(ARGS) $(OR_STOP)

dev:
	$(NEED_PYTHON)
	@$(PYTHON) scripts/setup.py dev $(OR_STOP)
