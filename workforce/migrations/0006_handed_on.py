"""A departure keeps what was handed on, and the mail that told the lead."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_draft_logo"), ("workforce", "0005_refs")]

    operations = [
        migrations.AddField(
            "departure",
            "mail",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                to="tenants.systemmail",
            ),
        ),
        migrations.AddField("departurebrand", "handed", models.JSONField(blank=True, default=dict)),
        migrations.AddField("departurebrand", "lead_id", models.BigIntegerField(blank=True, null=True)),
    ]  # fmt: skip
