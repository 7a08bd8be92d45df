"""A month with a contract: targets, forecasts and times left out, counted again from the exported log.

The service is a black box: two clients' months are played, something is agreed, the report is issued, and
restated when one more time is accepted to be left out.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from events.copies import copy_offers
from interactions.queries import queue_names
from reporting.actions.issuing import again, issue_report, restate_report
from reporting.actions.rollups import roll_next
from reporting.choices import Counted, Span
from reporting.figures import all_figures
from reporting.forecasts.agreed import calendar, days_forecast
from reporting.forecasts.comparing import cells_of, offered
from reporting.forecasts.overruns import overruns as overruns_found
from reporting.issued.kept import Issued
from reporting.periods import of_calendar
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.checker.agreed import Agreed, agreed, unlike_the_log
from tests.checker.agreeing import Agreeing
from tests.checker.business import business, on_hours
from tests.checker.contacts import Contact, contacts_of
from tests.checker.figures import Number, figures
from tests.checker.forecast import Overrun, accuracy, cells, overruns
from tests.checker.hours import KIND, Hours, hours_of
from tests.checker.lines import bounds, micros, stories
from tests.checker.opened import OfficeMonth
from tests.checker.played import Month
from tests.checker.promised import Commitment, Report, Window, commitments, kept, said
from tests.checker.rest import SHARED_BY, Bar, bar, by_agent, by_channel, missed_most, parts
from tests.checker.test_month import asked_of, by, differences, exact, same
from tests.factories import TESTS

CONVERSATIONS = 40
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
SECOND = date(2026, 10, 2)
RESULTS = {
    "met": "Met", "missed": "Missed", "under": "Missed badly", "nothing": "Nothing to measure",
}  # fmt: skip
CHANNELS = {"webchat": "Web chat"}
TERMS = {"acme": {"lock_days": 10, "over_share": 20}, "globex": {"lock_days": 0, "over_share": 50}}


@dataclass(frozen=True)
class Version:
    """One version of an issued month, and the log as it was exported then.

    `overruns` and `accuracy` are what the service says of the forecast, `agents` the ids behind its numbers.
    """

    zone: str
    document: Mapping[str, Any]
    lines: Sequence[str]
    queues: Mapping[str, int]
    agents: Sequence[int]
    overruns: frozenset[Overrun]
    accuracy: Mapping[str, Number]

    @property
    def report(self) -> Report:
        at = micros(datetime.fromisoformat(self.document["issued"]["at"]))
        return Report(self.zone, FIRST, LAST, at, hours_of(self.lines))

    @property
    def within(self) -> tuple[int, int]:
        return bounds(self.zone, FIRST, LAST)

    @property
    def terms(self) -> Agreed:
        return agreed(self.lines)

    @property
    def contacts(self) -> list[Contact]:
        return contacts_of(stories(self.lines))

    def table(self, section: str) -> Mapping[str, Any]:
        (found,) = (one for one in self.document["sections"] if one["id"] == section)
        return found  # type: ignore[no-any-return]


def played(card: BrandCard) -> tuple[Version, Version]:
    """Agree, play the month, agree what is left out, issue it; accept one time more, and restate it."""
    month = OfficeMonth(card, FIRST, LAST)
    both = Agreeing(month, **TERMS[card.slug])
    both.promise()
    both.promise_by_hours()
    both.forecast()
    month.play(CONVERSATIONS)
    read(card)
    lines = exported(card)
    contacts = contacts_of(stories(lines))
    waiting = both.leave_out([one for one in contacts if one.at > micros(month.start)])
    report = Report(card.timezone, FIRST, LAST, micros(month.now))
    both.accept_an_overrun(overruns(cells(agreed(lines), contacts, report)))
    with tenant_scope(card, TESTS):
        one = issue_report(asked_of(month), **by(month))
    first = version_of(month, one)
    both.answer(waiting, "accepted")
    with tenant_scope(card, TESTS):
        two = restate_report(one.ref, again(one, asked_of(month, note="Accepted since")), **by(month))
    return first, version_of(month, two)


MADE: dict[str, tuple[Version, Version] | Exception] = {}
"""By client: played once, also when that fails."""


def made(card: BrandCard) -> tuple[Version, Version]:
    if card.slug not in MADE:
        try:
            MADE[card.slug] = played(card)
        except Exception as error:
            MADE[card.slug] = error
    found = MADE[card.slug]
    if isinstance(found, Exception):
        raise found
    return found


def read(card: BrandCard) -> None:
    """Everything that happened is in the client's log, and read; agents' time is no part of a document."""
    while copy_offers(card, TESTS):
        pass
    with tenant_scope(card, TESTS):
        while roll_next():
            pass


def exported(card: BrandCard) -> list[str]:
    out = StringIO()
    days = (f"{FIRST - timedelta(days=31)}", f"{LAST + timedelta(days=8)}")
    call_command("export_log", "--brand", card.slug, "--from", days[0], "--to", days[1], stdout=out)
    return out.getvalue().splitlines()


def version_of(month: Month, one: Issued) -> Version:
    queues = {month.queue.name: month.queue.pk, month.other.name: month.other.pk}
    return Version(
        month.card.timezone, dict(one.document), exported(month.card), queues, one.agent_ids,
        found_overruns(month), said_accuracy(month),
    )  # fmt: skip


def found_overruns(month: Month) -> frozenset[Overrun]:
    """Those that the operator is offered to propose."""
    with tenant_scope(month.card, TESTS):
        of = calendar(month.zone)
        days = days_forecast(FIRST, LAST, of=of, now=month.now)
        came = offered(month.start, month.end)
        found = overruns_found(
            cells_of(days.values(), came, month.zone, month.now), of=of, queues=queue_names()
        )
    return frozenset(
        Overrun(
            one.queue_id, micros(one.start), micros(one.end), one.measured["offered"],
            one.measured["agreed"], one.measured["share"], one.measured["version"],
        )
        for one in found
    )  # fmt: skip


def said_accuracy(month: Month) -> dict[str, Number]:
    asked: dict[str, Any] = {"period": of_calendar(Span.MONTH, FIRST), "zone": month.zone, "now": month.now}
    with tenant_scope(month.card, TESTS):
        groups = all_figures(**asked, counted=Counted.ELAPSED).groups
    said = {one.key: one for _title, some in groups for one in some if one.key.startswith("FC.")}
    return {
        key: None if one.number is None else exact(str(one.number), "percent") for key, one in said.items()
    }


@pytest.fixture(params=["acme-1", "acme-2", "globex-1", "globex-2"])
def version(
    request: pytest.FixtureRequest, transactional_db: None, acme: BrandCard, globex: BrandCard
) -> Version:
    slug, number = request.param.split("-")
    return made(acme if slug == "acme" else globex)[int(number) - 1]


# ---- what a document says ----


def cell(said: Any) -> Number:
    """Return the number of a cell as the checker has it; a cell of words has none."""
    return exact(said["n"], said["u"]) if isinstance(said, dict) else None


def numbers(table: Mapping[str, Any], row: Sequence[Any]) -> dict[str, Number]:
    heads = [head for head in table["head"] if "key" in head]
    pairs = zip(heads, row[-len(heads) :], strict=True)
    return {head["key"]: exact(said["n"], head["unit"]) for head, said in pairs}


def result(window: Window, zone: str) -> str:
    words = RESULTS[window.verdict] + (" so far" if window.so_far else "")
    if not window.open_until:
        return words
    until = datetime.fromtimestamp(window.open_until // 10**6, ZoneInfo(zone))
    return f"{words}, open until {until.day} {until:%B %Y}, {until:%H:%M} ({zone})"


def days(window: Window) -> str:
    """Say the days as a report does; nothing in October begins before it but a week's days."""
    ends = [f"{day.day} {day:%b}" for day in (window.first, window.last)]
    return f"{window.first:%a} {ends[0]}" if window.first == window.last else " – ".join(ends)


