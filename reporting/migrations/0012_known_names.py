"""Rows of before names towards a client were kept: who is the provider's stands there as the client knows them.

What was issued stays to the byte. Read by name, as most rows have no id: a name that somebody of the client
has too is left, and of two of the provider's who are called alike the first name is kept.
"""

from django.db import migrations

COLUMNS = (
    ("reporting_clause", "made_shown"),
    ("reporting_exclusion", "proposed_shown"),
    ("reporting_exclusion", "answered_shown"),
    ("reporting_forecastterms", "made_shown"),
    ("reporting_forecast", "uploaded_shown"),
    ("reporting_forecast", "used_shown"),
    ("reporting_annotation", "written_shown"),
    ("reporting_reportplan", "changed_shown"),
    ("reporting_reportmail", "shown"),
    ("reporting_reportlink", "made_shown"),
    ("interactions_clockpolicy", "made_shown"),
)
KNOWN = """
WITH here AS (SELECT id FROM tenants_brand WHERE schema_name = current_schema()),
seats AS (
  SELECT user_id, bool_or(role NOT IN ('manager', 'viewer')) AS provides,
         bool_or(role IN ('manager', 'viewer') AND brand_id IN (SELECT id FROM here)) AS is_theirs
    FROM accounts_membership GROUP BY user_id
),
known AS (
  SELECT one.name,
         CASE WHEN count(*) = 1 THEN coalesce(min(alias.shown_name), split_part(one.name, ' ', 1))
              ELSE split_part(one.name, ' ', 1) END AS called
    FROM accounts_user one
    JOIN seats ON seats.user_id = one.id
    LEFT JOIN workforce_agentalias alias
      ON alias.agent_id = one.id AND alias.brand_id IN (SELECT id FROM here)
   WHERE seats.provides OR seats.is_theirs
   GROUP BY one.name HAVING bool_and(seats.provides)
)
"""
SQL = [
    f"{KNOWN} UPDATE {table} SET {column} = known.called FROM known"  # noqa: S608 - fixed names
    f" WHERE {table}.{column} = known.name AND known.name <> known.called"
    for table, column in COLUMNS
]


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0011_issued_agents'),
        ('interactions', '0018_request_files'),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
