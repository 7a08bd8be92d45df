"""What a brand owns, read from the catalog: every ref, id, key and word of it that somebody else could try.

`sow` puts a row into each table that has none of the brand's, so that no table is left out of the proof. Its
words are tokens which stand nowhere else; its ref and its id are the same in each, so who asks once asks all.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from itertools import chain, islice, product
from typing import Any

from django.apps import apps
from psycopg import errors, sql

from accounts import tickets
from accounts.actor import Actor
from core import clock
from tenants.actions import open_endpoint
from tenants.cards import BrandCard
from tests.connectors.webchat.wire import key_of

TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND (n.nspname = %(schema)s
    OR n.nspname = 'public' AND EXISTS (SELECT FROM pg_attribute a
       WHERE a.attrelid = c.oid AND a.attname = 'brand_id' AND NOT a.attisdropped))
 ORDER BY 1, 2
"""
COLUMNS = """
SELECT table_name, column_name, udt_name, character_maximum_length, ordinal_position,
       is_nullable = 'NO' AND column_default IS NULL OR column_name = 'brand_id',
       is_identity = 'NO' AND is_generated = 'NEVER'
  FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
VALUES = {
    "uuid": "gen_random_uuid()", "timestamptz": "now() + interval '{n} minutes'",
    "date": "current_date + {n}", "time": "time '01:00' + interval '{n} minutes'",
    "interval": "'1 minute'", "bool": "false", "jsonb": "'{{}}'", "bytea": "'\\x01'", "inet": "'10.0.0.1'",
    "int2": "{int}", "int4": "{int}", "float8": "1", "numeric": "1",
}  # fmt: skip
"""A value of each type; `n` is the column's place: what begins is before what ends. `int` is that, or 1."""
BY_HAND: dict[str, dict[str, str]] = {
    "routing_agentlimit": {"channel": "''"},
    "interactions_requestterms": {"only": "true"},
}
"""Where a constraint asks for more than a value of the type: {table: {column: SQL}}."""
NEVER_SOWN = {"django_migrations": "Django's own list; no row of it is anybody's"}
MANY_STATES = {"interactions_interaction", "routing_offer"}
SOWN = "sown-"
SOWN_ID = 777
MOST_TRIES = 200
_taken: dict[str, int] = {}
"""Which of its candidates a table took: the next brand's begins with the same."""


