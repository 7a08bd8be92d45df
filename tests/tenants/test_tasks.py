"""Tasks, cache keys and commands carry their brand, or are refused."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from celery import shared_task
from django.core.cache import cache
from django.db import connection, transaction

from core.errors import NotFound
from tenants.binding import current
from tenants.calls import KeyReused, digest_of, idempotent
from tenants.cards import BrandCard
from tenants.labour import record_labour
from tenants.models import AuditRow, IdempotentCall, LabourEvent
from tenants.scope import WrongScope, labour_scope, tenant_scope
from tenants.tasks import BrandTask, PlatformTask, _grant, enqueue
from tests.factories import NOW, TESTS
from tests.tenants.rows import is_in, is_unbound, whoami


@shared_task(base=BrandTask, name="tests.who")
def who(*, brand_id: int, **_more: Any) -> tuple[str, str, str]:
    return whoami()


@shared_task(base=PlatformTask, name="tests.who_platform")
def who_platform(**_more: Any) -> tuple[str, str, str]:
    return whoami()


class DescribeTasks:
    def it_runs_in_the_brand(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        for card in (acme, globex):
            assert is_in(tuple(who.apply(kwargs={"brand_id": card.id}).get()), card)
        assert current() is None

    def it_runs_for_no_brand_in_the_labour_plane(self, db: None) -> None:
        assert is_unbound(tuple(who_platform.apply().get()))

    @pytest.mark.parametrize("kwargs", [{}, {"brand_id": None}, {"brand_id": "1"}])
    def it_refuses_to_run_without_a_brand(self, db: None, kwargs: dict[str, Any]) -> None:
        with pytest.raises(WrongScope):
            who.apply(kwargs=kwargs).get()

    def it_refuses_a_brand_that_is_gone(self, db: None) -> None:
        with pytest.raises(NotFound):
            who.apply(kwargs={"brand_id": 10**6}).get()

    def it_refuses_to_begin_inside_a_scope(self, db: None, acme: BrandCard) -> None:
        with labour_scope(), pytest.raises(WrongScope):
            who.apply(kwargs={"brand_id": acme.id}).get()

    def it_enters_with_one_grant_a_process(self, transactional_db: None, acme: BrandCard) -> None:
        _grant.cache_clear()
        grants = AuditRow.objects.filter(verb="scope.system")
        before = grants.count()  # written apart: a test whose own rows are undone leaves its grant
        for _ in range(3):
            who.apply(kwargs={"brand_id": acme.id}).get()
        assert grants.count() == before + 1


class DescribeEnqueue:
    @pytest.fixture
    def sent(self, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for task in (who, who_platform):
            monkeypatch.setattr(task, "apply_async", lambda kwargs: found.append(kwargs))
        return found

    def it_keeps_the_brand_of_the_call_not_of_the_commit(
        self, transactional_db: None, acme: BrandCard, globex: BrandCard, sent: list[dict[str, Any]]
    ) -> None:
        with transaction.atomic():
            with tenant_scope(acme, TESTS):
                enqueue(who, brand=acme, ref="x")
            assert sent == []
            with tenant_scope(globex, TESTS):
                whoami()
        assert sent == [{"brand_id": acme.id, "ref": "x"}]

    def it_sends_nothing_of_a_transaction_that_is_undone(
        self, transactional_db: None, acme: BrandCard, sent: list[dict[str, Any]]
    ) -> None:
        with transaction.atomic():
            enqueue(who, brand=acme)
            transaction.set_rollback(True)
        assert sent == []

    def it_tells_tasks_of_brands_from_others(self, db: None, acme: BrandCard) -> None:
        with pytest.raises(WrongScope):
            enqueue(who, brand=None)
        with pytest.raises(WrongScope):
            enqueue(who_platform, brand=acme)


class DescribeCacheKeys:
    def it_keeps_brands_apart(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            cache.set("report", "of acme")
        with tenant_scope(globex, TESTS):
            assert cache.get("report") is None
            cache.set("report", "of globex")
        with tenant_scope(acme, TESTS):
            assert cache.get("report") == "of acme"

    def it_refuses_a_key_of_nobody(self, db: None) -> None:
        with pytest.raises(WrongScope):
            cache.set("report", 1)
        with labour_scope(), pytest.raises(WrongScope):
            cache.get("report")

    def it_shares_what_says_so(self, db: None, acme: BrandCard) -> None:
        cache.set("g:all", 1)
        with tenant_scope(acme, TESTS):
            assert cache.get("g:all") == 1


class DescribeIdempotentCalls:
    CALL: dict[str, str] = {"actor": "user:1", "route": "campaign.create", "digest": digest_of(b"{}")}

    def it_happens_once(self, db: None) -> None:
        ref = uuid4()
        first = idempotent("k1", **self.CALL)
        assert first.ref is None
        first.settle(ref)
        assert idempotent("k1", **self.CALL).ref == ref

    def it_refuses_the_key_for_something_else(self, db: None) -> None:
        idempotent("k1", **self.CALL).settle(uuid4())
        with pytest.raises(KeyReused) as refused:
            idempotent("k1", **{**self.CALL, "digest": digest_of(b"other")})
        assert (refused.value.status, refused.value.code) == (422, "key_reused")

    def it_is_each_callers_own(self, db: None) -> None:
        idempotent("k1", **self.CALL).settle(uuid4())
        assert idempotent("k1", **{**self.CALL, "actor": "user:2"}).ref is None
        assert idempotent("k1", **{**self.CALL, "route": "campaign.stop"}).ref is None

    def it_is_free_again_when_the_command_failed(self, transactional_db: None) -> None:
        with transaction.atomic():
            idempotent("k1", **self.CALL)
            transaction.set_rollback(True)
        assert idempotent("k1", **self.CALL).ref is None

    def it_lets_the_second_of_two_wait_for_what_the_first_made(self, transactional_db: None) -> None:
        made: list[Any] = []
        meet = threading.Barrier(4, timeout=60)

        def command() -> None:
            meet.wait()
            try:
                with transaction.atomic():
                    call = idempotent("k1", **self.CALL)
                    if call.ref is None:
                        call.settle(uuid4())
                        made.append("new")
                    made.append(call.ref)
            finally:
                connection.close()

        racing = [threading.Thread(target=command) for _ in range(4)]
        for thread in racing:
            thread.start()
        for thread in racing:
            thread.join()
        assert len(made) == 5, "one of the four ended without a result"
        assert made.count("new") == 1
        assert len({ref for ref in made if ref != "new"}) == 1
        assert IdempotentCall.objects.count() == 1

    def it_can_be_claimed_within_a_brand(self, db: None, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            idempotent("k1", **self.CALL).settle(uuid4())
            assert is_in(whoami(), acme)


def it_records_labour_from_within_a_brand(db: None, acme: BrandCard) -> None:
    with tenant_scope(acme, TESTS):
        record_labour(
            "offer.made", brand_id=acme.id, actor_kind="system", data={"n": 1}, occurred_at=NOW, is_test=True
        )
        assert is_in(whoami(), acme)
    event = LabourEvent.objects.get()
    assert (event.kind, event.brand_id, event.is_test, event.era) == ("offer.made", acme.id, True, 1)
    assert event.txid > 0
