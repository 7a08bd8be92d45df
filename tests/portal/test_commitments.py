# ruff: noqa: F811 - fixtures of the exclusions
"""Commitments in the report: what each clause came to, why it was missed, and the rows behind that."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.choices import Role
from interactions import actions as interactions
from interactions.models import Queue
from reporting import actions
from reporting.actions import roll_next
from reporting.commitments import Commitments, commitments
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_exclusions import (  # noqa: F401
    REPORT,
    answer,
    at_noon,
    closed,
    hour,
    lena,
    words,
)
from tests.portal.test_metrics import close_from_noon
from tests.portal.test_report import NOON, contact, page, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def promise(card: BrandCard, *, since: int = 30, **more: Any) -> UUID:
    """A service level of 80 %, in force for so many days."""
    values: dict[str, Any] = {
        "key": uuid4(), "metric": "SL.NEG@1", "counted": "elapsed", "window": "day", "queue_ids": [],
        "target": Decimal(80), "minimum": Decimal(40), "weight": 1, "from_date": TODAY - since * DAY,
        "shown": "Olu Park", "zone": STOCKHOLM, "actor": "user:1", "now": NOON - since * DAY,
    }  # fmt: skip
    with tenant_scope(card, TESTS):
        ref: UUID = actions.add_clause(**(values | more)).ref
        return ref


def change(card: BrandCard, ref: UUID, *, back: int, target: int) -> None:
    """Another target from so many days ago on."""
    with tenant_scope(card, TESTS):
        actions.change_clause(
            ref, key=uuid4(), target=Decimal(target), minimum=None, weight=1, from_date=TODAY - back * DAY,
            shown="Olu Park", zone=STOCKHOLM, actor="user:1", now=NOON - back * DAY,
        )  # fmt: skip


def found(card: BrandCard, *, days: int = 1, now: datetime = NOON) -> Commitments:
    last = now.astimezone(STOCKHOLM).date()
    with tenant_scope(card, TESTS):
        of = commitments(first=last - (days - 1) * DAY, last=last, zone=STOCKHOLM, now=now)
    assert of is not None
    return of


def results(of: Commitments) -> list[list[tuple[str, str]]]:
    return [[(str(one.verdict), one.everything.text) for one in line.windows] for line in of.lines]


def rolled(card: BrandCard) -> None:
    with tenant_scope(card, TESTS):
        while roll_next():
            pass


def it_says_what_each_clause_came_to_and_why(lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
    promise(acme)
    promise(globex, metric="ABN.RATE@1", target=Decimal(5), minimum=None)
    contact(acme, at=hour(5))
    contact(acme, at=hour(3), answered=300)
    contact(acme, at=hour(3), answered=None)
    contact(acme, at=hour(3), is_test=True)
    contact(globex, at=hour(3), answered=None)
    said = words(page(lena, acme, REPORT).content.decode())
    assert "0 of 1 commitment is kept." in said
    assert "Service level: at least 80.0% each day, all queues, all hours counted." in said
    assert "Under 40.0% it is missed badly." in said
    assert "33.3% 1 of 3" in said
    assert "Missed badly so far" in said
    assert "In force since 19 October 2026" not in said
    assert "In force since 19 Oct 2026." in said
    assert "Wed 18 Nov, 09:00–10:00 , Orders : 0.0% (0 of 2)." in said
    assert "1 left before an agent was asked" in said
    assert "1 late as no agent was free in time" in said
    assert "Abandonment rate: at most" not in said, "another brand's contract"


def it_is_the_same_from_roll_ups_and_from_the_log(acme: BrandCard) -> None:
    promise(acme)
    promise(acme, metric="ASA.P90@1", target=Decimal(60), minimum=None, window="week")
    for back in (2.0, 30.0, 31.0, 60.0):
        contact(acme, at=hour(back), answered=90)
    before = found(acme, days=7)
    rolled(acme)
    assert found(acme, days=7) == before
    assert results(before)[1] == [("nothing", "–")] * 4 + [("under", "0.0")] * 3


def it_leads_to_the_rows_behind_a_window_and_behind_a_reason(lena: Browser, acme: BrandCard) -> None:
    ref = promise(acme)
    good, late = contact(acme, at=hour(5)), contact(acme, at=hour(3), answered=300)
    html = page(lena, acme, REPORT).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/report/commitments/[^"]+)"', html)]
    window, reason = (page(lena, acme, link).content.decode() for link in links)
    assert str(good) in window
    assert str(late) in window
    assert str(good) not in reason
    assert str(late) in reason
    assert "Came in from 18 Nov 2026, 09:00 to 18 Nov 2026, 10:00, Europe/Stockholm time." in words(reason)
    assert 'href="/report/?days=1#commitments"' in reason
    there = f"/report/commitments/{ref}/rows/"
    for query in (
        "",
        "?since=x&until=y",
        "?since=2&until=1",
        "?since=0&until=4000000000",
        "?since=²&until=3",
    ):
        assert page(lena, acme, there + query).status_code == 404, query


def it_has_a_line_for_each_version_with_its_days(acme: BrandCard) -> None:
    ref = promise(acme, window="month")
    change(acme, ref, back=3, target=90)
    contact(acme, at=NOON - 4 * DAY, answered=300)
    contact(acme, at=NOON - DAY)
    of = found(acme, days=7)
    assert [(line.first, line.last) for line in of.lines] == [
        (date(2026, 10, 19), date(2026, 11, 14)), (date(2026, 11, 15), None),
    ]  # fmt: skip
    assert results(of) == [[("under", "0.0")], [("met", "100.0")]]
    assert [line.windows[0].label for line in of.lines] == ["1 Nov – 14 Nov", "15 Nov – 30 Nov"]
    assert [line.windows[0].is_over for line in of.lines] == [True, False]


def it_is_open_as_long_as_a_customer_may_be_back(lena: Browser, acme: BrandCard) -> None:
    promise(acme, metric="FCR.REPEAT.7D@1")
    contact(acme, at=NOON - DAY)
    yesterday = found(acme, days=2).lines[0].windows[0]
    assert yesterday.open_until == "open until 25 November 2026, 00:00 (Europe/Stockholm)"
    assert not yesterday.is_over
    assert yesterday.open_until in page(lena, acme, "/report/?days=2").content.decode()
    then = found(acme, days=9, now=NOON + 7 * DAY).lines[0].windows[0]
    assert (then.label, then.is_over, then.open_until) == ("Tue 17 Nov", True, "")
    defined = page(lena, acme, "/report/metrics/?days=1").content.decode()
    assert defined.count("open until ") == 5, "three that ask for repeats, two for what was opened again"


def it_never_takes_nothing_for_zero(acme: BrandCard) -> None:
    promise(acme)
    of = found(acme)
    assert results(of) == [[("nothing", "–")]]
    assert of.summary == "Nothing to measure yet."


def it_shows_what_was_accepted_to_be_left_out_beside(lena: Browser, acme: BrandCard) -> None:
    promise(acme)
    contact(acme, at=hour(5))
    contact(acme, at=hour(3), answered=300)
    ref = closed(acme, hour(3) - timedelta(seconds=5), hour(2.5))
    [line] = found(acme).lines
    assert (line.windows[0].accepted, line.verdict) == (None, "missed"), "only proposed"
    answer(lena, acme, ref, answer="accepted")
    [line] = found(acme).lines
    window = line.windows[0]
    assert window.accepted
    assert (window.everything.text, window.accepted.text, window.verdict) == ("50.0", "100.0", "met")
    assert line.reasons == ()
    said = words(page(lena, acme, REPORT).content.decode())
    assert "Results are those of the figures without what was accepted" in said


def it_counts_the_queues_that_it_names(acme: BrandCard) -> None:
    contact(acme, at=hour(3), answered=300)
    with tenant_scope(acme, TESTS):
        [queue] = Queue.objects.all()
        other = interactions.save_queue(name="Billing", now=NOON)
    promise(acme, queue_ids=[queue.pk])
    promise(acme, queue_ids=[other.pk])
    assert sorted(line.verdict for line in found(acme).lines) == ["nothing", "under"]


def it_counts_opening_hours_where_that_was_agreed(acme: BrandCard) -> None:
    contact(acme, at=hour(1) - timedelta(seconds=10), answered=90)
    close_from_noon(acme)
    promise(acme, counted="business", weight=3)
    promise(acme)
    of = found(acme)
    assert sorted((line.key, str(line.verdict)) for line in of.lines) == [
        ("SL.NEG@1", "under"), ("SL.NEG@1/business", "met"),
    ]  # fmt: skip
    assert of.summary == "1 of 2 commitments are kept. By weight: 75.0%."


def it_measures_the_day_of_25_hours(acme: BrandCard) -> None:
    now = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)  # the last minute of the day in Stockholm
    since = (TODAY - date(2026, 10, 20)).days
    promise(acme, since=since)
    for at in (datetime(2026, 10, 24, 22, 1, tzinfo=UTC), now - timedelta(minutes=10)):
        contact(acme, at=at)
    contact(acme, at=datetime(2026, 10, 24, 21, 59, tzinfo=UTC), answered=None)
    [line] = found(acme, now=now).lines
    assert [(one.label, one.everything.detail) for one in line.windows] == [("Sun 25 Oct", "2 of 2")]
    contact(acme, at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), answered=None)  # the second half past two
    [line] = found(acme, now=now).lines
    assert line.reasons[0].label == "Sun 25 Oct, 02:00–03:00"


def it_is_read_by_viewers_without_rows_and_not_by_strangers(
    lena: Browser, acme: BrandCard, globex: BrandCard, cy: object, outsider: object
) -> None:
    ref, theirs = promise(acme), promise(globex)
    contact(acme, at=hour(3), answered=300)
    make_person("vic@example.test", (Role.VIEWER, acme))
    vic = signed_in("vic@example.test", acme)
    html = page(vic, acme, REPORT).content.decode()
    assert "Commitments" in html
    assert "/report/commitments/" not in html
    query = f"?since={int(hour(9).timestamp())}&until={int(NOON.timestamp())}"
    assert page(vic, acme, f"/report/commitments/{ref}/rows/{query}").status_code == 404
    assert page(lena, acme, f"/report/commitments/{ref}/rows/{query}").status_code == 200
    for other in (theirs, uuid4()):
        assert page(lena, acme, f"/report/commitments/{other}/rows/{query}").status_code == 404
    stranger = Browser()
    stranger.sign_in("outsider@example.test")
    assert page(stranger, acme, f"/report/commitments/{ref}/rows/{query}").status_code == 302


def it_is_not_there_while_nothing_is_promised(lena: Browser, acme: BrandCard) -> None:
    assert 'id="commitments"' not in page(lena, acme, REPORT).content.decode()


def it_costs_the_same_with_more_of_it(lena: Browser, acme: BrandCard) -> None:
    promise(acme)
    contact(acme, at=hour(5), answered=300)
    rolled(acme)
    page(lena, acme, REPORT)
    few = counted(lambda: page(lena, acme, REPORT))
    for window in ("week", "month"):
        promise(acme, window=window)
    contact(acme, at=hour(3), answered=300)
    rolled(acme)
    assert counted(lambda: page(lena, acme, REPORT)) == few
    check("portal: report with commitments", few)
