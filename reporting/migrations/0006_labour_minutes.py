"""This brand's share of agents' time."""

from django.db import migrations, models

POOLS = [("dedicated", "Dedicated"), ("shared", "Shared"), ("overflow", "Overflow"), ("burst", "Burst")]
KINDS = [
    ("handling", "Handling"), ("hold", "Hold"), ("wrap_up", "Wrap-up"), ("consult", "Consult"),
    ("waiting", "Waiting for work"), ("training", "Training"), ("meeting", "Meeting"), ("break", "Break"),
    ("production", "Other work"), ("system", "System"), ("not_responding", "Not responding"),
    ("offline", "Offline"), ("unknown", "No record"),
]


class Migration(migrations.Migration):
    dependencies = [("reporting", "0005_issued_reports")]

    operations = [
        migrations.CreateModel(
            name="LabourMinutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("interval_start", models.DateTimeField()),
                ("queue_id", models.BigIntegerField()),
                ("agent_id", models.BigIntegerField()),
                ("pool_kind", models.CharField(blank=True, choices=POOLS, max_length=16)),
                ("kind", models.CharField(choices=KINDS, max_length=16)),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("billable", models.BooleanField()),
                ("paid", models.BooleanField()),
                ("share_us", models.BigIntegerField()),
                ("session_us", models.BigIntegerField()),
                ("busy_us", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "minutes of an agent",
                "verbose_name_plural": "minutes of agents",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "interval_start", "queue_id", "agent_id", "pool_kind", "kind", "reason", "billable",
                            "paid",
                        ),
                        name="labour_minutes_once",
                    )
                ],
            },
        ),
    ]
