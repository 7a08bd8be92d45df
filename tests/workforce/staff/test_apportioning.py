"""How work side by side is shared out, from a day on."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.actor import Actor
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tests.factories import NOW
from workforce import actions, queries
from workforce.ledger import day_bounds, seconds_by_brand
from workforce.models import LedgerTerm
from workforce.staff import apportioning
from workforce.staff.reasons import TermRefused

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"actor": "user:1", "actor_id": 1, "now": NOW}
ZONE = "Europe/Stockholm"
TOMORROW = date(2026, 3, 3)


def says(rule: str, since: date = TOMORROW, **more: Any) -> LedgerTerm:
    return apportioning.set_rule(rule=rule, since=since, zone=ZONE, **WHO | more)


@pytest.fixture
def side_by_side(ada: Actor, acme: BrandCard, globex: BrandCard) -> Actor:
    """From NOW on for two days: a conversation of each client, that of Globex in front."""
    actions.set_availability(ada.user_id, to="available", actor=ada, now=NOW)
    for item, card in enumerate((acme, globex), start=1):
        actions.engage(ada.user_id, brand_id=card.id, queue_id=1, work_item_id=item, now=NOW)
    actions.focus(ada.user_id, work_item_id=2, now=NOW)
    return ada


def it_shares_by_the_rule_that_holds_and_changes_no_day_before(
    side_by_side: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    pk, turn = side_by_side.user_id, says("focus").valid_from
    hour = timedelta(hours=1)
    before = seconds_by_brand(queries.ledger_of(pk, start=turn - hour, end=turn))
    assert before == {acme.id: 1800, globex.id: 1800}
    assert seconds_by_brand(queries.ledger_of(pk, start=turn, end=turn + hour)) == {globex.id: 3600}
    across = queries.ledgers_of([pk], start=turn - hour, end=turn + hour)[pk]
    assert seconds_by_brand(across) == {acme.id: 1800, globex.id: 5400}
    says("equal", TOMORROW + timedelta(days=1))
    start, end = day_bounds(TOMORROW + timedelta(days=1), ZoneInfo(ZONE))
    assert seconds_by_brand(queries.ledger_of(pk, start=start, end=end)) == {
        acme.id: 43_200,
        globex.id: 43_200,
    }


def it_begins_tomorrow_at_the_earliest() -> None:
    for since in (TOMORROW - timedelta(days=1), date(2020, 1, 1)):
        with pytest.raises(TermRefused):
            says("focus", since)
    with pytest.raises(NotFound):
        says("halves")
    assert LedgerTerm.objects.count() == 0


def it_is_written_once_in_trail_and_log() -> None:
    for _ in range(2):
        says("focus")
    says("equal")
    assert LedgerTerm.objects.get().rule == "equal"
    assert [row.diff["rule"] for row in AuditRow.objects.filter(verb="ledger.rule_set").order_by("pk")] == [
        [None, "focus"], ["focus", "equal"],
    ]  # fmt: skip
    events = LabourEvent.objects.filter(kind="ledger.rule_set").order_by("pk")
    assert [(event.v, event.data["rule"]) for event in events] == [(1, "focus"), (1, "equal")]


def it_is_taken_back_until_it_holds() -> None:
    row = says("focus")
    with pytest.raises(TermRefused):
        apportioning.remove_rule(row.pk, **WHO | {"now": row.valid_from})
    [shown] = apportioning.rules(NOW)
    assert (shown.is_now, shown.is_ahead) == (False, True)
    apportioning.remove_rule(row.pk, **WHO)
    with pytest.raises(NotFound):
        apportioning.remove_rule(row.pk, **WHO)
    assert AuditRow.objects.filter(verb="ledger.rule_removed").count() == 1
