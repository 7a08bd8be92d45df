"""Writing the log: one INSERT, never an UPDATE."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from events.choices import Kind
from events.models import Event
from tenants.binding import WrongScope
from tenants.cards import BrandCard
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
