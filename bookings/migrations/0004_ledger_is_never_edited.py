from django.db import migrations

TABLE = "bookings_ledgerentry"
SQLITE = f"""
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON {TABLE}
BEGIN SELECT RAISE(ABORT, 'the ledger is never edited'); END
"""
POSTGRES = (
    """
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is never edited' USING ERRCODE = 'check_violation'; END $$
""",
    f"CREATE TRIGGER ledger_no_update BEFORE UPDATE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION ledger_refuses()",
)


def forbid(apps, schema_editor):
    statements = (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRES
    for statement in statements:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {TABLE}"
    schema_editor.execute(f"DROP TRIGGER ledger_no_update{on}")


class Migration(migrations.Migration):
    """A mistake in the ledger gets a reversal; the database itself refuses an UPDATE."""

    dependencies = [("bookings", "0003_bookings")]
    operations = [migrations.RunPython(forbid, allow)]
