"""What was done to one person is asked for on their page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_soft_launch_and_bulk")]

    operations = [
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["object", "at", "id"], name="audit_by_object"),
        ),
    ]
