"""The time ledger added up by quarter of an hour, and a mark where a pool's members are changed afterwards."""

from django.db import migrations, models

POOLS = [("dedicated", "Dedicated"), ("shared", "Shared"), ("overflow", "Overflow"), ("burst", "Burst")]
KINDS = [
    ("handling", "Handling"), ("hold", "Hold"), ("wrap_up", "Wrap-up"), ("consult", "Consult"),
    ("waiting", "Waiting for work"), ("training", "Training"), ("meeting", "Meeting"), ("break", "Break"),
    ("production", "Other work"), ("system", "System"), ("not_responding", "Not responding"),
    ("offline", "Offline"), ("unknown", "No record"),
]
MARK = """
CREATE TRIGGER ledger_mark AFTER INSERT OR UPDATE OR DELETE ON routing_poolmember FOR EACH ROW
  EXECUTE FUNCTION public.workforce_mark_ledger('valid_from', 'valid_until')
"""


class Migration(migrations.Migration):
    dependencies = [("routing", "0017_consult"), ("workforce", "0009_ledger_marks")]

    operations = [
        migrations.CreateModel(
            name="TimedQuarter",
            fields=[
                ("interval_start", models.DateTimeField(primary_key=True, serialize=False)),
                ("serial", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "quarter of agents' time",
                "verbose_name_plural": "quarters of agents' time",
                "indexes": [models.Index(fields=["serial"], name="timed_quarter_by_serial")],
            },
        ),
        migrations.CreateModel(
            name="AgentTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("interval_start", models.DateTimeField()),
                ("agent_id", models.BigIntegerField()),
                ("brand_id", models.BigIntegerField(null=True)),
                ("queue_id", models.BigIntegerField()),
                ("pool_kind", models.CharField(blank=True, choices=POOLS, max_length=16)),
                ("kind", models.CharField(choices=KINDS, max_length=16)),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("billable", models.BooleanField()),
                ("paid", models.BooleanField()),
                ("is_test", models.BooleanField()),
                ("share_us", models.BigIntegerField()),
                ("session_us", models.BigIntegerField()),
                ("busy_us", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "time of an agent",
                "verbose_name_plural": "times of agents",
                "indexes": [models.Index(fields=["brand_id", "interval_start"], name="agent_time_by_brand")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "interval_start", "agent_id", "brand_id", "queue_id", "pool_kind", "kind", "reason",
                            "billable", "paid", "is_test",
                        ),
                        nulls_distinct=False,
                        name="agent_time_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(MARK, "DROP TRIGGER ledger_mark ON routing_poolmember"),
    ]
