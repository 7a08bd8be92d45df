"""What is agreed stands beside the exported log: as it is, of the days asked for, of one client."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from reporting import actions, export
from reporting.models import Clause
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.agreed import agreed
from tests.checker.lines import stories
from tests.console.test_hours import make_queue
from tests.factories import TESTS
from tests.portal.test_commitments import STOCKHOLM, change, promise
from tests.portal.test_exclusions import closed, hour
from tests.portal.test_forecast import in_use, terms
from tests.portal.test_report import NOON

pytestmark = pytest.mark.django_db
AUTUMN = ("2026-11-01", "2026-11-30")
LONG_BEFORE = datetime(2026, 8, 1, tzinfo=UTC)


def exported(card: BrandCard, first: str = AUTUMN[0], last: str = AUTUMN[1]) -> list[str]:
    out = StringIO()
    call_command("export_log", "--brand", card.slug, "--from", first, "--to", last, stdout=out)
    return out.getvalue().splitlines()


def beside(lines: list[str]) -> list[tuple[str, dict[str, Any]]]:
    said = map(json.loads, lines)
    return [(one["kind"], one["data"]) for one in said if one["kind"].startswith("agreed.")]


@pytest.fixture
def contract(acme: BrandCard) -> BrandCard:
    """A target that changed, terms and two versions of a forecast of before the days; a time left out."""
    make_queue(acme)
    ref = promise(acme, since=100, window="month")
    change(acme, ref, back=3, target=90)
    terms(acme, at=LONG_BEFORE, month=date(2026, 11, 1))
    for contacts in (10, 12):
        in_use(acme, f"2026-11-05,09:00,Orders,{contacts}\n", at=LONG_BEFORE)
    closed(acme, hour(3), None)
    return acme


def it_says_what_was_agreed_before_the_days_as_well(contract: BrandCard) -> None:
    found = agreed(exported(contract))
    assert sorted((str(one.first), str(one.until), float(one.target)) for one in found.clauses) == [
        ("2026-08-10", "2026-11-15", 0.8), ("2026-11-15", "None", 0.9),
    ]  # fmt: skip
    assert [(one.lock_days, one.over_share) for one in found.terms] == [(10, 20)]
    assert [(one.number, [n for n in one.said if n is not None]) for one in found.forecast] == [
        (1, [1000]), (2, [1200]),
    ]  # fmt: skip
    (one,) = found.exclusions
    assert (one.state, one.start) == ("proposed", int(hour(3).timestamp() * 10**6))


def it_is_no_event_for_who_reads_events_alone(contract: BrandCard) -> None:
    lines = [line for line in exported(contract) if '"agreed.' in line]
    assert len(lines) == 8
    assert stories(lines) == {}


def it_has_nothing_of_another_client(contract: BrandCard, globex: BrandCard) -> None:
    assert beside(exported(globex)) == []
    mine = promise(globex)
    assert [(kind, data["clause"]) for kind, data in beside(exported(globex))] == [
        ("agreed.clause", str(mine))
    ]
    assert str(mine) not in "".join(exported(contract))


def it_has_nothing_of_other_days_or_of_what_does_not_count(contract: BrandCard) -> None:
    assert beside(exported(contract, "2026-07-01", "2026-07-31")) == [
        one for one in beside(exported(contract)) if one[0] == "agreed.forecast"
    ]
    ref = promise(contract, since=0, minimum=None, metric="ABN.RATE@1", from_date=date(2026, 11, 25))
    with tenant_scope(contract, TESTS):
        actions.withdraw_clause(ref, zone=STOCKHOLM, actor="user:1", now=NOON)
        assert Clause.objects.count() == 3
    kinds = [kind for kind, _data in beside(exported(contract))]
    assert kinds.count("agreed.clause") == 2


def it_writes_a_forecast_page_by_page(contract: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = beside(exported(contract))
    monkeypatch.setattr(export, "PAGE", 1)
    assert beside(exported(contract)) == whole


def it_holds_no_words_that_somebody_wrote(contract: BrandCard) -> None:
    closed(contract, hour(2), hour(2) + timedelta(minutes=5), reason="Fire alarm in the north wing")
    lines = "".join(exported(contract))
    assert "north wing" not in lines
    assert "Olu Park" not in lines
