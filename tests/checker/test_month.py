"""The month that was issued, counted again from its exported log: the same to the last digit, twice.

The service is a black box here: its verbs make the month, it issues the month, its command exports the log.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from events.copies import copy_offers
from reporting import actions as reporting
from reporting.actions.issuing import again, issue_report, restate_report
from reporting.actions.rollups import roll_next
from reporting.catalogue import BY_KEY
from reporting.choices import AgentNames, Counted, Span
from reporting.figures import all_figures
from reporting.issued.document import Asked
from reporting.issued.kept import Issued
from reporting.labour.copies import copy_next
from reporting.labour.reading import minutes_within
from reporting.labour.sums import sums_of_minutes
from reporting.periods import of_calendar
from reporting.promises import PROMISABLE
from routing.actions import time_next
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.agents import agents
from tests.checker.contacts import Contact, contacts_of
from tests.checker.figures import Number, figures
from tests.checker.labour import labour, minutes_of, unlike
from tests.checker.lines import Line, bounds, micros, stories
from tests.checker.played import Month
from tests.factories import TESTS

CONVERSATIONS = 110
NOT_LOGGED = {"SLA.LATE@1"}
"""Nobody looks at clocks in this month; in that of test_hours.py they run late."""
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
"""Stockholm's October has a day of 25 hours, Adelaide's one of 23."""


@dataclass(frozen=True)
class Version:
    """One version of an issued month, and the log as it was exported then."""

    zone: str
    document: Mapping[str, Any]
    lines: list[str]
    queues: Mapping[str, int]
    others: dict[str, Number]
    labour: Mapping[str, Number]


@cache
def tried(card: BrandCard) -> tuple[Version, Version] | Exception:
    """Play it once, also when that fails."""
    try:
        return played(card)
    except Exception as error:
        return error


def made(card: BrandCard) -> tuple[Version, Version]:
    found = tried(card)
    if isinstance(found, Exception):
        raise found
    return found


def played(card: BrandCard) -> tuple[Version, Version]:
    """Play the client's month, issue it, have news come late, and restate it."""
    month = Month(card, FIRST, LAST)
    promise_everything(month)
    month.play(CONVERSATIONS)
    settle(card, month.now)
    with tenant_scope(card, TESTS):
        one = issue_report(asked_of(month), **by(month))
    first = version_of(month, one)
    month.after()
    settle(card, month.now)
    with tenant_scope(card, TESTS):
        two = restate_report(one.ref, again(one, asked_of(month, note="Late news")), **by(month))
    return first, version_of(month, two)


def promise_everything(month: Month) -> None:
    """What is promised stands in the document, so everything that may be is."""
    before = month.start - timedelta(days=2)
    with tenant_scope(month.card, TESTS):
        for metric in PROMISABLE:
            reporting.add_clause(
                key=uuid4(), metric=metric, counted="elapsed", window="month", queue_ids=[],
                target=Decimal(50), minimum=None, weight=1, from_date=FIRST, shown="Op", zone=month.zone,
                actor="user:1", now=before,
            )  # fmt: skip


def asked_of(month: Month, *, note: str = "") -> Asked:
    period = of_calendar(Span.MONTH, FIRST)
    return Asked(month.card, period, month.zone, "en", AgentNames.NUMBER, {}, note)


def by(month: Month) -> dict[str, Any]:
    return {"key": uuid4(), "shown": "Op", "actor": "user:1", "now": month.now}


def settle(card: BrandCard, now: datetime) -> None:
    """Everything that happened is in the client's log, and read; agents' time is added up."""
    while copy_offers(card, TESTS):
        pass
    while time_next(now):
        pass
    while copy_next(card, TESTS):
        pass
    with tenant_scope(card, TESTS):
        while roll_next():
            pass


def version_of(month: Month, one: Issued) -> Version:
    out = StringIO()
    days = (f"{FIRST - timedelta(days=1)}", f"{LAST + timedelta(days=20)}")
    call_command("export_log", "--brand", month.card.slug, "--from", days[0], "--to", days[1], stdout=out)
    queues = {month.queue.name: month.queue.pk, month.other.name: month.other.pk}
    return Version(
        month.card.timezone, dict(one.document), out.getvalue().splitlines(), queues, not_promised(month),
        labour_of(month),
    )  # fmt: skip


def labour_of(month: Month) -> dict[str, Number]:
    """What the client's minutes of agents say of the month: concurrency, and each agent's sums."""
    with tenant_scope(month.card, TESTS):
        found = minutes_within(month.start, month.end)
    people = {one.agent_id for one in found}
    sums = {each: sums_of_minutes([one for one in found if one.agent_id == each]) for each in people}
    whole = sums_of_minutes(found)
    found_by: dict[str, Number] = {"CONC@1": Fraction(whole["time_session"], whole["time_busy"])}
    for agent, of in sums.items():
        for key in ("session", "busy"):
            found_by[f"LAB.{key.upper()}/{agent}"] = Fraction(of[f"time_{key}"], 10**6)
    return found_by


def not_promised(month: Month) -> dict[str, Number]:
    """What the page of all numbers says of those that nobody can promise, so that no document has them."""
    asked: dict[str, Any] = {"period": of_calendar(Span.MONTH, FIRST), "zone": month.zone, "now": month.now}
    with tenant_scope(month.card, TESTS):
        groups = all_figures(**asked, counted=Counted.ELAPSED).groups
    return {
        one.key: None if one.number is None else exact(str(one.number), one.metric.unit)
        for _title, figures in groups
        for one in figures
        if (one.key in BY_KEY or one.metric.source == "labour")
        and one.key not in PROMISABLE
        and one.key not in NOT_LOGGED
    }


