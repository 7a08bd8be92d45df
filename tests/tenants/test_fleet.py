"""Migrating every brand: Django once, its SQL in the others, each whole or not at all."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm.models import Contact
from tenants import actions, blueprint, cards, fleet, schemas
from tenants.cards import BrandCard
from tenants.choices import BrandState, FleetState
from tenants.models import Brand, SchemaState, SpareSchema
from tenants.roles import owner_scope
from tenants.scope import tenant_scope
from tests.database import boss_url
from tests.factories import NOW, TESTS
from tests.tenants.rows import make_rows

COLUMN = """
SELECT count(*) FROM information_schema.columns WHERE table_schema = %s AND column_name = 'nickname'
"""


@pytest.fixture
def fleet_of_three(transactional_db: None, settings: Any) -> Iterator[list[BrandCard]]:
    """Three brands alone in the world; the migrations of a test are forgotten after it."""
    Brand.objects.update(state=BrandState.GONE)
    made = [
        actions.create_brand(slug=f"fleet-{n}", name=f"Fleet {n}", actor="test", now=NOW) for n in range(3)
    ]
    yield [cards.card_of(brand) for brand in made]
    settings.MIGRATION_MODULES = {}
    blueprint.digest.cache_clear()
    for spare in SpareSchema.objects.exclude(digest=blueprint.digest()):
        schemas.drop_spare(spare)


@pytest.fixture
def upgrade(settings: Any) -> Any:
    def to(name: str) -> None:
        settings.MIGRATION_MODULES = {"crm": f"tests.tenants.upgrades.{name}"}
        blueprint.digest.cache_clear()

    return to


def has_column(schema: str) -> bool:
    with owner_scope(schema), connection.cursor() as cursor:
        cursor.execute(COLUMN, [schema])
        return bool(cursor.fetchone()[0])


def it_has_nothing_to_do_for_who_is_current(fleet_of_three: list[BrandCard]) -> None:
    outcome = fleet.migrate_fleet()
    assert (outcome.migrated, outcome.failed, outcome.current) == ([], {}, 3)


def it_migrates_one_and_replays_in_the_others(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    seen: list[tuple[str, str]] = []
    upgrade("plain")
    outcome = fleet.migrate_fleet(progress=lambda slug, what: seen.append((slug, what)))
    assert outcome.failed == {}
    assert seen == [("fleet-0", "migrate"), ("fleet-1", "replay"), ("fleet-2", "replay")]
    assert all(has_column(card.schema_name) for card in fleet_of_three)
    states = SchemaState.objects.filter(brand_id__in=[card.id for card in fleet_of_three])
    assert set(states.values_list("state", "digest")) == {(FleetState.CURRENT, blueprint.digest())}
    assert len(set(states.values_list("fingerprint", flat=True))) == 1
    assert fleet.migrate_fleet().current == 3


def it_gives_new_tables_the_brands_own_ids_and_rights(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    upgrade("plain")
    fleet.migrate_fleet()
    for card in fleet_of_three:
        with tenant_scope(card, TESTS), connection.cursor() as cursor:
            cursor.execute("INSERT INTO crm_note (body) VALUES ('x') RETURNING id")
            first = cursor.fetchone()[0]
        assert first == Brand.objects.get(pk=card.id).number * schemas.IDS_PER_SCHEMA


def it_builds_spares_like_migrated_brands(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    upgrade("plain")
    fleet.migrate_fleet()
    spare = schemas.build_spare()
    assert spare.fingerprint == SchemaState.objects.get(brand_id=fleet_of_three[2].id).fingerprint


def it_never_gives_a_new_brand_an_old_spare(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    actions.refill_pool(1)
    upgrade("plain")
    brand = actions.create_brand(slug="late", name="Late", actor="test", now=NOW)
    assert has_column(brand.schema_name)


def it_lets_django_run_python(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    for card in fleet_of_three:
        with tenant_scope(card, TESTS):
            make_rows(name=card.slug)
    seen: list[str] = []
    upgrade("python")
    fleet.migrate_fleet(progress=lambda slug, what: seen.append(what))
    assert seen == ["migrate"] * 3
    for card in fleet_of_three:
        with tenant_scope(card, TESTS):
            assert Contact.objects.get().name == f"CONTACT OF {card.slug.upper()}"


def it_goes_on_past_a_failure_and_resumes(
    fleet_of_three: list[BrandCard], upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = fleet_of_three[1]
    monkeypatch.setattr(fleet, "TRIES", 1)
    upgrade("plain")
    with psycopg.connect(boss_url()) as other:
        other.execute(f'LOCK TABLE "{middle.schema_name}".crm_contact IN ACCESS EXCLUSIVE MODE')
        with pytest.raises(CommandError, match="fleet-1: .*lock"):
            call_command("migrate_fleet", "--lock-timeout", "100ms", verbosity=0)
    assert [has_column(card.schema_name) for card in fleet_of_three] == [True, False, True]
    assert SchemaState.objects.get(brand_id=middle.id).state == FleetState.FAILED
    call_command("migrate_fleet", verbosity=0)
    assert has_column(middle.schema_name)
    assert SchemaState.objects.get(brand_id=middle.id).error == ""


def it_undoes_a_schema_that_comes_out_differently(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    odd = fleet_of_three[2]
    with owner_scope(odd.schema_name), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_was_here (id int)")
    upgrade("plain")
    outcome = fleet.migrate_fleet()
    assert list(outcome.failed) == ["fleet-2"]
    assert "differs" in outcome.failed["fleet-2"]
    assert not has_column(odd.schema_name)


def it_waits_for_a_lock_that_is_given_up(
    fleet_of_three: list[BrandCard], upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade("plain")
    other = psycopg.connect(boss_url())
    other.execute(f'LOCK TABLE "{fleet_of_three[0].schema_name}".crm_contact IN ACCESS EXCLUSIVE MODE')
    monkeypatch.setattr("tenants.fleet.time", SimpleNamespace(sleep=lambda seconds: other.rollback()))
    assert fleet.migrate_fleet(lock_timeout="50ms").failed == {}
    other.close()
