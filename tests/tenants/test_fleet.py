"""Migrating every brand: Django once, its SQL in the others, each whole or not at all."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from config.doctor.fleet import brands_schemas
from config.doctor.registry import Ill
from core.errors import NotFound
from crm.models import Contact
from tenants import actions, blueprint, cards, fleet, grants, schemas
from tenants.cards import BrandCard
from tenants.choices import BrandState, FleetState
from tenants.fingerprint import fingerprint
from tenants.models import AuditRow, Brand, SchemaState, SpareSchema
from tenants.roles import owner_scope
from tenants.scope import tenant_scope
from tenants.tasks import BEAT, check_schemas
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
        settings.MIGRATION_MODULES = settings_of(name)
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
    seen: list[tuple[str, str, int, int]] = []
    upgrade("plain")
    outcome = fleet.migrate_fleet(progress=lambda *told: seen.append(told))
    assert outcome.failed == {}
    assert seen == [
        ("fleet-0", "migrate", 1, 3),
        ("fleet-1", "replay", 2, 3),
        ("fleet-2", "replay", 3, 3),
    ]
    assert all(has_column(card.schema_name) for card in fleet_of_three)
    states = SchemaState.objects.filter(brand_id__in=[card.id for card in fleet_of_three])
    assert set(states.values_list("state", "digest")) == {(FleetState.CURRENT, blueprint.digest())}
    assert len(set(states.values_list("fingerprint", flat=True))) == 1
    assert fleet.migrate_fleet().current == 3


def it_migrates_several_at_a_time(
    fleet_of_three: list[BrandCard], upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "AT_ONCE", 1)
    seen: list[tuple[str, str, int, int]] = []
    upgrade("plain")
    outcome = fleet.migrate_fleet(parallel=2, progress=lambda *told: seen.append(told))
    assert (sorted(outcome.migrated), outcome.failed) == (["fleet-0", "fleet-1", "fleet-2"], {})
    assert all(has_column(card.schema_name) for card in fleet_of_three)
    assert sorted(place for _slug, _what, place, _of in seen) == [1, 2, 3]
    prints = SchemaState.objects.filter(brand_id__in=[card.id for card in fleet_of_three])
    assert len(set(prints.values_list("fingerprint", flat=True))) == 1


def it_notes_the_fingerprint_that_the_schema_has(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    """A replayed schema is compared in what was touched; the nightly check compares all of it."""
    upgrade("plain")
    fleet.migrate_fleet()
    for card in fleet_of_three:
        noted = SchemaState.objects.get(brand_id=card.id).fingerprint
        assert fingerprint(card.schema_name, card.role_name) == noted
    assert fleet.check_fleet() == {}


def it_undoes_what_comes_out_differently_where_it_was_touched(
    fleet_of_three: list[BrandCard], upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the table between the look at all schemas and the replay in this one."""
    upgrade("plain")
    odd = fleet_of_three[1]

    def beside(slug: str, what: str, place: int, of: int) -> None:
        if slug == odd.slug:
            change(odd, "ALTER TABLE crm_contact ADD COLUMN by_hand int")

    outcome = fleet.migrate_fleet(progress=beside)
    assert list(outcome.failed) == [odd.slug]
    assert [has_column(card.schema_name) for card in fleet_of_three] == [True, False, True]