def said_windows(version: Version) -> dict[tuple[str, str], list[Any]]:
    """Return what stands under commitments: {(the clause's ref, the days): row}."""
    table = version.table("commitments")
    keys = (tuple(key.split(" ", 1)) for key in table["keys"])
    return dict(zip(keys, table["rows"], strict=True))


def counted(version: Version) -> list[Commitment]:
    return commitments(version.terms, version.contacts, version.report)


def wrong_windows(version: Version) -> list[str]:
    """Return every commitment and window of which the two say something else."""
    said = said_windows(version)
    ours = {
        (one.clause.ref, days(window)): (one, window) for one in counted(version) for window in one.windows
    }
    wrong = [f"one of them alone: {place}" for place in said.keys() ^ ours.keys()]
    for place in said.keys() & ours.keys():
        (one, window), row = ours[place], said[place]
        is_cut = row[3] != "–"
        numbers = [(window.everything, cell(row[2])), (window.without, cell(row[3]))]
        is_same = all(same(one.clause.metric, *pair) for pair in numbers) and is_cut == window.is_cut
        if not (is_same and row[4] == result(window, version.zone) and row[7] == str(one.clause.weight)):
            wrong.append(f"{place}: {row} and {window}")
    return wrong


# ---- what is promised ----


def it_is_the_same_of_every_commitment(version: Version) -> None:
    assert wrong_windows(version) == []


