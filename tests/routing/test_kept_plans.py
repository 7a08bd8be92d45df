"""What the leader's prepared statements cost once there is more than when they were planned."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import sql

from core import clock
from routing.board import Board
from routing.link import Link
from routing.loading import load_seats, load_shares, load_waiting, open_house
from routing.match import Pair, match
from routing.router import Leader
from routing.writes import WRITE, _arrays, run_here
from tenants.cards import BrandCard
from tests.factories import make_agent
from tests.routing.conftest import go_available, set_up, write_in

MANY = 24
KEPT = "SELECT name FROM pg_prepared_statements WHERE statement LIKE %s"


@pytest.fixture
def link(transactional_db: None, acme: BrandCard) -> Iterator[Link]:
    set_up(acme)
    with Link(pool_id=None) as link:
        yield link


def plan_of(link: Link, statement: str, *values: Any, options: str = "") -> list[dict[str, Any]]:
    """Every node of the plan that is kept for the statement that begins so."""
    (name,) = link.session.execute(KEPT, [statement + "%"]).fetchall()[0]
    explain = sql.SQL("EXPLAIN (FORMAT JSON {}) EXECUTE {}({})").format(
        sql.SQL(options), sql.Identifier(name), sql.SQL(", ").join(map(sql.Literal, values))
    )
    (found,) = link.session.execute(explain, prepare=False).fetchone() or ("[]",)
    plans = json.loads(found) if isinstance(found, str) else found
    return list(nodes(plans[0]["Plan"]))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def pairs_of() -> list[Pair]:
    now = clock.now()
    house, _rules = open_house(run_here, now)
    board = Board(load_waiting(run_here), load_seats(now), load_shares(now), now=now, house=house)
    return match(board.lines, board.seats, board.shares, now=now, house=board.house)


def looked_at(node: dict[str, Any]) -> float:
    """How many rows a node had in its hands, those that it threw away too."""
    thrown = node.get("Rows Removed by Join Filter", 0) + node.get("Rows Removed by Filter", 0)
    return float((node["Actual Rows"] + thrown) * node["Actual Loops"])


class DescribeTheWrite:
    @pytest.mark.parametrize("hashes", ["on", "off"])
    def it_never_multiplies_what_waits_with_who_is_there(
        self, link: Link, acme: BrandCard, hashes: str
    ) -> None:
        """Planned in a house that is new, for nothing; then two dozen wait before two dozen."""
        tables = sorted(set(re.findall(r"\b(?:routing|workforce|accounts|tenants)_[a-z]+", WRITE)))
        for table in tables:  # which nobody else analyses
            link.session.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL)")
        link.session.execute(f"SET enable_hashjoin = {hashes}")
        link.run(WRITE, _arrays([], clock.now()))
        for n in range(MANY):
            go_available(make_agent(f"a{n}@example.test", acme), now=clock.now())
            write_in(acme, now=clock.now())
        pairs = pairs_of()
        for table in tables:
            link.session.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE public.{table}")
        values = _arrays(pairs, clock.now())
        names = dict.fromkeys(re.findall(r"%\((\w+)\)s", WRITE))
        plan = plan_of(link, WRITE[:20], *(values[name] for name in names), options=", ANALYZE, TIMING OFF")
        assert len(pairs) == MANY == plan[0]["Actual Rows"]
        assert max(looked_at(node) for node in plan) <= MANY * MANY

    def it_is_planned_for_what_is_there_when_all_is_read_anew(self, link: Link) -> None:
        leader = Leader(link)
        for way in ("seqscan", "indexscan"):  # whatever the server prefers
            link.session.execute(f"SET enable_{way} = on")
        link.session.execute("CREATE TEMP TABLE thing (id bigint PRIMARY KEY)")  # nobody else analyses it
        link.session.execute("ANALYZE thing")
        one = "SELECT id FROM thing WHERE id = %(id)s::bigint"

        def scan() -> str:
            link.run(one, {"id": 1})
            return str(plan_of(link, one[:30], 1)[0]["Node Type"])

        assert scan() == "Seq Scan"
        link.session.execute("INSERT INTO thing SELECT generate_series(1, 20000)")
        assert scan() == "Seq Scan"
        leader.notices.plans = True
        leader.turn()
        assert scan() != "Seq Scan"
