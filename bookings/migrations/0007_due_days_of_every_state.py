from django.db import migrations, models

FIELDS = ("client_due_on", "operator_due_on")


def index(field: str) -> models.Index:
    return models.Index(
        fields=[field],
        name=f"booking_{field.removesuffix('_on')}",
        condition=models.Q((f"{field}__isnull", False)),
    )


class Migration(migrations.Migration):
    """Penalties of cancelled bookings are due as well."""

    dependencies = [("bookings", "0006_first_documents")]
    operations = [
        *(migrations.RemoveIndex("booking", index(field).name) for field in FIELDS),
        *(migrations.AddIndex("booking", index(field)) for field in FIELDS),
    ]
