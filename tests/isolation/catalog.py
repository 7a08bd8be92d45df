"""What the catalog says of brands' tables and roles."""

from typing import Any

TABLES = r"""
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^s_[a-z2-7]+$' AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1, 2
"""
READABLE = r"""
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^s_[a-z2-7]+$' AND c.relkind IN ('r', 'p', 'v', 'm')
   AND (has_schema_privilege(%(role)s, n.oid, 'USAGE') OR has_table_privilege(%(role)s, c.oid, 'SELECT')
     OR has_any_column_privilege(%(role)s, c.oid, 'SELECT'))
 ORDER BY 1, 2
"""
ROLES = r"""
SELECT rolname FROM pg_roles
 WHERE rolname ~ ('^t' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '_s_')
   AND (%(role)s = '' OR pg_has_role(%(role)s, oid, 'MEMBER')) ORDER BY 1
"""


def brand_tables(boss: Any) -> list[tuple[str, str]]:
    """Return (schema, table) of every brand and spare."""
    return list(boss.execute(TABLES).fetchall())


def readable(boss: Any, role: str) -> list[tuple[str, str]]:
    """Return what of it the role may look into, or even reach, without becoming another one."""
    return list(boss.execute(READABLE, {"role": role}).fetchall())


def roles_of(boss: Any) -> list[str]:
    """Return the brands' roles of this database."""
    return [row[0] for row in boss.execute(ROLES, {"role": ""}).fetchall()]


def steps_into(boss: Any, role: str) -> list[str]:
    """Return the brands' roles that the role may become."""
    return [row[0] for row in boss.execute(ROLES, {"role": role}).fetchall()]
