"""What all brands share outside PostgreSQL: cache keys, groups of sockets, files."""

import ast
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import FileField

from config.launch.layout import PROJECT
from core import live
from interactions.live import agent_group, visitor_group
from tenants.cache import make_key
from tenants.cards import BrandCard
from tenants.scope import WrongScope, tenant_scope
from tests.architecture.test_banned import sources
from tests.architecture.test_urls import addresses
from tests.factories import TESTS
from tests.isolation.conftest import Neighbourhood
from tests.isolation.walk import walk

HELPERS = {"group", "agent_group", "visitor_group", "visitors_group"}
KEPT = {"self.group", "self.brand_group", "FLOOR"}
"""Holds what a helper made; FLOOR is told nothing but that there is something to look at."""
JOINS = {"group_add", "group_discard", "publish"}
OWNERS = ("core/live.py",)


class DescribeCacheKeys:
    def it_makes_every_key_of_every_cache(self) -> None:
        assert {one["KEY_FUNCTION"] for one in settings.CACHES.values()} == {"tenants.cache.make_key"}

    def it_is_another_key_in_each_brand(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        made = set()
        for card in (acme, globex):
            with tenant_scope(card, TESTS):
                made.add(make_key("report", "x", 1))
        assert made == {f"x:1:b{acme.id}:report", f"x:1:b{globex.id}:report"}

    def it_cannot_be_guessed_from_within_another(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(globex, TESTS):
            cache.set("report", "globex")
        with tenant_scope(acme, TESTS):
            for key in ("report", f"b{globex.id}:report", f"../b{globex.id}:report", f":b{globex.id}:report"):
                assert cache.get(key) is None

    def it_is_refused_without_a_brand(self, db: None) -> None:
        with pytest.raises(WrongScope):
            make_key("report", "x", 1)

    def it_leaves_no_key_of_another_brand_behind(self, place: Neighbourhood) -> None:
        """Everything that Valkey holds after an agent of Acme tried Globex's desk."""
        walker = place.walker("agent")
        cache.clear()
        with place.watched:
            walk(walker, place.estate, only="desk/")
        with tenant_scope(place.acme, TESTS):
            cache.set("proof", 1)
        keys = [key.decode() for key in redis.Redis.from_url(settings.REDIS_URL).scan_iter()]
        assert [key for key in keys if f":b{place.globex.id}:" in key] == []
        assert [key for key in keys if f":b{place.acme.id}:proof" in key]


class DescribeGroups:
    def it_is_named_by_helpers_alone(self) -> None:
        loose = [
            f"{path.relative_to(PROJECT)}:{call.lineno}" for path, call in joins() if not is_helped(call)
        ]
        assert loose == [], "name groups with the helpers of live.py"

    def it_finds_a_name_that_is_made_by_hand(self) -> None:
        bad = ast.parse('layer.group_add(f"visitor.{ref}", channel)\nlive.publish("agent.1", {})')
        assert [is_helped(call) for call in calls(bad)] == [False, False]

    def it_names_a_visitors_group_by_brand_and_conversation(self, acme: BrandCard, globex: BrandCard) -> None:
        ref = uuid4()
        assert visitor_group(acme.id, ref) != visitor_group(globex.id, ref)
        assert agent_group(7) == live.group("agent", 7)


def joins() -> Iterator[tuple[Any, ast.Call]]:
    for path in sources():
        if not str(path.relative_to(PROJECT)).startswith(OWNERS):
            for call in calls(ast.parse(path.read_text())):
                yield path, call


def calls(module: ast.Module) -> list[ast.Call]:
    """Return the calls that join a group or send to one; Redis' own `publish` has other arguments."""
    found = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    return [
        call
        for call in found
        if isinstance(call.func, ast.Attribute) and call.func.attr in JOINS and len(call.args) == 2
    ] + [call for call in ast.walk(module) if isinstance(call, ast.Call) and _is_run_db(call)]


def _is_run_db(call: ast.Call) -> bool:
    """`run_db(live.publish, group, payload)`."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Attribute) and first.attr == "publish"


def is_helped(call: ast.Call) -> bool:
    name = call.args[1] if _is_run_db(call) else call.args[0]
    if isinstance(name, ast.Call):
        function = name.func
        return (function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)) in HELPERS
    return ast.unparse(name) in KEPT


class DescribeFiles:
    """No file of a brand is kept or served yet. When one is: its path begins with the brand's uuid, its
    address is signed and expires, and the walk asks for it.
    """

    def it_has_no_address_for_media(self) -> None:
        routes = [route for conf in ("provider", "brand") for route, _ in addresses(conf)]
        assert [route for route in routes if route.startswith(("media", "files", "uploads"))] == []
        assert not settings.MEDIA_URL.strip("/")

    def it_has_no_field_for_files(self) -> None:
        fields = (field for model in apps.get_models() for field in model._meta.get_fields())
        assert [str(field) for field in fields if isinstance(field, FileField)] == []
