from datetime import date

from django.db import migrations

PAYMENT = ((30, 10, 3), (0, 20, 3))
PENALTIES = ((30, 25), (14, 50), (7, 100))
HOLIDAYS = (
    ((1, 1), "Новый год"), ((1, 2), "Новый год"), ((1, 7), "Рождество"),
    ((3, 8), "Международный женский день"), ((3, 21), "Наурыз"), ((3, 22), "Наурыз"),
    ((3, 23), "Наурыз"), ((5, 1), "Праздник единства"), ((5, 7), "День защитника"),
    ((5, 9), "День Победы"), ((7, 6), "День столицы"), ((8, 30), "День Конституции"),
    ((10, 25), "День Республики"), ((12, 16), "День Независимости"),
)
KURBAN_AIT = (date(2026, 5, 27), date(2027, 5, 16), date(2028, 5, 5))
# Months a passport must be good after the return; other countries: six.
ENTRY = (("TR", 5), ("GE", 0), ("MV", 1), ("RU", 0), ("UZ", 0), ("KG", 0))


def fill(apps, schema_editor):
    operator = apps.get_model("bookings", "Operator").objects.create(
        code="samo", name="SAMO", currency="USD", commission_percent=10
    )
    rule = apps.get_model("bookings", "PaymentRule").objects
    for over_days, percent, working_days in PAYMENT:
        rule.create(
            operator=operator, over_days=over_days, prepay_percent=percent,
            prepay_working_days=working_days, balance_days=10, is_balance_working=True,
        )
    rule.create(
        operator=operator, over_days=0, prepay_percent=30, prepay_working_days=3,
        balance_days=21, is_balance_working=False,
        season_from=date(2026, 12, 25), season_to=date(2027, 1, 10),
    )
    penalty = apps.get_model("bookings", "PenaltyRule").objects
    for days_before, percent in PENALTIES:
        penalty.create(operator=operator, days_before=days_before, percent=percent)
    special = apps.get_model("bookings", "SpecialDay").objects
    for year in (2026, 2027, 2028):
        special.bulk_create(
            special.model(day=date(year, month, day), name=name)
            for (month, day), name in HOLIDAYS
        )
    special.bulk_create(special.model(day=day, name="Курбан-айт") for day in KURBAN_AIT)
    entry = apps.get_model("bookings", "EntryRule").objects
    for country, months in ENTRY:
        entry.create(country=country, months_valid=months)


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_ledger_is_never_edited")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