def it_has_nothing_to_replay_when_rights_alone_changed(
    fleet_of_three: list[BrandCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(grants.BRAND_LESS, "crm_contact", frozenset({"DELETE"}))
    blueprint.digest.cache_clear()
    seen: list[str] = []
    outcome = fleet.migrate_fleet(progress=lambda slug, what, place, of: seen.append(what))
    assert (outcome.failed, seen) == ({}, ["migrate", "replay", "replay"])
    for card in fleet_of_three:
        with tenant_scope(card, TESTS), connection.cursor() as cursor, pytest.raises(ProgrammingError):
            cursor.execute("DELETE FROM crm_contact")


def it_is_whole_or_not_at_all_when_it_is_killed(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    """kill -9 while a replay holds the table's lock: the next run takes up what is behind."""
    upgrade("plain")
    words = (
        "import django; django.setup()\n"
        "import os, signal\n"
        "from django.conf import settings; from django.db import connection\n"
        f"settings.MIGRATION_MODULES = {settings_of('plain')!r}\n"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "from tenants import fleet, replay\n"
        "put = replay.put_into\n"
        "def killed(brand, recipe):\n"
        "    put(brand, recipe)\n"
        "    if brand.slug == 'fleet-1': os.kill(os.getpid(), signal.SIGKILL)\n"
        "replay.put_into = killed\n"
        "fleet.migrate_fleet()\n"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [has_column(card.schema_name) for card in fleet_of_three] == [True, False, False]
    outcome = fleet.migrate_fleet()
    assert (outcome.migrated, outcome.current) == (["fleet-1", "fleet-2"], 1)


def settings_of(name: str) -> dict[str, str]:
    return {"crm": f"tests.tenants.upgrades.{name}"}


def it_migrates_the_named_alone(fleet_of_three: list[BrandCard], upgrade: Any) -> None:
    upgrade("plain")
    call_command("migrate_fleet", "--brand", "fleet-2", verbosity=0)
    assert [has_column(card.schema_name) for card in fleet_of_three] == [False, False, True]
    with pytest.raises(CommandError, match="no such client"):
        call_command("migrate_fleet", "--brand", "nobody", verbosity=0)


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
    fleet.migrate_fleet(progress=lambda slug, what, place, of: seen.append(what))
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


class DescribeCheck:
    """Each night every schema is compared with what its migrations left."""

    def it_finds_all_well(self, fleet_of_three: list[BrandCard]) -> None:
        assert fleet.check_fleet() == {}
        call_command("migrate_fleet", "--check", verbosity=0)

    def it_notes_a_schema_that_somebody_changed(self, fleet_of_three: list[BrandCard]) -> None:
        odd = fleet_of_three[1]
        change(odd, "CREATE INDEX by_hand ON crm_contact (id)")
        with pytest.raises(CommandError, match="fleet-1: The schema is not as its migrations left it"):
            call_command("migrate_fleet", "--check", verbosity=0)
        fleet.check_fleet()
        states = dict(
            SchemaState.objects.filter(brand__slug__startswith="fleet").values_list("brand_id", "state")
        )
        assert [states[card.id] for card in fleet_of_three] == ["current", "failed", "current"]
        assert AuditRow.objects.filter(verb="fleet.drifted", brand_id=odd.id).count() == 1

    def it_is_not_mended_by_migrating_again(self, fleet_of_three: list[BrandCard]) -> None:
        odd = fleet_of_three[1]
        change(odd, "CREATE INDEX by_hand ON crm_contact (id)")
        fleet.check_fleet()
        assert "by hand" in fleet.migrate_fleet().failed["fleet-1"]
        assert SchemaState.objects.get(brand_id=odd.id).state == FleetState.FAILED

    def it_takes_back_what_it_noted_once_that_is_mended(self, fleet_of_three: list[BrandCard]) -> None:
        odd = fleet_of_three[1]
        change(odd, "CREATE INDEX by_hand ON crm_contact (id)")
        fleet.check_fleet()
        change(odd, "DROP INDEX by_hand")
        assert check_schemas.apply().get() == 0
        state = SchemaState.objects.get(brand_id=odd.id)
        assert (state.state, state.error) == (FleetState.CURRENT, "")

    def it_asks_for_many_in_one_statement(
        self, fleet_of_three: list[BrandCard], django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(6):  # two of them, and what a transaction takes
            fleet.check_fleet()

    def it_waits_for_nobody_who_keeps_a_table_locked(
        self, fleet_of_three: list[BrandCard], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fleet, "BRIEF", "50ms")
        change(fleet_of_three[1], "CREATE INDEX by_hand ON crm_contact (id)")
        with psycopg.connect(boss_url()) as other:
            other.execute(
                f'LOCK TABLE "{fleet_of_three[0].schema_name}".crm_contact IN ACCESS EXCLUSIVE MODE'
            )
            assert list(fleet.check_fleet()) == ["fleet-1"]

    def it_leaves_out_what_is_behind(self, fleet_of_three: list[BrandCard], upgrade: Any) -> None:
        upgrade("plain")
        assert fleet.check_fleet() == {}

    def it_is_asked_by_beat(self) -> None:
        assert BEAT["check-schemas"]["task"] == check_schemas.name

    def it_is_among_the_doctors_answers(self, fleet_of_three: list[BrandCard]) -> None:
        assert brands_schemas() == "as their migrations left them"
        change(fleet_of_three[0], "CREATE INDEX by_hand ON crm_contact (id)")
        fleet.check_fleet()
        with pytest.raises(Ill, match="1 not as the migrations left them, first fleet-0"):
            brands_schemas()


class DescribeOneBrand:
    def it_migrates_it_alone(self, fleet_of_three: list[BrandCard], upgrade: Any) -> None:
        upgrade("plain")
        before = SchemaState.objects.get(brand_id=fleet_of_three[1].id).migrated_at
        assert fleet.migrate_brand(fleet_of_three[1].id, actor="user:1", now=NOW) == ""
        assert [has_column(card.schema_name) for card in fleet_of_three] == [False, True, False]
        assert SchemaState.objects.get(brand_id=fleet_of_three[1].id).migrated_at > before

    def it_waits_for_no_lock_twice(
        self, fleet_of_three: list[BrandCard], upgrade: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upgrade("plain")
        card = fleet_of_three[0]
        with psycopg.connect(boss_url()) as other:
            other.execute(f'LOCK TABLE "{card.schema_name}".crm_contact IN ACCESS EXCLUSIVE MODE')
            assert "lock" in fleet.migrate_brand(card.id, actor="user:1", now=NOW)
        assert AuditRow.objects.filter(verb="fleet.failed", brand_id=card.id).count() == 1

    def it_knows_none_that_is_gone(self, db: None) -> None:
        with pytest.raises(NotFound):
            fleet.migrate_brand(10**9, actor="user:1", now=NOW)

    def it_does_not_do_again_what_a_run_beside_it_did(
        self, fleet_of_three: list[BrandCard], upgrade: Any
    ) -> None:
        """A second run comes between the canary and the replay."""
        upgrade("plain")

        def beside(slug: str, what: str, place: int, of: int) -> None:
            if slug == "fleet-1":
                fleet.migrate_brand(fleet_of_three[1].id, actor="user:1", now=NOW)

        outcome = fleet.migrate_fleet(progress=beside)
        assert outcome.failed == {}
        assert all(has_column(card.schema_name) for card in fleet_of_three)


def change(card: BrandCard, statement: str) -> None:
    with owner_scope(card.schema_name), connection.cursor() as cursor:
        cursor.execute(statement)
