"""The hours of two clients shared out again from the house's exported ledger: the same to the microsecond.

The service is a black box here: its verbs make the days, its worker adds them up, its commands write files.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.checker.house import differences, ledger_of, main, shares
from tests.checker.labour import QUARTER, Minutes, minutes_of, within
from tests.checker.lines import bounds, micros
from tests.checker.lived import FIRST, FOCUS_SINCE, HERE, HOUR, LAST, START, Lived, exported, lived

DAYS = bounds(HERE.key, FIRST, LAST)


@pytest.fixture
def days(db: None, acme: BrandCard, globex: BrandCard) -> Lived:
    return lived(acme, globex)


def shared_out(days: Lived, lines: Iterable[str] | None = None) -> dict[str, list[Minutes]]:
    found = shares(ledger_of(days.ledger if lines is None else lines), *DAYS)
    return {slug: found[number] for slug, number in days.clients.items()}


def said(days: Lived) -> dict[str, list[Minutes]]:
    return {slug: within(minutes_of(lines), *DAYS) for slug, lines in days.logs.items()}


def apart(one: dict[str, list[Minutes]], two: dict[str, list[Minutes]]) -> dict[str, Any]:
    found = {slug: differences(one[slug], two[slug]) for slug in one}
    return {slug: pair for slug, pair in found.items() if any(pair)}


class DescribeTheDays:
    def it_is_each_clients_share_to_the_microsecond(self, days: Lived) -> None:
        assert apart(shared_out(days), said(days)) == {}

    def it_has_everything_in_it_that_time_can_go_to(self, days: Lived) -> None:
        """Else the test before would say less than it seems to."""
        for rows in said(days).values():
            assert {row.kind for row in rows} == {
                "handling", "hold", "wrap_up", "consult", "waiting", "training", "meeting", "break",
                "not_responding", "system", "production",
            }  # fmt: skip
            assert {row.pool for row in rows} == {"", "dedicated", "shared", "burst"}
            assert {row.session - row.share for row in rows if row.share == 0} - {0}, (
                "beside what is in front"
            )
            assert any(row.share % 1000 for row in rows)
        lines = Counter(json.loads(line)["line"] for line in days.ledger)
        assert lines["ledger.rule"] == 1
        assert any(json.loads(line).get("is_test") for line in days.ledger)
        assert any(json.loads(line).get("corrected_at") for line in days.ledger)

    def it_goes_by_what_is_in_front_from_the_last_day_on(self, days: Lived) -> None:
        """Work beside what is in front has a session and no share then, and never before."""
        idle = [row for rows in said(days).values() for row in rows if row.session and not row.share]
        assert len([row for row in idle if row.session == QUARTER]) > 3
        assert min(row.quarter for row in idle if row.session == QUARTER) >= micros(FOCUS_SINCE)

    def it_knows_who_was_lent_in_the_night(self, days: Lived) -> None:
        lent = days.agents["Lent"]
        night = (micros(START) + int(24.75 * HOUR) * 10**6, micros(START) + 27 * HOUR * 10**6)
        for slug, rows in shared_out(days).items():
            kept = [r for r in within(rows, *night) if r.agent == lent and not r.session and r.pool]
            assert bool(kept) == (slug == "globex")

    def it_is_the_same_from_lines_in_any_order_and_twice(self, days: Lived) -> None:
        lines = days.ledger + days.ledger[::3]
        random.Random(5).shuffle(lines)
        assert apart(shared_out(days, lines), said(days)) == {}


class DescribeErrors:
    """What is wrong on either side is seen."""

    @pytest.mark.parametrize(
        ("which", "change"),
        [
            ({"line": "engagement", "kind": "consult"}, {"kind": "hold"}),
            ({"line": "engagement", "is_test": True}, {"is_test": False}),
            ({"line": "state", "availability": "available"}, {"availability": "offline"}),
            ({"line": "state", "code": "training"}, {"code": "meeting"}),
            ({"line": "ledger.rule"}, {"rule": "equal"}),
            ({"line": "reason.term", "code": "training", "billable": True}, {"billable": False}),
            ({"line": "pool", "kind": "dedicated"}, {"kind": "shared"}),
        ],
    )
    def it_sees_lines_of_the_ledger(self, days: Lived, which: dict[str, Any], change: dict[str, Any]) -> None:
        """Of whoever is kept for Acme, and of what is agreed, changed in one word."""
        mine = which | ({"agent_id": days.agents["Kept"]} if which["line"] in {"state", "engagement"} else {})
        found = [json.loads(text) for text in days.ledger]
        wrong = [one | change if mine.items() <= one.items() else one for one in found]
        assert wrong != found
        assert "acme" in apart(shared_out(days, map(json.dumps, wrong)), said(days))

    def it_names_the_quarter_that_differs(
        self, days: Lived, tmp_path: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def asked(log: list[str]) -> list[str]:
            for name, lines in (("ledger", days.ledger), ("log", log)):
                (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
            main([
                f"{tmp_path / 'ledger'}", "--log", f"{tmp_path / 'log'}", "--client", "acme",
                "--zone", HERE.key, "--from", f"{FIRST}", "--to", f"{LAST}",
            ])  # fmt: skip
            return capsys.readouterr().out.splitlines()

        log = days.logs["acme"]
        assert asked(log) == []
        place = next(n for n, line in enumerate(log) if json.loads(line)["data"].get("share_us", 0) > 1)
        wrong = json.loads(log[place])
        wrong["data"]["share_us"] -= 1
        found = asked([*log[:place], json.dumps(wrong), *log[place + 1 :]])
        assert [line[0] for line in found] == ["+", "-"]


class DescribeTheExports:
    def it_gives_a_client_nothing_of_another_one(self, days: Lived) -> None:
        """Not who works for the other alone, nor its queues, nor its name."""
        for slug, other, nobody in (("acme", "globex", "Else"), ("globex", "acme", "Kept")):
            rows = minutes_of(days.logs[slug])
            assert days.agents[nobody] not in {row.agent for row in rows}
            assert {row.queue for row in rows} == {0, *(10 * days.clients[slug] + n for n in (1, 2))}
            assert other not in "".join(days.logs[slug])

    def it_writes_no_names_and_no_words(self, days: Lived) -> None:
        """The short names of clients aside, by which they are asked for."""
        text = "".join(days.ledger)
        for word in (days.words, "house.test", "Lent", "Else", "Acme's"):
            assert word not in text

    def it_stands_in_the_trail(self, days: Lived) -> None:
        exported("export_ledger")
        row = AuditRow.objects.filter(reason__startswith="time ledger exported").latest("pk")
        assert (row.actor, row.brand_id) == ("system", None)

    def it_writes_only_what_touches_the_days(self, days: Lived) -> None:
        out = StringIO()
        call_command("export_ledger", "--from", "2001-01-01", "--to", "2001-01-01", stdout=out)
        kinds = {json.loads(line)["line"] for line in out.getvalue().splitlines()}
        assert kinds <= {"client", "reason", "pool"}

    @pytest.mark.parametrize("more", [("--to", "2000-12-31"), ("--to", "2001-01-01", "--zone", "Nowhere")])
    def it_refuses_with_words(self, db: None, more: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            call_command("export_ledger", "--from", "2001-01-01", *more, stdout=StringIO())
