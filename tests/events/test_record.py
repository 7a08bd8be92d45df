"""Writing the log: one INSERT, never an UPDATE."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from events.choices import Kind
from events.log import record
from events.models import Event
from tenants import cards
from tenants.binding import WrongScope
from tenants.cards import BrandCard
from tenants.choices import BrandKind
from tenants.models import Brand
from tenants.scope import Scope, tenant_scope
from tests.events.conftest import REF, at, write
from tests.factories import TESTS


def it_writes_one_event_with_one_insert(in_acme: Scope) -> None:
    with CaptureQueriesContext(connection) as asked:
        write(3, kind=Kind.MESSAGE_SENT, actor_kind="agent", actor_id=9, is_test=True, data={"seq": 4}, v=2)
    assert [query["sql"].split()[0] for query in asked] == ["INSERT"]
    event = Event.objects.get()
    assert (event.kind, event.n, event.v, event.data) == ("message.sent", 3, 2, {"seq": 4})
    assert (event.actor_kind, event.actor_id, event.is_test) == ("agent", 9, True)
    assert event.interaction_ref == REF
    assert event.occurred_at == at(3)


def it_says_when_it_was_recorded_and_by_which_transaction(in_acme: Scope) -> None:
    write(1)
    write(2)
    first, second = Event.objects.order_by("n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current(), now()")
        txid, began = cursor.fetchone()
    assert first.txid == second.txid == txid
    assert first.era == 1
    assert began <= first.recorded_at < second.recorded_at
    assert first.recorded_at - first.occurred_at > timedelta()  # late: it happened before the test began


def it_dates_the_ref_by_what_happened(in_acme: Scope) -> None:
    write(1)
    assert Event.objects.get().ref.int >> 80 == int(at(1).timestamp() * 1000)


@pytest.mark.parametrize("sql", ["UPDATE events_event SET n = 9", "DELETE FROM events_event"])
def it_can_be_changed_by_no_role_of_a_brand(in_acme: Scope, sql: str) -> None:
    write(1)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Event.objects.get().n == 1


def it_needs_a_brand(db: None) -> None:
    with pytest.raises(WrongScope):
        write(1)


def it_is_the_brands_own(in_acme: Scope, globex: BrandCard) -> None:
    write(1)
    with tenant_scope(globex, TESTS):
        assert Event.objects.count() == 0


SAID = {
    "ref": UUID(int=9), "at": at(2), "day": at(2).date(), "share": Decimal("0.5"), "kind": Kind.MESSAGE_SENT,
    "some": [1, 2.5, None, True, "å"], "more": {"n": 1}, "pair": (1, UUID(int=9)),
}  # fmt: skip
KEPT = {
    "ref": str(UUID(int=9)), "at": str(at(2)), "day": str(at(2).date()), "share": "0.5",
    "kind": "message.sent", "some": [1, 2.5, None, True, "å"], "more": {"n": 1},
    "pair": [1, str(UUID(int=9))],
}  # fmt: skip


def it_takes_every_kind_with_all_that_can_be_read_back(in_acme: Scope) -> None:
    for n, kind in enumerate(Kind, start=1):
        write(n, kind=kind, data=SAID)
    rows = list(Event.objects.order_by("n").values_list("kind", "data"))
    assert rows == [(kind.value, KEPT) for kind in Kind]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({1, 2}, "set"),
        (timedelta(seconds=1), "timedelta"),
        (b"x", "bytes"),
        (gettext_lazy("Open"), "__proxy__"),
        (object(), "object"),
    ],
)
def it_refuses_by_name_what_nobody_could_read_back(in_acme: Scope, value: object, name: str) -> None:
    with pytest.raises(TypeError, match=f"^message.received: {name} has no form in JSON$"):
        write(1, data={"some": [{"odd": value}]})
    assert not Event.objects.exists()


@pytest.mark.parametrize(("kind", "is_test"), [(BrandKind.SANDBOX, True), (BrandKind.CLIENT, False)])
def it_counts_for_nothing_what_happens_in_a_sandbox(
    acme: BrandCard, db: None, kind: BrandKind, is_test: bool
) -> None:
    Brand.objects.filter(pk=acme.id).update(kind=kind)
    cards.changed()
    with tenant_scope(acme, TESTS):
        record(Kind.INCIDENT_WRITTEN, occurred_at=at(1))
        assert Event.objects.get().is_test == is_test
