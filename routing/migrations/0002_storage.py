"""Small hot tables: room on each page for the next version of a row, and a vacuum that comes often."""

from django.db import migrations

HOT = ("routing_workitem", "routing_offer", "routing_agentcapacity")
SETTINGS = "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200"


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({SETTINGS})",
            f"ALTER TABLE {table} RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)",
        )
        for table in HOT
    ]
