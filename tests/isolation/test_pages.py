"""No address of either host shows or changes anything of a brand to who has no seat in it."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from tenants.scope import tenant_scope
from tests.architecture.test_urls import OPEN, addresses
from tests.factories import TESTS
from tests.isolation.conftest import ROLES, Neighbourhood
from tests.isolation.estate import tables_of
from tests.isolation.walk import OTHER, OWN, PROVIDER, NoSample, Walk, _in, filled, parameters, values, walk
from tests.isolation.witness import changes, digest


@pytest.mark.parametrize("role", ROLES)
def it_is_absent_for_others(place: Neighbourhood, role: str) -> None:
    walker = place.walker(role)
    with place.watched as changed:
        seen = walk(walker, place.estate)
    assert "\n".join(seen.found) == ""
    assert changed == [], "rows of the other brand were touched"
    assert seen.routes == every_route()


def it_shows_everybody_the_same_of_a_brand_and_keeps_nothing(place: Neighbourhood) -> None:
    """What is open on the brand's own host: its face, none of its rows; and the visit leaves none behind."""
    before = digest(place.boss, place.globex)
    estate = replace(place.estate, code="guessed")  # the right one is the proof of whom it was given to
    assert "\n".join(walk(place.walker("agent"), estate, public=True).found) == ""
    assert changes(before, digest(place.boss, place.globex)) == []


def every_route() -> set[tuple[str, str]]:
    brand = {(host, route) for host in (OWN, OTHER) for route, _ in addresses("brand")}
    return brand | {(PROVIDER, route) for route, _ in addresses("provider")}


def it_is_there_for_its_own(place: Neighbourhood) -> None:
    """The walk of somebody who may: what is refused to others is answered to them."""
    walker = place.walker("agent")
    own = Walk()
    for path in (f"/desk/acme/{place.own_talk}/", f"/desk/acme/{place.own_talk}/messages/"):
        assert walker.browser.get(path, headers={"host": "localhost"}).status_code == 200, own


class DescribeSamples:
    @pytest.mark.parametrize("conf", ["provider", "brand"])
    def it_knows_every_parameter(self, place: Neighbourhood, conf: str) -> None:
        for route, _pattern in addresses(conf):
            for parameter in parameters(route):
                assert all(values(parameter, place.estate)), f"{route}: nothing of the brand for {parameter}"

    def it_says_what_it_does_not_know(self, place: Neighbourhood) -> None:
        with pytest.raises(NoSample, match="shelf"):
            filled("books/<str:shelf>/", place.estate)

    def it_fills_a_route_with_each_ref_once(self, place: Neighbourhood) -> None:
        paths = filled("desk/<slug:slug>/<uuid:ref>/", place.estate)
        assert paths == [f"/desk/globex/{ref}/" for ref in place.estate.all_refs]
        assert f"/desk/globex/{place.talk}/" in paths

    def it_has_a_row_in_every_table(self, place: Neighbourhood) -> None:
        """So that a change of any would show, and every kind of ref is tried."""
        assert place.estate.bare == [], "give it values in estate.BY_HAND"
        assert len(tables_of(place.boss, place.globex)) > 20


class DescribeExcuses:
    @pytest.mark.parametrize("who", ["isolation", "operator"])
    def it_has_a_reason_for_each_and_an_address(self, who: str) -> None:
        routes = [route for conf in ("provider", "brand") for route, _ in addresses(conf)]
        for listed, reason in OPEN[who].items():
            assert len(reason) > 10, f"{listed} needs a reason"
            assert any(_in(route, {listed: reason}) for route in routes), f"{listed} is no address"


class DescribeWitness:
    """What the walk is judged by sees what it should."""

    def it_sees_a_change_of_any_table(self, place: Neighbourhood) -> None:
        for schema, table in tables_of(place.boss, place.globex):
            if table in {"django_migrations", "tenants_auditrow"}:
                continue
            own = "true" if schema != "public" else f"brand_id = {place.globex.id}"
            before = digest(place.boss, place.globex)
            with place.boss.transaction(force_rollback=True):
                place.boss.execute("SET LOCAL session_replication_role = replica")
                place.boss.execute(f'DELETE FROM "{schema}"."{table}" WHERE {own}')
                changed = changes(before, digest(place.boss, place.globex))
            assert changed == [f"{schema if schema == 'public' else 'brand'}.{table}"]

    def it_lets_nobody_in(self, place: Neighbourhood) -> None:
        def ask() -> Any:
            with tenant_scope(place.globex, TESTS), connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM interactions_interaction")
                return cursor.fetchone()[0]

        assert ask() == 3
        with place.watched, pytest.raises(ProgrammingError, match="permission denied to set role"):
            ask()
        connection.close()
        assert ask() == 3
