"""Indexes that let PostgreSQL find a piece of a word among hundreds of thousands of rows.

Django's `icontains` asks `UPPER(column) LIKE UPPER(…)`, so the index has to hold upper-case words.
They are an aid, not a part of the models: without the extension pg_trgm, and on SQLite, everything
works without them.
"""

from django.db import DatabaseError, migrations, transaction

# Index -> table and what it holds.
INDEXES = {
    "search_client_name": ("leads_client", "UPPER(name) gin_trgm_ops"),
    "search_identity_value": ("leads_clientidentity", "UPPER(value) gin_trgm_ops"),
    "search_identity_digits": ("leads_clientidentity", "value gin_trgm_ops"),
    "search_lead_wish": ("leads_lead", "UPPER(wish) gin_trgm_ops"),
    "search_message_text": ("chat_message", "UPPER(text) gin_trgm_ops"),
}


def add_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql" or not _has_trigrams(schema_editor):
        return
    for name, (table, what) in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({what})")


def _has_trigrams(schema_editor):
    """Whether the server has pg_trgm, or lets us add it."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            with schema_editor.connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_back_office"), ("chat", "0002_back_office")]
    operations = [migrations.RunPython(add_indexes, drop_indexes)]