def it_keeps_as_many_commitments_and_as_much_of_their_weight(version: Version) -> None:
    good, judged, weight = kept(counted(version))
    note = version.table("commitments")["note"]
    assert note.startswith(f"{good} of {judged} commitments are kept.")
    assert weight is not None
    assert f"By weight: {float(100 * weight):.1f}%." in note
    assert 0 < good < judged


def it_says_when_something_was_missed_badly_or_could_not_be_measured(version: Version) -> None:
    """The played month has each result, or the comparison above would say little."""
    found = {window.verdict for one in counted(version) for window in one.windows}
    assert found == set(RESULTS)


def it_counts_by_opening_hours_where_a_target_does(version: Version) -> None:
    """Some are met and some missed, one of a queue and one over the odd day; by all hours they are others."""
    mine = [one for one in counted(version) if one.clause.counted == "business"]
    assert {one.verdict for one in mine} >= {"met", "missed"}
    assert any(len(one.clause.queues) == 1 and one.verdict == "missed" for one in mine)
    (odd,) = (one.windows[0] for one in mine if one.clause.window == "day")
    start, end = bounds(version.zone, odd.first, odd.last)
    assert end - start != 24 * 3600 * 10**6
    assert odd.everything is not None
    without = replace(version, lines=[line for line in version.lines if KIND not in line])
    assert len(wrong_windows(without)) > 4


def it_writes_each_window_by_the_time_that_its_target_counts(
    acme: BrandCard, transactional_db: None, tmp_path: Path
) -> None:
    version, path = made(acme)[0], tmp_path / "log.jsonl"
    path.write_text("\n".join(version.lines))
    asked = ["--zone", version.zone, "--from", f"{FIRST}", "--to", f"{LAST}"]
    at = ["--at", version.document["issued"]["at"]]
    run = [sys.executable, "-S", "-m", "tests.checker", str(path), *asked, *at]
    out = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = list(said(counted(version)))
    assert [line for line in out if line.startswith("TARGET/")] == ours
    assert any(line.startswith("TARGET/ASA.QUEUE@1/business/2026-10-01/2026-10-31/") for line in ours)


def it_leaves_out_what_was_accepted_and_that_alone(version: Version) -> None:
    everybody = [one for one in version.contacts if one.counts]
    assert {one.state for one in version.terms.exclusions} >= {"accepted", "refused"}
    assert len(version.terms.without(everybody)) < len(everybody)
    wrong = {}
    for row in version.table("sides")["rows"]:
        for column, some in enumerate(sides(version, everybody), start=1):
            ours = figures(some, *version.within, among=everybody)[KEYS[row[0]]]
            if ours != cell(row[column]):
                wrong[row[0], column] = ours, cell(row[column])
    assert wrong == {}


KEYS = {
    "Service level": "SL.NEG@1", "Speed of answer": "ASA.QUEUE@1", "Offered": "OFF@1",
    "Answered": "ANS.ACCEPT@1", "Abandoned": "ABN@1", "Handle time": "AHT.ELAPSED@1",
    "Callbacks kept": "CB.KEPT@1",
}  # fmt: skip


def sides(version: Version, everybody: list[Contact]) -> list[list[Contact]]:
    """Every contact; without what was accepted; without all that is not refused."""
    terms = version.terms
    return [everybody, terms.without(everybody), terms.without(everybody, "accepted", "proposed")]