@dataclass
class Estate:
    """One brand's: `refs` and `ids` by table, `tokens` that only its rows hold, an unused hand-off `code`."""

    card: BrandCard
    key: str = ""
    code: str = ""
    refs: dict[str, list[str]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    bare: list[str] = field(default_factory=list)

    def of(self, *tables: str) -> "Estate":
        """The same with the refs and ids of these tables alone."""
        refs, ids = ({t: found[t] for t in tables if t in found} for found in (self.refs, self.ids))
        return replace(self, refs=refs, ids=ids)

    @property
    def all_refs(self) -> list[str]:
        """A ref of each table, each once; of conversations and offers all, whatever they have come to."""
        found = (refs[: 3 if table in MANY_STATES else 1] for table, refs in self.refs.items())
        return list(dict.fromkeys(chain.from_iterable(found)))

    @property
    def all_ids(self) -> list[str]:
        """An id of each table, each once."""
        return list(dict.fromkeys(ids[0] for ids in self.ids.values() if ids))


def settle(boss: Any, card: BrandCard, *, tokens: set[str], owner: Actor | None = None) -> Estate:
    """Give the brand a code of `owner` and a row in every table; return what it has then."""
    estate = Estate(card, key=key_of(card), tokens=set(tokens))
    if owner:
        later = clock.now() + timedelta(hours=1)  # still good when the last address is tried
        estate.code = tickets.open_handoff(card.id, actor=owner, session_key="", now=later)
    sow(boss, estate)
    survey(boss, estate)
    return estate


def open_chat(boss: Any, card: BrandCard) -> None:
    """Let the brand's public key lead to its first inbox."""
    row = boss.execute(
        sql.SQL("SELECT ref FROM {}.interactions_inbox ORDER BY id").format(sql.Identifier(card.schema_name))
    ).fetchone()
    open_endpoint(card.id, key=key_of(card), inbox_ref=row[0], origins=[])


def tables_of(boss: Any, card: BrandCard) -> list[tuple[str, str]]:
    """Return (schema, table) of all that holds rows of the brand: its schema, and `public` by `brand_id`."""
    return list(boss.execute(TABLES, {"schema": card.schema_name}).fetchall())


def sow(boss: Any, estate: Estate) -> None:
    """Put a row where none of the brand's is; what could not be sown is listed in `estate.bare`."""
    token = f"{SOWN}{secrets.token_hex(8)}"
    estate.tokens.add(token)
    with boss.transaction():
        boss.execute("SET LOCAL session_replication_role = replica")  # no foreign keys: each row stands alone
        for schema, table in tables_of(boss, estate.card):
            if table in NEVER_SOWN or _rows(boss, estate.card, schema, table):
                continue
            if words := _sow_one(boss, estate.card, schema, table, token):
                estate.bare.append(f"{table}: {words}")


def _sow_one(boss: Any, card: BrandCard, schema: str, table: str, token: str) -> str:
    """Try one row after the other until the table's constraints take it; returns what the last one broke."""
    words, rows = "no column", _candidates(boss, card, schema, table, token)
    for turn, values in islice(enumerate(rows), _taken.get(table, 0), MOST_TRIES):
        try:
            with boss.transaction():
                boss.execute(_insert(schema, table, values))
        except (errors.IntegrityError, errors.DataError, errors.ProgrammingError) as error:
            words = str(error).splitlines()[0]
        else:
            _taken[table] = turn
            return ""
    return words


def _candidates(boss: Any, card: BrandCard, schema: str, table: str, token: str) -> Iterator[dict[str, str]]:
    """Yield {column: SQL}: what must be filled, then everything, with each of a field's choices in turn."""
    columns = _columns(boss, schema, table)
    choices, hand = _choices(table), BY_HAND.get(table, {})
    for everything, rising in product((False, True), repeat=2):
        names = [column for column in columns if everything or column[4] or column[0] in choices]
        options = [
            choices.get(name) or [_value(card, name, kind, size, token, place, place if rising else 1)]
            for name, kind, size, place, _must in names
        ]
        for line in product(*options):
            yield dict(zip((column[0] for column in names), line, strict=True)) | hand


def _columns(boss: Any, schema: str, table: str) -> list[Any]:
    """Return (name, type, size, place, whether it must be given) of the columns that may be given."""
    return [column for *column, given in _catalog(boss, schema)[table] if given]


def _has(boss: Any, schema: str, table: str, kind: str, name: str) -> bool:
    return any(column[:2] == (name, kind) for column in _catalog(boss, schema)[table])


@cache
def _catalog(boss: Any, schema: str) -> dict[str, list[Any]]:
    """Ask once for all tables of a schema and all tests: the catalog answers slowly, and always the same."""
    found: dict[str, list[Any]] = defaultdict(list)
    for table, *column in boss.execute(COLUMNS, [schema]).fetchall():
        found[table].append(tuple(column))
    return found


@cache
def _choices(table: str) -> dict[str, list[str]]:
    """Return {column: its choices as SQL} of the table's model."""
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    fields = model._meta.concrete_fields if model else ()
    return {
        str(one.column): [f"'{value}'" for value, _words in one.flatchoices if value != ""]
        for one in fields
        if one.choices
    }


def _insert(schema: str, table: str, values: dict[str, str]) -> sql.Composed:
    return sql.SQL("INSERT INTO {}.{} ({}) VALUES ({})").format(
        sql.Identifier(schema),
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.SQL(value) for value in values.values()),
    )


def _value(
    card: BrandCard, name: str, kind: str, size: int | None, token: str, place: int, number: int
) -> str:
    if name == "brand_id":
        return str(card.id)
    if kind == "int8":
        return str(10**15 + card.id * 1000 + SOWN_ID)
    if name == "ref":
        return f"'{token.removeprefix(SOWN) * 2}'"  # sixteen digits twice are a UUID
    if kind in {"text", "varchar", "bpchar"}:
        return f"'{token[:size]}'" if size else f"'{token}'"
    return VALUES.get(kind, "'{{}}'").format(n=place, int=number)


def _rows(boss: Any, card: BrandCard, schema: str, table: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {}.{} WHERE {})").format(
        sql.Identifier(schema), sql.Identifier(table), _own(card, schema)
    )
    return bool(boss.execute(query).fetchone()[0])


def _own(card: BrandCard, schema: str) -> sql.Composable:
    return sql.SQL("true") if schema != "public" else sql.SQL("brand_id = {}").format(card.id)


def survey(boss: Any, estate: Estate) -> None:
    """Read every ref and id of the brand."""
    for schema, table in tables_of(boss, estate.card):
        for kind, wanted, found in (("uuid", "ref", estate.refs), ("int8", "id", estate.ids)):
            if _has(boss, schema, table, kind, wanted):
                query = sql.SQL("SELECT {} FROM {}.{} WHERE {} ORDER BY 1 LIMIT 20").format(
                    *map(sql.Identifier, (wanted, schema, table)), _own(estate.card, schema)
                )
                rows = [row[0] for row in boss.execute(query).fetchall()]
                found[table] = list(map(str, rows))
