"""Offers are copied into the log of their brand, and of no other."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from core import clock
from core.errors import NotFound
from events import tasks
from events.choices import Kind
from events.copies import READER, copy_offers
from events.models import Cursor, Event
from tenants.cards import BrandCard
from tenants.labour import record_labour
from tenants.models import AuditRow, LabourEvent
from tenants.onboarding.actions import pause
from tenants.scope import Grant, tenant_scope
from tests.database import boss_url
from tests.events.conftest import REF, at
from tests.factories import TESTS


def offer(card: BrandCard | None, kind: str = "offer.made", *, seconds: float = 1, **more: Any) -> UUID:
    ref = uuid4()
    values: dict[str, Any] = {"actor_kind": "system", "interaction_ref": REF, "data": {"queue_id": 3}} | more
    record_labour(kind, brand_id=card.id if card else None, ref=ref, occurred_at=at(seconds), **values)
    return ref


def copied(card: BrandCard) -> list[UUID]:
    with tenant_scope(card, TESTS):
        return list(Event.objects.order_by("occurred_at").values_list("ref", flat=True))


pytestmark = pytest.mark.django_db(transaction=True)


def it_copies_the_offers_of_the_brand(acme: BrandCard) -> None:
    offer(acme, "offer.accepted", actor_kind="agent", actor_id=5, is_test=True, data={"waited": 4}, n=6, v=2)
    assert copy_offers(acme, TESTS) == 1
    with tenant_scope(acme, TESTS):
        row = Event.objects.get()
    assert (row.kind, row.n, row.v, row.data) == ("offer.accepted", 6, 2, {"waited": 4})
    assert (row.actor_kind, row.actor_id, row.is_test) == ("agent", 5, True)
    assert (row.interaction_ref, row.occurred_at) == (REF, at(1))


def it_leaves_what_is_another_brands_or_about_agents(acme: BrandCard, globex: BrandCard) -> None:
    own = offer(acme)
    offer(globex)
    offer(acme, "agent.available")
    offer(None, "brand.paused")
    copy_offers(acme, TESTS)
    assert copied(acme) == [own]
    assert copied(globex) == []


def it_copies_twice_as_once(acme: BrandCard) -> None:
    own = [offer(acme, seconds=n) for n in range(3)]
    assert copy_offers(acme, TESTS) == 3
    with tenant_scope(acme, TESTS):
        Cursor.objects.filter(reader=READER).delete()  # as if it had died before it noted its place
    assert copy_offers(acme, TESTS) == 3
    assert copied(acme) == own


def it_goes_on_page_by_page(acme: BrandCard) -> None:
    own = [offer(acme, seconds=n) for n in range(5)]
    assert [copy_offers(acme, TESTS, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert copied(acme) == own


def it_numbers_an_offer_zero_when_nobody_else_did(acme: BrandCard) -> None:
    offer(acme)
    copy_offers(acme, TESTS)
    with tenant_scope(acme, TESTS):
        assert Event.objects.get().n == 0


def it_waits_for_writers_that_are_not_done(acme: BrandCard) -> None:
    with psycopg.connect(boss_url()) as other:
        other.execute("SELECT txid_current()")
        own = offer(acme)
        assert copy_offers(acme, TESTS) == 0
    copy_offers(acme, TESTS)
    assert copied(acme) == [own]


def it_admits_no_grant_of_another_brand(acme: BrandCard, globex: BrandCard) -> None:
    offer(acme)
    with pytest.raises(NotFound):
        copy_offers(acme, Grant("member", globex.id, "user:1", "agent"))
    assert copied(acme) == []


def it_knows_every_kind_it_copies() -> None:
    offers = {"made", "accepted", "declined", "explained", "expired", "withdrawn"}
    assert {f"offer.{end}" for end in offers} <= set(Kind.values)


class DescribeTask:
    def it_brings_every_brand_up_to_date(self, acme: BrandCard, globex: BrandCard) -> None:
        mine, theirs = offer(acme), offer(globex)
        assert tasks.copy_all_offers() == 2
        assert (copied(acme), copied(globex)) == ([mine], [theirs])
        assert LabourEvent.objects.count() == 2

    def it_copies_what_was_open_when_a_brand_was_paused(self, acme: BrandCard) -> None:
        mine = offer(acme)
        pause(acme, actor="user:1", now=clock.now())
        assert tasks.copy_all_offers() == 1
        assert copied(acme) == [mine]

    def it_enters_by_a_grant_that_is_written_down_once(self, acme: BrandCard) -> None:
        tasks._grant.cache_clear()
        for _ in range(3):
            tasks.copy_all_offers()
        assert AuditRow.objects.filter(verb="scope.system").count() == 1

    def it_goes_on_when_one_brand_fails(
        self, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = offer(globex)
        real = copy_offers

        def copy(card: BrandCard, grant: Grant) -> int:
            if card == acme:
                raise RuntimeError("no room")
            return real(card, grant)

        monkeypatch.setattr(tasks, "copy_offers", copy)
        assert tasks.copy_all_offers() == 1
        assert copied(globex) == [theirs]

    def it_is_in_the_schedule(self) -> None:
        assert [entry["task"] for entry in tasks.BEAT.values()] == [tasks.copy_all_offers.name]
