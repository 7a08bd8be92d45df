"""A fingerprint of a brand's schema: equal for equal tables, columns, indexes, constraints, sequences,
rights.

The schema's own name, its role's and the start of its ids are left out, so any two brands compare. One
statement takes those of many schemas: planning it costs as much as one schema's part of the catalog. What is
in a schema is found by pg_depend: pg_class has no index that begins with the schema, and would be read whole.
An index is told by its columns in the catalog: its written definition costs four times as much.
"""

from collections.abc import Mapping, Sequence

from django.db import ProgrammingError, connection

from tenants.roles import owner_scope

FORM = 3  # raise it whenever LINES changes: stored fingerprints of another form compare with nothing
LINES = """
WITH own AS MATERIALIZED (
  SELECT n.oid, n.nspname::text AS schema, n.nspacl, named.role
    FROM unnest(%(schemas)s::text[], %(roles)s::text[]) AS named(schema, role)
    JOIN pg_namespace n ON n.nspname = named.schema
), c AS MATERIALIZED (
  SELECT c.oid, relname, relkind, relrowsecurity, relacl, relnamespace
    FROM own JOIN pg_depend ON refclassid = 'pg_namespace'::regclass AND refobjid = own.oid
                           AND classid = 'pg_class'::regclass
    JOIN pg_class c ON c.oid = objid
   WHERE %(relations)s::text[] IS NULL OR relname = ANY(%(relations)s::text[])
), lines AS (
  SELECT relnamespace, relname, concat_ws('|', 'table', relname, relkind, relrowsecurity, relacl::text)
    FROM c WHERE relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT relnamespace, relname, concat_ws('|', 'column', relname, attname, format_type(atttypid, atttypmod),
                                          attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
    FROM c JOIN pg_attribute a ON attrelid = c.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT c.relnamespace, c.relname, concat_ws('|', 'index', c.relname, x.relname, relam, reloptions::text,
                                              keys.names, indnkeyatts, indclass, indcollation, indoption,
                                              indisunique, indnullsnotdistinct, indisvalid,
                                              coalesce(pg_get_expr(indexprs, indrelid), ''),
                                              pg_get_expr(indpred, indrelid))
    FROM c JOIN pg_index ON indrelid = c.oid JOIN pg_class x ON x.oid = indexrelid
   CROSS JOIN LATERAL (SELECT string_agg(attname, ',' ORDER BY attnum) AS names
                         FROM pg_attribute WHERE attrelid = indexrelid) AS keys
  UNION ALL
  SELECT relnamespace, relname, concat_ws('|', 'constraint', conname, relname, pg_get_constraintdef(k.oid),
                                          convalidated)
    FROM c JOIN pg_constraint k ON conrelid = c.oid WHERE contype <> 'n'
  UNION ALL
  SELECT relnamespace, relname, concat_ws('|', 'sequence', relname, seqtypid::regtype, seqincrement, seqcycle,
                                          relacl::text)
    FROM c JOIN pg_sequence ON seqrelid = c.oid
  UNION ALL
  SELECT oid, '', concat_ws('|', 'schema', nspacl::text) FROM own
  UNION ALL
  SELECT defaclnamespace, '', concat_ws('|', 'default', defaclobjtype, defaclacl::text)
    FROM own JOIN pg_default_acl ON defaclnamespace = own.oid
), digests AS (
  SELECT schema, name, md5(replace(replace(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), role, 'ROLE'),
                                   schema, 'SCHEMA')) AS digest
    FROM own JOIN (SELECT home, {name} AS name, line FROM lines AS lines(home, relname, line)) AS l
      ON home = own.oid
   GROUP BY schema, role, name
)
SELECT {key}, digest FROM digests
"""
OF_SCHEMAS = LINES.format(name="''", key="schema")
OF_RELATIONS = LINES.format(name="relname::text", key="name")
STARTS = """
SELECT count(*) FROM pg_sequences WHERE schemaname = %s AND start_value <> %s AND sequencename <> %s
"""


def fingerprint(schema: str, role: str) -> str:
    """Return the hash of the schema's part of the catalog. Raises ProgrammingError when it is not there."""
    found = fingerprints({schema: role})
    if schema not in found:
        raise ProgrammingError(f"there is no schema {schema}")
    return found[schema]


def fingerprints(roles: Mapping[str, str], *, relations: Sequence[str] | None = None) -> dict[str, str]:
    """Return the hash of each schema, in one statement; `roles` are the brands' roles by their schemas.

    With `relations` only these tables and sequences count, and the rights on the schema. A schema that is not
    there is not in the answer.
    """
    return _taken(OF_SCHEMAS, roles, relations)


def by_relation(schema: str, role: str) -> dict[str, str]:
    """Return a hash of each table and sequence of the schema, and under "" of the rights on it."""
    return _taken(OF_RELATIONS, {schema: role}, None)


def _taken(statement: str, roles: Mapping[str, str], relations: Sequence[str] | None) -> dict[str, str]:
    """The search path is `public` alone: names print the same wherever this runs, and the plan is kept."""
    values = {"schemas": list(roles), "roles": list(roles.values()), "relations": relations}
    with owner_scope(), connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return dict(cursor.fetchall())


def starts_right(schema: str, *, first_id: int) -> bool:
    """Tell whether every id of the schema begins in its own range."""
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(STARTS, [schema, first_id, "django_migrations_id_seq"])
        return bool(cursor.fetchone()[0] == 0)