@pytest.fixture(params=["acme-1", "acme-2", "globex-1", "globex-2"])
def version(
    request: pytest.FixtureRequest, transactional_db: None, acme: BrandCard, globex: BrandCard
) -> Version:
    slug, number = request.param.split("-")
    return made(acme if slug == "acme" else globex)[int(number) - 1]


def contacts(version: Version) -> list[Contact]:
    return contacts_of(shuffled(version))


def shuffled(version: Version) -> dict[str, list[Line]]:
    """From lines as a client may have them: in no order, and some of them twice."""
    lines = version.lines + version.lines[::3]
    random.Random(7).shuffle(lines)
    return stories(lines)


def mine(version: Version) -> dict[str, Number]:
    found, days = contacts(version), bounds(version.zone, FIRST, LAST)
    return figures(found, *days) | labour(minutes_of(version.lines), found, *days)


def theirs(version: Version) -> dict[str, Number]:
    """Every number of the whole month that the document says, by key."""
    totals = next(row for name, row in rows(version, "queues") if name == "All queues")
    tiles = {tile["key"]: exact(tile["n"], tile["unit"]) for tile in version.document["tiles"]}
    return totals | tiles | version.others | dict(map(promised, table(version, "commitments")["rows"]))


def promised(row: list[Any]) -> tuple[str, Number]:
    """Return the key of a commitment and the figure of every contact."""
    key = next(cell for cell in row if isinstance(cell, str) and cell in PROMISABLE)
    figure = next(cell for cell in row if isinstance(cell, dict))
    return key, exact(figure["n"], figure["u"]) if figure["n"] is not None else None


def exact(number: str | None, unit: str) -> Number:
    """Return a number of the document as the checker has it: what it says in per cent, as a share of one."""
    if number is None:
        return None
    return Fraction(number) / (100 if unit == "percent" else 1)


def rows(version: Version, section: str) -> list[tuple[str, dict[str, Number]]]:
    """Return a table of the document: (first cell, {key: number})."""
    found = table(version, section)
    heads = [head for head in found["head"] if "key" in head]
    return [
        (
            " ".join(cell for cell in row if isinstance(cell, str)),
            {h["key"]: exact(c["n"], h["unit"]) for h, c in zip(heads, row[-len(heads) :], strict=True)},
        )
        for row in found["rows"]
    ]


def table(version: Version, section: str) -> Mapping[str, Any]:
    (found,) = (one for one in version.document["sections"] if one["id"] == section)
    return found  # type: ignore[no-any-return]


def differences(ours: Mapping[str, Number], said: Mapping[str, Number]) -> dict[str, tuple[Number, Number]]:
    return {key: (ours[key], said[key]) for key in said if not same(key, ours[key], said[key])}


def same(key: str, ours: Number, said: Number) -> bool:
    """Tell whether they are equal; the service's percentiles may be off by 0.5 % of themselves."""
    if ours is None or said is None or ".P" not in key or ".POS" in key:
        return ours == said
    return abs(ours - said) <= ours / 200


def it_is_the_same_month(version: Version) -> None:
    assert differences(mine(version), theirs(version)) == {}


def it_is_the_same_work_of_each_agent(version: Version) -> None:
    """Concurrency and who was on how much, to the microsecond; whoever was there has some."""
    found = agents(shuffled(version), *bounds(version.zone, FIRST, LAST))
    assert found == version.labour
    assert len(found) == 1 + 2 * 4
    minutes = minutes_of(version.lines)
    assert unlike(minutes, shuffled(version), *bounds(version.zone, FIRST, LAST)) == {}


def it_is_the_same_in_each_queue(version: Version) -> None:
    found = contacts(version)
    for name, row in rows(version, "queues")[:-1]:
        own = [contact for contact in found if contact.queue == version.queues[name]]
        assert differences(figures(own, *bounds(version.zone, FIRST, LAST)), row) == {}, name


def it_is_the_same_on_each_day(version: Version) -> None:
    found = contacts(version)
    days = rows(version, "intervals")
    assert len(days) == (LAST - FIRST).days + 1
    for n, (name, row) in enumerate(days):
        day = FIRST + timedelta(days=n)
        assert differences(figures(found, *bounds(version.zone, day, day)), row) == {}, name


def it_is_the_same_in_each_hour(version: Version) -> None:
    found = contacts(version)
    hours = rows(version, "fine")
    assert len(hours) == 31 * 24 + (1 if version.zone == "Europe/Stockholm" else -1)
    for name, row in hours:
        start, end = (micros(datetime.fromisoformat(word)) for word in instants(name))
        within = [contact for contact in found if start <= contact.at < end]
        assert differences(figures(within, start, end), row) == {}, name


def instants(name: str) -> list[str]:
    words = name.split()
    return [" ".join(words[:2]), " ".join(words[2:])]


def it_says_what_the_late_news_changed(acme: BrandCard, transactional_db: None) -> None:
    one, two = (mine(version)["OFF@1"] for version in made(acme))
    assert one is not None
    assert two == one - 1, "what was corrected to no contact"


def it_exports_data_as_an_object(version: Version) -> None:
    assert {type(json.loads(line)["data"]) for line in version.lines} == {dict}
