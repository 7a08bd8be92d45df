"""Committed audit rows become links of their chains: each once, in an order that nobody can commit before."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection, connections, transaction

from config.launch.layout import PROJECT
from tenants.audit import audit
from tenants.cards import BrandCard
from tenants.models import AuditRow, AuditSeal
from tenants.scope import labour_scope, tenant_scope
from tenants.tasks import BEAT, anchor_audit, seal_audit
from tenants.trail import sealing
from tenants.trail.canonical import COLUMNS
from tenants.trail.sealing import head_of, seal_all, seal_next
from tenants.trail.verification import verify
from tests.database import NAME, boss_url
from tests.factories import TESTS
from tests.tenants.trail import plant, positions, row_ids, sealed, write

pytestmark = pytest.mark.django_db(transaction=True)


class DescribeSealing:
    def it_makes_a_chain_of_each_brand_and_of_the_provider(self, acme: BrandCard, globex: BrandCard) -> None:
        sealed(acme, globex, None, count=3)
        assert [positions(chain) for chain in (acme, globex, None)] == [[1, 2, 3]] * 3
        assert verify().broken == {}

    def it_goes_on_where_it_was(self, acme: BrandCard) -> None:
        first = write(acme, 3)
        assert seal_all() == 3
        assert seal_all() == 0
        second = write(acme, 2)
        assert seal_all() == 2
        assert row_ids(acme) == first + second
        assert positions(acme) == [1, 2, 3, 4, 5]

    def it_takes_as_many_at_a_time_as_it_is_told(self, acme: BrandCard) -> None:
        write(acme, 5)
        assert [seal_next(2), seal_next(2), seal_next(2), seal_next(2)] == [2, 2, 1, 0]
        assert verify().lengths[acme.id] == 5

    def it_waits_for_whoever_began_to_write_before(self, acme: BrandCard) -> None:
        with psycopg.connect(boss_url()) as slow:
            slow.execute(
                "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason)"
                " VALUES ('user:9', %s, 'queue.changed', '', '{}', '')",
                [acme.id],
            )
            later = write(acme, 2)
            assert seal_all() == 0
            slow.commit()
        assert seal_all() == 3
        assert row_ids(acme)[1:] == later
        assert row_ids(acme)[0] < later[0]

    def it_never_seals_what_is_not_committed(self, acme: BrandCard) -> None:
        with transaction.atomic():
            write(acme)
            assert seal_next() == 0
            transaction.set_rollback(True)
        assert seal_all() == 0
        assert AuditSeal.objects.count() == 0

    def it_takes_rows_of_an_older_cluster_first(self, acme: BrandCard, boss: Any) -> None:
        old = write(acme)[0]
        boss.execute("UPDATE tenants_auditrow SET txid = txid + 1000000000")
        boss.execute("ALTER TABLE tenants_auditrow ALTER COLUMN era SET DEFAULT 2")
        try:
            new = write(acme)[0]
            assert seal_all() == 2
        finally:
            boss.execute("ALTER TABLE tenants_auditrow ALTER COLUMN era SET DEFAULT 1")
        assert row_ids(acme) == [old, new]


class DescribeTwoSealers:
    def it_leaves_the_work_to_the_other(self, acme: BrandCard) -> None:
        write(acme)
        with psycopg.connect(boss_url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
            assert seal_next() is None
            assert seal_all() == 0
        assert seal_all() == 1

    def it_gives_each_row_one_place_whoever_comes_first(self, acme: BrandCard, globex: BrandCard) -> None:
        for _ in range(30):
            write(acme)
            write(globex)
        with ThreadPoolExecutor(4) as pool:
            total = sum(pool.map(lambda _: _in_a_thread(), range(8)))
        assert total + seal_all() == 60
        assert positions(acme) == positions(globex) == list(range(1, 31))
        assert verify().broken == {}


def _in_a_thread() -> int:
    try:
        return seal_all(batch=7, wait=True)
    finally:
        connections.close_all()


class DescribeKilledSealer:
    def it_leaves_all_of_a_batch_or_nothing(self, acme: BrandCard, boss: Any) -> None:
        """The connection is cut between the insert and the commit."""
        write(acme, 4)
        with pytest.raises(OperationalError):
            _cut_before_the_commit(boss)
        connection.close()
        assert AuditSeal.objects.count() == 0
        assert seal_all() == 4
        assert verify().broken == {}

    @pytest.mark.kill
    def it_resumes_without_gap_or_double_wherever_it_was_killed(
        self, acme: BrandCard, globex: BrandCard, boss: Any
    ) -> None:
        for card in (acme, globex):
            plant(boss, card, 2000)
        killed = sum(_seal_until(AuditSeal.objects.count() + more) for more in (1, 40, 90))
        assert killed == 3
        assert 0 < AuditSeal.objects.count() < 4000
        seal_all()
        assert positions(acme) == positions(globex) == list(range(1, 2001))
        assert verify().broken == {}


def _cut_before_the_commit(boss: Any) -> None:
    with labour_scope(), transaction.atomic(), connection.cursor() as cursor:
        assert seal_next(3) == 3
        cursor.execute("SELECT pg_backend_pid()")
        boss.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
        cursor.execute("SELECT 1")


def _seal_until(wanted: int) -> int:
    """Start the command with one row a batch, kill it once so many are sealed; returns whether it was."""
    url = os.environ["DATABASE_URL"].replace("/trunkline?", f"/{NAME}?", 1)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "audit", "seal", "--batch", "1"],
        cwd=PROJECT, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and AuditSeal.objects.count() < wanted:
        pass
    process.send_signal(signal.SIGKILL)
    return int(process.wait() == -signal.SIGKILL)


class DescribeRights:
    @pytest.mark.parametrize(
        "statement", ["UPDATE tenants_auditseal SET position = 1", "DELETE FROM tenants_auditseal"]
    )
    def it_lets_nobody_change_a_seal(self, statement: str) -> None:
        with labour_scope(), pytest.raises(ProgrammingError), transaction.atomic():
            _run(statement)

    @pytest.mark.parametrize("table", ["tenants_auditrow", "tenants_auditseal"])
    def it_shows_a_brand_its_own_only(self, acme: BrandCard, globex: BrandCard, table: str) -> None:
        sealed(acme, globex, None, count=2)
        with tenant_scope(acme, TESTS), connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT brand_id FROM {table}")
            assert cursor.fetchall() == [(acme.id,)]

    @pytest.mark.parametrize("table", ["tenants_auditrow", "tenants_auditseal"])
    def it_lets_a_brand_write_nothing(self, acme: BrandCard, table: str) -> None:
        for verb in (f"INSERT INTO {table} (brand_id) VALUES ({acme.id})", f"DELETE FROM {table}"):
            with tenant_scope(acme, TESTS), pytest.raises(ProgrammingError), transaction.atomic():
                _run(verb)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class DescribeTasks:
    def it_seals_and_anchors_by_the_beat(self, acme: BrandCard) -> None:
        write(acme, 2)
        assert seal_audit() == 2
        assert anchor_audit() == 1
        assert seal_audit() == 1
        assert float(str(BEAT["seal-audit"]["schedule"])) <= 5


def it_seals_every_column_there_is() -> None:
    """A new column needs a new form of canonical.py, or it could be changed unseen."""
    assert {field.attname for field in AuditRow._meta.local_fields} == set(COLUMNS)


def it_seals_what_is_written_apart(acme: BrandCard) -> None:
    with transaction.atomic():
        audit("scope.refused", actor="user:1", brand_id=acme.id, apart=True)
        transaction.set_rollback(True)
    assert seal_all() == 1
    assert head_of(acme.id).position == 1
