from django.db import migrations

STAGES = [
    ("new", "Новый запрос", "#0071e3"),
    ("consultation", "Консультация", "#0071a4"),
    ("selection", "Подбор тура", "#8944ab"),
    ("offer_sent", "Предложение отправлено", "#b25000"),
    ("negotiation", "Согласование", "#a05a00"),
    ("booking", "Бронирование", "#6e5bd0"),
    ("payment", "Оплата", "#00796b"),
    ("won", "Закрыто успешно", "#248a3d"),
    ("lost", "Отказ", "#d70015"),
]
SOURCES = [
    ("webchat", "Чат на сайте"),
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("instagram", "Instagram"),
    ("email", "Почта"),
    ("manual", "Вручную"),
]
REASONS = [
    ("expensive", "Дорого", False),
    ("other_agency", "Купил в другом агентстве", False),
    ("self_online", "Купил сам онлайн", False),
    ("no_seats", "Нет мест / стоп-сейл", False),
    ("no_flights", "Нет вылета", False),
    ("changed_mind", "Передумал / перенёс", False),
    ("vanished", "Пропал", False),
    ("papers", "Паспорт / виза / запрет на выезд", False),
    ("not_target", "Нецелевое", False),
    ("partner", "Партнёр-агентство", False),
    ("slow_answer", "Долго отвечали (наша вина)", True),
    ("duplicate", "Дубль", False),
]


def fill(apps, schema_editor):
    stage, source, reason = (
        apps.get_model("leads", name) for name in ("LeadStage", "LeadSource", "LostReason")
    )
    for position, (code, name, color) in enumerate(STAGES, 1):
        stage.objects.get_or_create(
            code=code, defaults={"name": name, "color": color, "position": position}
        )
    for code, name in SOURCES:
        source.objects.get_or_create(code=code, defaults={"name": name})
    for position, (code, name, is_our_fault) in enumerate(REASONS, 1):
        reason.objects.get_or_create(
            code=code,
            defaults={"name": name, "is_our_fault": is_our_fault, "position": position},
        )


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
