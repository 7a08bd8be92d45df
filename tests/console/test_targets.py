"""The screen Targets: what a client's contract promises, by operators and by nobody else."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from reporting.models import Clause
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_hours import make_queue, text
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person

TARGETS = "/clients/acme/targets/"
TODAY = date(2026, 11, 27)


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    at = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


def sent(**more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()), "metric": "SL.NEG@1", "target": "80", "minimum": "70", "weight": "2",
        "window": "day", "counted": "elapsed", "from_date": "2026-11-27",
    } | more  # fmt: skip


def rows(card: BrandCard) -> list[Clause]:
    with tenant_scope(card, TESTS):
        return list(Clause.objects.standing().order_by("from_date"))


def said(answer: Any) -> str:
    return " ".join(text(answer).split())


def it_adds_a_target_and_says_it_in_words(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    make_queue(acme)
    assert "Nothing is promised yet" in said(browser.get(TARGETS))
    form = sent()
    for _again in range(2):
        assert browser.post(TARGETS, form).status_code == 302
    [row] = rows(acme)
    assert (row.target, row.minimum, row.weight, row.made_shown) == (Decimal(80), Decimal(70), 2, "Olu")
    assert rows(globex) == []
    assert AuditRow.objects.filter(verb="clause.added", brand_id=acme.id).count() == 1
    page = said(browser.get(TARGETS))
    assert "Service level: at least 80.0% each day, all queues, all hours counted." in page
    assert "In force" in page


def it_is_of_the_queues_that_are_ticked(browser: Browser, acme: BrandCard) -> None:
    make_queue(acme)
    page = browser.get(TARGETS).content.decode()
    number = page.partition('name="queue_ids" value="')[2].partition('"')[0]
    browser.post(TARGETS, sent(queue_ids=[number]))
    assert rows(acme)[0].queue_ids == [int(number)]
    assert "queue Orders" in said(browser.get(TARGETS))
    assert browser.post(TARGETS, sent(queue_ids=["999999"])).status_code == 422


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"minimum": "85"}, "More is better here"),
        ({"metric": "ABN.RATE@1", "target": "5", "minimum": "3"}, "Less is better here"),
        ({"target": "120"}, "from 0 to 100 per cent"),
        ({"metric": "OFF@1"}, "Select a valid choice"),
        ({"from_date": "2026-11-26"}, "Reports of days that are over stay as they are"),
        ({"from_date": "soon"}, "Enter a valid date"),
        ({"target": "NaN"}, "Enter a number"),
        ({"weight": "0"}, "from 1 to 100"),
        ({"key": "x"}, "Load this page again"),
    ],
)
def it_says_what_is_wrong(browser: Browser, acme: BrandCard, more: dict[str, str], words: str) -> None:
    answer = browser.post(TARGETS, sent(**more))
    assert answer.status_code == 422
    assert words in said(answer)
    assert rows(acme) == []


def it_changes_from_a_day_on_and_is_taken_back_until_then(browser: Browser, acme: BrandCard) -> None:
    browser.post(TARGETS, sent())
    [row] = rows(acme)
    page = said(browser.get(f"{TARGETS}{row.ref}/"))
    assert "more is better" in page
    change = {"key": str(uuid4()), "target": "90", "minimum": "", "weight": "2", "from_date": "2026-12-01"}
    for _again in range(2):
        assert browser.post(f"{TARGETS}{row.ref}/", change).status_code == 302
    old, new = rows(acme)
    assert (old.until_date, new.target, new.minimum) == (date(2026, 12, 1), Decimal(90), None)
    page = said(browser.get(TARGETS))
    assert "30 Nov 2026" in page
    assert "To come" in page
    late = browser.post(f"{TARGETS}{old.ref}/", change | {"key": str(uuid4()), "target": "95"})
    assert late.status_code == 422
    assert "has changed since" in said(late)
    browser.post(f"{TARGETS}{new.ref}/withdrawal/")
    assert [one.until_date for one in rows(acme)] == [None]
    browser.post(f"{TARGETS}{old.ref}/withdrawal/")
    assert "in force already" in said(browser.get(TARGETS))


def it_ends_on_a_day(browser: Browser, acme: BrandCard) -> None:
    browser.post(TARGETS, sent())
    [row] = rows(acme)
    assert browser.post(f"{TARGETS}{row.ref}/end/", {"last_day": "2026-11-26"}).status_code == 422
    browser.post(f"{TARGETS}{row.ref}/end/", {"last_day": "2026-11-30"})
    assert rows(acme)[0].until_date == date(2026, 12, 1)
    browser.post(f"{TARGETS}{row.ref}/end/", {"last_day": ""})
    assert rows(acme)[0].until_date is None


def it_shows_a_target_that_is_over(
    browser: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch, noon: datetime
) -> None:
    browser.post(TARGETS, sent())
    [row] = rows(acme)
    browser.post(f"{TARGETS}{row.ref}/end/", {"last_day": "2026-11-27"})
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(days=2))
    assert "Over" in said(browser.get(TARGETS))
    assert "This target is over" in said(browser.get(f"{TARGETS}{row.ref}/"))


def it_is_not_there_for_others(
    signed: Signed, browser: Browser, acme: BrandCard, globex: BrandCard, cy: Actor, outsider: Actor
) -> None:
    browser.post(TARGETS, sent())
    [row] = rows(acme)
    supervisor = make_person("sue@example.test", (Role.SUPERVISOR, None))
    for actor in (cy, outsider, supervisor):
        stranger = signed(actor)
        assert stranger.get(TARGETS).status_code == 404
        assert stranger.post(TARGETS, sent(window="week")).status_code == 404
        assert stranger.post(f"{TARGETS}{row.ref}/end/", {"last_day": ""}).status_code == 404
    for path in ("", "end/", "withdrawal/"):
        there = f"/clients/globex/targets/{row.ref}/{path}"
        assert browser.post(there, {"last_day": ""}).status_code == 404
    assert len(rows(acme)) == 1


def it_costs_the_same_with_many_targets(browser: Browser, acme: BrandCard) -> None:
    make_queue(acme)
    browser.post(TARGETS, sent())
    browser.get(TARGETS)
    few = counted(lambda: browser.get(TARGETS))
    for window in ("week", "month"):
        browser.post(TARGETS, sent(window=window))
    browser.get(TARGETS)
    assert counted(lambda: browser.get(TARGETS)) == few
    check("console: targets", few)
    [row, *_more] = rows(acme)
    check("console: target", counted(lambda: browser.get(f"{TARGETS}{row.ref}/")))
