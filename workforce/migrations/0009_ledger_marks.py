"""What is written about time whose quarter of an hour is over is marked, whoever wrote it and however.

The condition stands in the trigger: a state that is changed now costs a comparison and no call.
"""

from django.db import migrations, models

MARK = """
CREATE FUNCTION public.workforce_mark_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  says jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  begins text := TG_ARGV[0];
  ends text := TG_ARGV[1];
  was_end timestamptz := coalesce((was ->> ends)::timestamptz, 'infinity');
  says_end timestamptz := coalesce((says ->> ends)::timestamptz, 'infinity');
  since timestamptz := least((was ->> begins)::timestamptz, (says ->> begins)::timestamptz);
  until timestamptz;
BEGIN
  IF was = says THEN
    RETURN NULL;
  END IF;
  until := CASE TG_OP WHEN 'INSERT' THEN says_end WHEN 'DELETE' THEN was_end
    ELSE greatest(was_end, says_end) END;
  IF TG_OP = 'UPDATE' AND was - ends = says - ends THEN
    since := least(was_end, says_end);
  END IF;
  IF since < date_bin('15 minutes', clock_timestamp(), '2000-01-01 00:00+00') THEN
    INSERT INTO public.workforce_ledgermark (agent_id, from_at, until_at)
    VALUES ((coalesce(says, was) ->> 'agent_id')::bigint, since, nullif(until, 'infinity'));
  END IF;
  RETURN NULL;
END $$
"""
LATE = "date_bin('15 minutes', clock_timestamp(), '2000-01-01 00:00+00')"
HOT = """
CREATE TRIGGER ledger_mark_insert AFTER INSERT ON {table} FOR EACH ROW
  WHEN (NEW.started_at < {late})
  EXECUTE FUNCTION public.workforce_mark_ledger('started_at', 'ended_at');
CREATE TRIGGER ledger_mark_update AFTER UPDATE ON {table} FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.ended_at < {late})
  EXECUTE FUNCTION public.workforce_mark_ledger('started_at', 'ended_at');
CREATE TRIGGER ledger_mark_delete AFTER DELETE ON {table} FOR EACH ROW
  WHEN (OLD.started_at < {late})
  EXECUTE FUNCTION public.workforce_mark_ledger('started_at', 'ended_at');
"""
UNDO_HOT = "".join(f"DROP TRIGGER ledger_mark_{verb} ON {{table}};" for verb in ("insert", "update", "delete"))
TERM = """
CREATE TRIGGER ledger_mark AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW
  EXECUTE FUNCTION public.workforce_mark_ledger('valid_from', 'valid_until')
"""


def hot(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(HOT.format(table=table, late=LATE), UNDO_HOT.format(table=table))


def term(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(TERM.format(table=table), f"DROP TRIGGER ledger_mark ON {table}")


class Migration(migrations.Migration):
    dependencies = [("workforce", "0008_consult")]

    operations = [
        migrations.CreateModel(
            name="LedgerMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agent_id", models.BigIntegerField(null=True)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["from_at"], name="ledger_mark_by_start")]},
        ),
        migrations.AddIndex(
            model_name="stateinterval",
            index=models.Index(fields=["agent", "ended_at"], name="state_interval_by_end"),
        ),
        migrations.AddIndex(
            model_name="engagement",
            index=models.Index(fields=["agent", "ended_at"], name="engagement_by_end"),
        ),
        migrations.RunSQL(MARK, "DROP FUNCTION public.workforce_mark_ledger()"),
        hot("workforce_stateinterval"),
        hot("workforce_engagement"),
        hot("workforce_focusinterval"),
        term("workforce_reasonterm"),
        term("workforce_ledgerterm"),
    ]
