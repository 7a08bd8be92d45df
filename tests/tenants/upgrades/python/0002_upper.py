from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def shout(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for contact in apps.get_model("crm", "Contact").objects.all():
        contact.name = contact.name.upper()
        contact.save()


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [migrations.RunPython(shout)]