def it_says_which_times_and_what_became_of_them(version: Version) -> None:
    start, end = version.within
    ours = sorted(
        (one.start // 60_000_000, one.end // 60_000_000, one.state.capitalize())
        for one in version.terms.exclusions
        if one.start < end and start < one.end
    )
    said = sorted(
        (*(micros(datetime.fromisoformat(at)) // 60_000_000 for at in row[1:3]), row[3])
        for row in version.table("exclusions")["rows"]
    )
    assert said == ours
    assert len(said) == 5


def it_says_what_the_restatement_changed(acme: BrandCard, globex: BrandCard, transactional_db: None) -> None:
    for card in (acme, globex):
        one, two = made(card)
        waiting = [[one.state for one in each.terms.exclusions].count("proposed") for each in (one, two)]
        assert waiting == [1, 0]
        some, fewer = (each.terms.without(each.contacts) for each in (one, two))
        assert len(fewer) < len(some)


# ---- where it was missed ----


def it_finds_the_hours_that_add_most_to_a_miss(version: Version) -> None:
    """Of every target whose parts can be added up: the same three hours of a queue, with the same figures."""
    sentences = {one["ref"]: one["sentence"] for one in version.document["clauses"]}
    rows: dict[str, list[list[Any]]] = {}
    for row in version.table("reasons")["rows"]:
        rows.setdefault(row[0], []).append(row)
    left, names = version.terms.without(version.contacts), {pk: name for name, pk in version.queues.items()}
    seen = 0
    for one in counted(version):
        if one.clause.metric in SHARED_BY and one.verdict in {"missed", "under"}:
            ours = [
                [hour(miss.start, version.zone), names[miss.queue], miss.figure]
                for miss in missed_most(one, left, version.report)
            ]
            said = [[*row[1:3], cell(row[3])] for row in rows[sentences[one.clause.ref]]]
            assert ours == said, one.clause
            seen += 1
    assert seen > 4


def hour(start: int, zone: str) -> str:
    """Say an hour as a report does, by the clock on the wall."""
    ends = [datetime.fromtimestamp(start // 10**6 + more, ZoneInfo(zone)) for more in (0, 3600)]
    return f"{ends[0]:%a} {ends[0].day} {ends[0]:%b}, {ends[0]:%H:%M}–{ends[1]:%H:%M}"


# ---- the forecast ----


def it_finds_the_same_overruns(version: Version) -> None:
    found = overruns(cells(version.terms, version.contacts, version.report))
    assert frozenset(found) == version.overruns
    assert len({one.number for one in found}) == 2, "of both versions that count"


def it_is_as_far_from_the_forecast(version: Version) -> None:
    assert accuracy(cells(version.terms, version.contacts, version.report)) == version.accuracy


def it_does_not_count_a_forecast_that_came_when_the_month_was_fixed(version: Version) -> None:
    said = {day.number for day in version.terms.forecast}
    counts = {one.number for one in cells(version.terms, version.contacts, version.report)}
    assert (said, counts) == ({1, 2, 3}, {1, 2})


# ---- the rest of the document ----


def it_is_the_same_in_each_channel(version: Version) -> None:
    table, contacts = version.table("channels"), of_the_month(version)
    said = {row[0]: numbers(table, row) for row in table["rows"]}
    found = {CHANNELS[channel]: some for channel, some in by_channel(contacts)}
    assert said.keys() == found.keys()
    for name, some in found.items():
        assert differences(figures(some, *version.within), said[name]) == {}


def it_is_the_same_of_each_agent(version: Version) -> None:
    """A contact that was handed over counts with who had it last."""
    table, found = version.table("agents"), dict(by_agent(of_the_month(version)))
    assert len(table["rows"]) == len(version.agents) == len(found) == 4
    for number, (agent, row) in enumerate(zip(version.agents, table["rows"], strict=True), start=1):
        assert row[0] == f"Agent {number}"
        assert differences(figures(found[agent], *version.within), numbers(table, row)) == {}


def of_the_month(version: Version) -> list[Contact]:
    start, end = version.within
    return [one for one in version.contacts if one.counts and start <= one.at < end]


def it_draws_the_same_bars(version: Version) -> None:
    contacts, said = version.contacts, version.document["chart"]["bars"]
    assert len(said) == 31
    for n, one in enumerate(said):
        day = FIRST + timedelta(days=n)
        drawn = Bar(one["in_target"], one["late"], one["abandoned"], one["waiting"])
        assert bar(contacts, *bounds(version.zone, day, day)) == drawn, day


def it_leads_from_one_formula_to_the_other_by_the_same_contacts(version: Version) -> None:
    """Each part's count, and what it moves above and below adds up to the other formula."""
    contacts, keys = version.contacts, []
    for one in version.document["sections"]:
        if one["id"].startswith("reconciliation-"):
            names = re.fullmatch(r"Over (?:all queues|queue (.*))\.", one["note"])
            assert names, one["note"]
            queues = {version.queues[names[1]]} if names[1] else set(version.queues.values())
            mine = [contact for contact in contacts if contact.queue in queues]
            keys.append(one["title"].split()[0])
            assert wrong_parts(one["rows"], mine, version.within, version.report.hours) == [], one["title"]
    assert len(keys) > 10
    assert set(keys) == {"SL.NEG@1", "SL.NEG@1/business"}, "by the clock on the wall, and by opening hours"


def wrong_parts(
    rows: Sequence[Any], contacts: list[Contact], within: tuple[int, int], hours: Mapping[int, Hours]
) -> list[Any]:
    begins, *between, ends = rows
    by_hours = key_in(begins).endswith("/business")
    counts = parts(on_hours(contacts, hours) if by_hours else contacts, *within)
    levels = business(contacts, hours, *within) if by_hours else figures(contacts, *within)
    wrong = [row for row in between if counts[row[0]] != int(row[1]["n"])]
    for column in (2, 3):
        moved = sum(int(row[column]["n"]) for row in between)
        if int(begins[column]["n"]) + moved != int(ends[column]["n"]):
            wrong.append((column, begins, ends))
    for row in (begins, ends):
        if levels[key_in(row)] != exact(row[4]["n"], "percent"):
            wrong.append(row)
    return wrong


def key_in(row: Sequence[Any]) -> str:
    """Return the key that stands behind a number's name."""
    return str(row[0].rpartition("(")[2].rstrip(")"))


def it_compares_with_the_same_period_before(version: Version) -> None:
    """What a tile says of the month before stands in words, as it reads there."""
    before = figures(version.contacts, *bounds(version.zone, date(2026, 9, 1), date(2026, 9, 30)))
    for tile in version.document["tiles"]:
        number = before[tile["key"]]
        said = re.search(r"\((.*)\)", tile["before"])
        expected = None if number is None else as_it_reads(number, tile["unit"])
        assert (said[1] if said else None) == expected, tile


def as_it_reads(number: Fraction, unit: str) -> str:
    if unit == "percent":
        return f"{float(100 * number):.1f}%"
    if unit == "count":
        return str(number)
    minutes, seconds = divmod(round(number), 60)
    return f"{minutes}:{seconds:02}"


# ---- that an error would be seen ----


def it_stands_in_the_log_as_it_stands_beside_it(version: Version) -> None:
    assert unlike_the_log(version.lines) == []
    another = changed(version, "agreed.clause", harder)
    assert len(unlike_the_log(another.lines)) == 1
    assert len(unlike_the_log(changed(version, "agreed.exclusion", refuse).lines)) == 1


def changed(version: Version, kind: str, change: Callable[[dict[str, Any]], None]) -> Version:
    """Let the first line of the kind that it changes say something else; of events, one in the month."""
    lines = list(version.lines)
    for n, text in enumerate(lines):
        line = json.loads(text)
        if line["kind"] == kind and (line["interaction_ref"] is None or line["occurred_at"] > f"{SECOND}"):
            change(line["data"])
            if json.loads(text) != line:
                lines[n] = json.dumps(line)
                return replace(version, lines=lines)
    raise AssertionError(kind)


def refuse(data: dict[str, Any]) -> None:
    if data["state"] == "accepted" and data["cause"] != "overrun":
        data["state"] = "refused"


def accept(data: dict[str, Any]) -> None:
    if data["state"] == "refused":
        data["state"] = "accepted"


def spam(data: dict[str, Any]) -> None:
    if data["outcome"] == "solved":
        data["not_a_contact"] = True


def always_open(data: dict[str, Any]) -> None:
    data["week"] = None


def harder(data: dict[str, Any]) -> None:
    if (data["metric"], data["window"]) == ("ABN.RATE@1", "month"):
        data["target"] = "0"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("agreed.exclusion", refuse), ("agreed.exclusion", accept), ("agreed.clause", harder),
        ("interaction.closed", spam), ("queue.hours", always_open),
    ],
)  # fmt: skip
def it_would_see_one_line_that_says_something_else(
    acme: BrandCard, globex: BrandCard, transactional_db: None, kind: str, change: Any
) -> None:
    for card in (acme, globex):
        assert wrong_windows(changed(made(card)[0], kind, change)) != []


def it_would_see_one_number_that_is_another(acme: BrandCard, transactional_db: None) -> None:
    version = made(acme)[0]
    document = json.loads(json.dumps(version.document))
    table = next(one for one in document["sections"] if one["id"] == "commitments")
    row = next(row for row in table["rows"] if row[3] != "–" and row[3]["n"])
    row[3]["n"] = str(Fraction(row[3]["n"]) + Fraction(1, 10**6))
    assert len(wrong_windows(replace(version, document=document))) == 1


def it_would_see_a_forecast_that_says_one_hundredth_more(acme: BrandCard, transactional_db: None) -> None:
    version = made(acme)[0]

    def more(data: dict[str, Any]) -> None:
        if data["day"] == f"{LAST}" and data["minutes"] == 60 and 90 in data["contacts"]:
            data["contacts"][data["contacts"].index(90)] += 1

    another = changed(version, "agreed.forecast_day", more)
    assert accuracy(cells(another.terms, another.contacts, another.report)) != version.accuracy
