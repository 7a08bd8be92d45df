"""What became of a brand meanwhile, as the database has it, and a trap for whoever steps into it.

The digest is over every row of the brand's schema and every row of `public` with its id. The trap takes the
brand's role away from the login: whatever tries to work in the brand fails in PostgreSQL, wherever it comes
from. Reads of `public` rows leave no trace there; what they could show is looked for in the answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from psycopg import sql

from tenants.cards import BrandCard
from tests.isolation.estate import tables_of

NOTED = {"entry.refused", "handoff.refused", "session.refused", "scope.refused", "socket.refused"}
"""The verbs by which the audit trail of a brand may grow: somebody knocked and was turned away."""
AUDIT = "tenants_auditrow"
LOGIN = "trunkline"
GRANTS = """
SELECT g.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles u ON u.oid = m.member JOIN pg_roles g ON g.oid = m.grantor
 WHERE r.rolname = %s AND u.rolname = %s AND NOT g.rolsuper
"""


def digest(boss: Any, card: BrandCard) -> dict[str, str]:
    """Return {table: hash of the brand's rows in it}; of the audit trail without refused knocks."""
    parts = [_one(card, schema, table) for schema, table in tables_of(boss, card)]
    parts.append(
        sql.SQL("SELECT 'tenants_brand', md5(t::text) FROM tenants_brand t WHERE id = {}").format(card.id)
    )
    return dict(boss.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall())


def _one(card: BrandCard, schema: str, table: str) -> sql.Composed:
    own = sql.SQL("true") if schema != "public" else sql.SQL("brand_id = {}").format(card.id)
    if table == AUDIT:
        own += sql.SQL(" AND NOT verb = ANY({})").format(sorted(NOTED))
    return sql.SQL(
        "SELECT {}, md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {}.{} t WHERE {}"
    ).format(
        f"{schema if schema == 'public' else 'brand'}.{table}",
        sql.Identifier(schema),
        sql.Identifier(table),
        own,
    )


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Name the tables whose rows of the brand are not what they were."""
    return sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))


@contextmanager
def trapped(boss: Any, *cards: BrandCard) -> Iterator[None]:
    """Let nobody step into the brands meanwhile: PostgreSQL refuses their roles to the login."""
    connections.close_all()
    for wrapper in connections.all(initialized_only=True):
        wrapper.close_pool()  # type: ignore[attr-defined] # what is pooled may have a brand in force
    for card in cards:
        _revoke(boss, card.role_name)
    try:
        yield
    finally:
        for card in cards:
            _grant(boss, card.role_name)


def _revoke(boss: Any, role: str) -> None:
    for (grantor,) in boss.execute(GRANTS, [role, LOGIN]).fetchall():
        words = "REVOKE {} FROM {} GRANTED BY {}"
        boss.execute(sql.SQL(words).format(*map(sql.Identifier, (role, LOGIN, grantor))))


def _grant(boss: Any, role: str) -> None:
    """As tenants.roles.make_brand_role does, by the login itself."""
    with boss.transaction():
        boss.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(LOGIN)))
        boss.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(LOGIN)))
