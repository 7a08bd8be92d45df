from django.db import migrations


def shout(apps, editor):
    for contact in apps.get_model("crm", "Contact").objects.all():
        contact.name = contact.name.upper()
        contact.save()


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [migrations.RunPython(shout)]
