"""The reasons an agent may be away for, on the first day."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from workforce.reasons import SEEDED


def plant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("workforce", "AvailabilityReason").objects
    for reason in SEEDED:
        rows.get_or_create(code=reason["code"], defaults=reason)


class Migration(migrations.Migration):
    dependencies = [("workforce", "0002_no_overlap")]

    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
