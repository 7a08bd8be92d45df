"""What Django cannot say without its postgres app: intervals of one agent never overlap.

btree_gist is a trusted extension (PostgreSQL 13 on): the owner of the schemas, who may create in the database,
may create it.
"""

from django.db import migrations

NO_OVERLAP = """
ALTER TABLE {table} ADD CONSTRAINT {name}
EXCLUDE USING gist (agent_id WITH =, tstzrange(started_at, ended_at) WITH &&) {where}
"""


def no_overlap(table: str, name: str, where: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        NO_OVERLAP.format(table=table, name=name, where=where),
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("workforce", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        no_overlap("workforce_stateinterval", "state_interval_no_overlap", "WHERE (NOT is_correction)"),
        no_overlap("workforce_focusinterval", "focus_no_overlap"),
    ]
