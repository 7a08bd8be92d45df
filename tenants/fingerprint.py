"""A fingerprint of a brand's schema: equal for equal tables, columns, indexes, constraints, sequences,
rights.

The schema's own name, its role's and the start of its ids are left out, so any two brands compare.
"""

from django.db import connection

from tenants.roles import owner_scope

CATALOG = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT concat_ws('|', 'table', c.relname, c.relkind, c.relrowsecurity, c.relacl::text) AS line
    FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT concat_ws('|', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
     AND NOT a.attisdropped
  UNION ALL
  SELECT concat_ws('|', 'index', c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
   WHERE c.relnamespace = %(schema)s::regnamespace
  UNION ALL
  SELECT concat_ws('|', 'constraint', n.conname, n.conrelid::regclass, pg_get_constraintdef(n.oid),
                   n.convalidated)
    FROM pg_constraint n WHERE n.connamespace = %(schema)s::regnamespace AND n.contype <> 'n'
  UNION ALL
  SELECT concat_ws('|', 'sequence', c.relname, s.seqtypid::regtype, s.seqincrement, s.seqcycle,
                   c.relacl::text)
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
   WHERE c.relnamespace = %(schema)s::regnamespace
  UNION ALL
  SELECT concat_ws('|', 'schema', nspacl::text) FROM pg_namespace WHERE oid = %(schema)s::regnamespace
  UNION ALL
  SELECT concat_ws('|', 'default', defaclobjtype, defaclacl::text)
    FROM pg_default_acl WHERE defaclnamespace = %(schema)s::regnamespace
) lines(line)
"""
FINGERPRINT = CATALOG.replace(
    "md5(string_agg(line,", "md5(string_agg(replace(replace(line, %(role)s, 'ROLE'), %(schema)s, 'SCHEMA'),"
).replace("ORDER BY line)", "ORDER BY replace(replace(line, %(role)s, 'ROLE'), %(schema)s, 'SCHEMA'))")
STARTS = """
SELECT count(*) FROM pg_sequences WHERE schemaname = %s AND start_value <> %s AND sequencename <> %s
"""


def fingerprint(schema: str, role: str) -> str:
    """Return the hash of the schema's part of the catalog."""
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, {"schema": schema, "role": role})
        return str(cursor.fetchone()[0])


def starts_right(schema: str, *, first_id: int) -> bool:
    """Tell whether every id of the schema begins in its own range."""
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(STARTS, [schema, first_id, "django_migrations_id_seq"])
        return bool(cursor.fetchone()[0] == 0)
