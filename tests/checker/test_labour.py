"""Numbers of agents' time, counted from the minutes in the exported log: the same as on the pages."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from reporting.labour.models import LabourMinutes
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.__main__ import main
from tests.checker.figures import Number
from tests.checker.labour import KIND, QUARTER, Minutes, agents_hours, beyond, labour, minutes_of, unlike
from tests.checker.lines import SINCE, bounds, stories
from tests.checker.lived import FIRST, LAST, Lived, lived
from tests.factories import TESTS

ZONES = {"acme": "Europe/Stockholm", "globex": "Australia/Adelaide"}
ONE = Minutes(0, 7, 1, "", "handling", "", True, True, 450, 900, 900)


@pytest.fixture
def days(db: None, acme: BrandCard, globex: BrandCard) -> Lived:
    return lived(acme, globex)


@pytest.fixture(params=["acme", "globex"])
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def counted(days: Lived, slug: str, first: date, last: date) -> dict[str, Number]:
    return labour(minutes_of(days.logs[slug]), [], *bounds(ZONES[slug], first, last))


class DescribeThePages:
    def it_is_the_same_of_all_days_and_of_each(self, days: Lived, slug: str) -> None:
        """No contact was handled, so nothing is said of handle time: the month has that."""
        pages = days.pages[slug].figures
        assert len(pages) == 1 + 3
        for (first, last), said in pages.items():
            assert counted(days, slug, first, last) == said
            assert {key for key, number in said.items() if number is None} == {"AHT.ENG@1"}

    def it_is_the_same_of_each_agent(self, days: Lived, slug: str) -> None:
        """As the page reads, in hours and minutes."""
        found = agents_hours(minutes_of(days.logs[slug]), *bounds(ZONES[slug], FIRST, LAST))
        said = {f"LAB.SHARE/{agent}": cells[-2] for agent, cells in days.pages[slug].agents.items()}
        said |= {f"LAB.BILL/{agent}": cells[-1] for agent, cells in days.pages[slug].agents.items()}
        assert {key: read(number) for key, number in found.items()} == said

    def it_adds_up_over_days(self, days: Lived, slug: str) -> None:
        each = [counted(days, slug, FIRST + timedelta(days=n), FIRST + timedelta(days=n)) for n in range(3)]
        whole = counted(days, slug, FIRST, LAST)
        for key in ("PROD@1", "DED@1", "BILL@1"):
            assert sum(day[key] or 0 for day in each) == whole[key]


def read(number: Number) -> str:
    """Return minutes as hours and minutes, to the nearest; none at all as a dash."""
    if not number:
        return "–"
    whole = int(number + Fraction(1, 2))
    return f"{whole // 60}:{whole % 60:02}"


class DescribeMinutes:
    def it_takes_each_line_once(self, days: Lived) -> None:
        lines = days.logs["acme"]
        assert minutes_of(lines[::-1] + lines[::2]) == minutes_of(lines)

    def it_refuses_a_file_of_two_exports(self, days: Lived) -> None:
        old = json.loads(next(line for line in days.logs["acme"] if KIND in line))
        new = old | {"data": old["data"] | {"share_us": old["data"]["share_us"] + 1}}
        with pytest.raises(ValueError, match="not alike"):
            minutes_of([json.dumps(old), json.dumps(new)])

    def it_is_passed_over_by_who_reads_events(self, days: Lived) -> None:
        assert stories(line for line in days.logs["acme"] if KIND in line) == {}

    def it_says_where_the_events_say_something_else(self, days: Lived) -> None:
        """The days' conversations are in no log: everything that the minutes say is unheard of."""
        found = unlike(minutes_of(days.logs["acme"]), {}, *bounds(ZONES["acme"], FIRST, LAST))
        workers = {days.agents[name] for name in ("Both", "Lent", "Two", "Free", "Kept")}
        assert set(found) == {f"LAB.{what}/{who}" for what in ("SESSION", "BUSY") for who in workers}

    def it_has_fifteen_minutes_in_fifteen_minutes(self, days: Lived) -> None:
        for lines in days.logs.values():
            assert beyond(minutes_of(lines)) == []
        assert beyond([ONE, replace(ONE, queue=2)]) == []
        long = QUARTER + 1
        for wrong in (
            replace(ONE, share=long),
            replace(ONE, busy=901),
            replace(ONE, busy=long, session=long),
        ):
            assert beyond([wrong]) == [(0, 7)]

    def it_is_written_with_all_else(
        self,
        days: Lived,
        slug: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """What the minutes say alone is marked: the days' conversations are in no log."""
        log = tmp_path / "log.jsonl"
        log.write_text("\n".join(days.logs[slug]), encoding="utf-8")
        span = ("--zone", ZONES[slug], "--from", f"{FIRST}", "--to", f"{LAST}")
        monkeypatch.setattr("sys.argv", ["checker", f"{log}", *span])
        main()
        written = dict(line.split("\t", 1) for line in capsys.readouterr().out.splitlines())
        billed = counted(days, slug, FIRST, LAST)["BILL@1"]
        assert written["BILL@1"].split("\t")[0] == f"{billed}"
        assert f"! LAB.BUSY/{days.agents['Both']}" in written


class DescribeTheExport:
    def it_has_each_quarter_of_the_clients_day_once(self, db: None, acme: BrandCard) -> None:
        """A day of 25 hours has a hundred; those beside it are another day's."""
        start, end = (micros_at(day) for day in (date(2026, 10, 25), date(2026, 10, 26)))
        with tenant_scope(acme, TESTS):
            for at in range(start - QUARTER, end + QUARTER, QUARTER):
                LabourMinutes.objects.create(
                    interval_start=SINCE + timedelta(microseconds=at), queue_id=1, agent_id=7, pool_kind="",
                    kind="handling", reason="", billable=True, paid=True, share_us=at // QUARTER,
                    session_us=0, busy_us=0,
                )  # fmt: skip
        out = StringIO()
        day = ("--from", "2026-10-25", "--to", "2026-10-25")
        call_command("export_log", "--brand", "acme", *day, stdout=out)
        lines = [line for line in out.getvalue().splitlines() if KIND in line]
        assert [row.share * QUARTER for row in minutes_of(lines)] == [*range(start, end, QUARTER)]
        assert len(lines) == 100


def micros_at(day: date) -> int:
    """Return when the day begins in Acme's zone."""
    return bounds(ZONES["acme"], day, day)[0]


class DescribeTheVector:
    """An hour of work, two contacts at once for 40 minutes of it; waits, training, a break, a meal."""

    def it_computes_it(self) -> None:
        minute = 60 * 10**6
        work = replace(ONE, pool="dedicated", share=60 * minute, session=100 * minute, busy=60 * minute)
        idle = replace(work, queue=0, session=0, busy=0)
        rows = [
            work,
            replace(idle, kind="waiting", share=20 * minute),
            replace(idle, kind="training", reason="training", share=10 * minute, billable=False),
            replace(idle, kind="break", reason="break", share=10 * minute, billable=False),
            replace(idle, kind="break", reason="meal", share=20 * minute, billable=False, paid=False),
        ]
        assert labour(rows, [], 0, 10**12) == {
            "OCC.STD@1": Fraction(3, 4),
            "OCC.ICMI@1": Fraction(7, 9),
            "UTL.PAID@1": Fraction(3, 5),
            "UTL.ICMI@1": Fraction(8, 9),
            "AVAIL@1": Fraction(2, 3),
            "CONC@1": Fraction(5, 3),
            "AHT.ENG@1": None,
            "PROD@1": 80,
            "DED@1": 120,
            "BILL@1": 80,
            "SHR.INT@1": Fraction(1, 5),
        }
