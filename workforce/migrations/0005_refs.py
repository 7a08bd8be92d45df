"""Sites, teams, skills and agents get the key by which programs name them."""

from django.db import migrations, models

from core.ids import new_ref

NAMES = ("site", "team", "skill", "agent")
FILL = """
UPDATE workforce_{name} SET ref = (
  lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
  || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
)::uuid
"""
"""UUIDv7 as `core.ids.new_ref` makes them: milliseconds, the version, then what is random in a UUIDv4."""


def refs(name: str) -> list[migrations.operations.base.Operation]:
    empty = models.UUIDField(null=True, editable=False)
    full = models.UUIDField(default=new_ref, unique=True, editable=False)
    return [
        migrations.AddField(name, "ref", empty),
        migrations.RunSQL(FILL.format(name=name), migrations.RunSQL.noop),
        migrations.AlterField(name, "ref", full),
    ]


class Migration(migrations.Migration):
    dependencies = [("workforce", "0004_staff")]

    operations = [step for name in NAMES for step in refs(name)]
