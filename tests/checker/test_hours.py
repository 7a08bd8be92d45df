"""A month with opening hours, counted again by them; and clocks that run late when it is issued."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from uuid import uuid4

import pytest

from reporting import actions as reporting
from reporting.actions.issuing import again, issue_report, restate_report
from reporting.choices import Counted, Span
from reporting.figures import all_figures
from reporting.periods import of_calendar
from reporting.promises import PROMISABLE
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.business import business
from tests.checker.contacts import Contact, contacts_of
from tests.checker.figures import Number, figures
from tests.checker.hours import Hours, hours_of
from tests.checker.lines import bounds, micros, stories
from tests.checker.opened import OpenMonth
from tests.checker.test_month import (
    FIRST,
    LAST,
    Version,
    asked_of,
    by,
    differences,
    exact,
    settle,
    table,
    version_of,
)
from tests.factories import TESTS

CONVERSATIONS = 82
DAYS = tuple(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
Said = dict[str, Number]


@dataclass(frozen=True)
class Counting:
    """A version, when it was made, and what the page of all numbers said then: of the month, of each day."""

    version: Version
    now: datetime
    month: Said
    days: dict[date, Said]

    @cached_property
    def hours(self) -> dict[int, Hours]:
        return hours_of(self.version.lines)

    @cached_property
    def contacts(self) -> list[Contact]:
        return contacts_of(stories(self.version.lines), self.hours, micros(self.now))


@cache
def tried(card: BrandCard) -> tuple[Counting, Counting] | Exception:
    """Play it once, also when that fails."""
    try:
        return played(card)
    except Exception as error:
        return error


def played(card: BrandCard) -> tuple[Counting, Counting]:
    month = OpenMonth(card, FIRST, LAST)
    promise_by_hours(month)
    month.play(CONVERSATIONS)
    settle(card, month.now)
    with tenant_scope(card, TESTS):
        one = issue_report(asked_of(month), **by(month))
    first = counting(month, one)
    month.after()
    settle(card, month.now)
    with tenant_scope(card, TESTS):
        two = restate_report(one.ref, again(one, asked_of(month, note="Late news")), **by(month))
    return first, counting(month, two)


def promise_by_hours(month: OpenMonth) -> None:
    """All that may be, of every queue and of each."""
    with tenant_scope(month.card, TESTS):
        for metric in PROMISABLE:
            for queues in ([], [month.queue.pk], [month.other.pk]):
                reporting.add_clause(
                    key=uuid4(), metric=metric, counted="business", window="month", queue_ids=queues,
                    target=Decimal(50), minimum=None, weight=1, from_date=FIRST, shown="Op", zone=month.zone,
                    actor="user:1", now=month.before,
                )  # fmt: skip


def counting(month: OpenMonth, one: Any) -> Counting:
    return Counting(
        version_of(month, one), month.now, numbers_of(month, Span.MONTH, FIRST),
        {day: numbers_of(month, Span.DAY, day) for day in DAYS},
    )  # fmt: skip


def numbers_of(month: OpenMonth, span: Span, day: date) -> Said:
    """What the page of all numbers says of the days, by the clock on the wall and by opening hours."""
    return dict(_numbers(month, span, day, Counted.ELAPSED)) | dict(
        _numbers(month, span, day, Counted.BUSINESS)
    )


def _numbers(month: OpenMonth, span: Span, day: date, counted: Counted) -> Iterator[tuple[str, Number]]:
    asked: dict[str, Any] = {"period": of_calendar(span, day), "zone": month.zone, "now": month.now}
    with tenant_scope(month.card, TESTS):
        groups = all_figures(**asked, counted=counted).groups
    for _title, found in groups:
        for one in found:
            yield one.key, None if one.number is None else exact(str(one.number), one.metric.unit)


@pytest.fixture(params=["acme-1", "acme-2", "globex-1", "globex-2"])
def counted(
    request: pytest.FixtureRequest, transactional_db: None, acme: BrandCard, globex: BrandCard
) -> Counting:
    slug, number = request.param.split("-")
    found = tried(acme if slug == "acme" else globex)
    if isinstance(found, Exception):
        raise found
    return found[int(number) - 1]


def mine(counted: Counting, first: date = FIRST, last: date = LAST, queue: int | None = None) -> Said:
    found = [one for one in counted.contacts if queue in {None, one.queue}]
    within = bounds(counted.version.zone, first, last)
    return figures(found, *within) | business(found, counted.hours, *within)


def differing(ours: Said, said: Said) -> dict[str, tuple[Number, Number]]:
    """Compare what both say; whatever is counted here by hours, they must."""
    return differences(ours, {key: number for key, number in said.items() if key in ours})


def it_is_the_same_month_by_opening_hours(counted: Counting) -> None:
    ours = mine(counted)
    assert set(ours) <= set(counted.month), "each is on the page"
    assert differing(ours, counted.month) == {}
    assert ours["SLA.LATE@1"], "some clocks run late"


def it_is_the_same_on_each_day_by_opening_hours(counted: Counting) -> None:
    for day in DAYS:
        assert differing(mine(counted, day, day), counted.days[day]) == {}, day


def it_is_the_same_in_each_commitment_by_opening_hours(counted: Counting) -> None:
    """Of all queues and of each; what is promised stands in the document."""
    for name, queue in {"": None, **counted.version.queues}.items():
        said = dict(promised_of(counted.version, f"queue {name}," if name else "all queues,"))
        assert len(said) == len(PROMISABLE)
        assert differing(mine(counted, queue=queue), said) == {}, name


def promised_of(version: Version, words: str) -> Iterator[tuple[str, Number]]:
    """Give key and number of the document's commitments whose sentence has the words."""
    for row in table(version, "commitments")["rows"]:
        if words in row[0]:
            key = next(cell for cell in row if isinstance(cell, str) and cell.endswith("/business"))
            number = next((cell for cell in row if isinstance(cell, dict)), None)
            yield key, exact(number["n"], number["u"]) if number and number["n"] is not None else None


def it_is_not_the_same_by_the_clock_on_the_wall(counted: Counting) -> None:
    """So the hours make a difference, and without the lines of hours it would be seen."""
    ours = mine(counted)
    for key in ("ASA.QUEUE@1", "SL.NEG@1", "RES.FIRST@1", "AHT.ELAPSED@1", "FRT.CUSTOMER@1"):
        assert ours[f"{key}/business"] not in {ours[key], None}, key


def it_is_the_same_in_the_order_of_no_lines(counted: Counting) -> None:
    lines = [*counted.version.lines, *counted.version.lines[::3]]
    random.Random(7).shuffle(lines)
    assert hours_of(lines) == counted.hours
