"""Issued reports: what was frozen stays to the byte, whatever becomes of what it was made from."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from io import BytesIO
from threading import Thread
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import openpyxl
import psycopg
import pypdf
import pytest
from django.db import ProgrammingError, connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

import tenants.locks
from core.errors import NotFound
from crm.models import Contact
from events.models import Event
from interactions.actions import save_calendar, save_queue, use_calendars
from interactions.models import Queue
from reporting import actions, catalogue
from reporting.actions import agreeing, roll_next
from reporting.actions.issuing import NotIssued, again, issue_report, restate_report
from reporting.choices import AgentNames, FileForm, Span
from reporting.commitments import commitments
from reporting.issued import document as documents
from reporting.issued import making, ready
from reporting.issued.diff import Changes, changes
from reporting.issued.document import Asked
from reporting.issued.kept import Issued, file_of, get_issued, newest
from reporting.issued.models import IssuedReport
from reporting.issued.page import body
from reporting.issued.values import Section, canonical, exact, text_of
from reporting.periods import of_calendar
from tenants.cards import BrandCard, card_by_id
from tenants.locks import Busy, TookLong
from tenants.models import AuditRow, Brand
from tenants.roles import owner_scope
from tenants.scope import tenant_scope
from tests.database import boss_url
from tests.factories import TESTS
from tests.portal import test_report as portal
from tests.portal.test_report import contact
from tests.routing.test_leaving_kill import until

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday
TUESDAY = date(2026, 11, 17)
NINE = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)  # in Stockholm
FORMS = tuple(FileForm)
NAMES = {77: "Ada B."}


def asked(card: BrandCard, *, span: Span = Span.DAY, on: date = TUESDAY, **more: Any) -> Asked:
    values: dict[str, Any] = {
        "brand": card, "period": of_calendar(span, on), "zone": ZoneInfo(card.timezone), "language": "en",
        "agents": AgentNames.ALIAS, "names": NAMES,
    }  # fmt: skip
    return Asked(**(values | more))


def read(card: BrandCard) -> None:
    """Bring the roll-ups up to the log; what the open transaction of a test wrote becomes an older one's."""
    with owner_scope(card.schema_name), connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET era = 0 WHERE era <> 0")
    with tenant_scope(card, TESTS):
        while roll_next():
            pass


def issue(card: BrandCard, *, now: datetime = NOW, key: UUID | None = None, **more: Any) -> Issued:
    read(card)
    with tenant_scope(card, TESTS):
        return issue_report(
            asked(card, **more), key=key or uuid4(), shown="Olu Park", actor="user:1", now=now
        )


def restate(
    card: BrandCard, old: Issued, *, note: str = "A late file", names: dict[int, str] = NAMES, **more: Any
) -> Issued:
    read(card)
    values: dict[str, Any] = {"key": uuid4(), "shown": "Olu Park", "actor": "user:1", "now": NOW} | more
    with tenant_scope(card, TESTS):
        return restate_report(old.ref, again(old, asked(card, note=note, names=names)), **values)


def files(card: BrandCard, one: Issued) -> dict[str, bytes]:
    def enter() -> Any:
        return tenant_scope(card, TESTS)

    return {form: file_of(one, form, enter=enter, now=NOW).content for form in FORMS}


def fonts_of(page: Any) -> list[Any]:
    return [one.get_object() for one in page["/Resources"]["/Font"].get_object().values()]


def found(card: BrandCard, ref: UUID) -> Issued:
    with tenant_scope(card, TESTS):
        return get_issued(ref)


def table(one: Issued, id: str) -> Section:
    found: Section = next(each for each in one.document["sections"] if each["id"] == id)
    return found


def texts(one: Issued, id: str) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table(one, id)["rows"]]


def tile(one: Issued, key: str) -> dict[str, Any]:
    return next(each for each in one.document["tiles"] if each["key"] == key)


@pytest.fixture
def day(acme: BrandCard) -> BrandCard:
    """Three contacts of Tuesday: in time, late, left; and one of the day after."""
    contact(acme, at=NINE)
    contact(acme, at=NINE + timedelta(hours=1), answered=90)
    contact(acme, at=NINE + timedelta(hours=2), answered=None)
    contact(acme, at=NINE + timedelta(hours=3), is_test=True)
    contact(acme, at=NOW - timedelta(hours=1))
    return acme


class DescribeIssuing:
    def it_freezes_what_the_report_says(self, day: BrandCard, globex: BrandCard) -> None:
        contact(globex, at=NINE)
        key = uuid4()
        one = issue(day, key=key)
        assert (one.version, one.first, one.last, one.zone) == (1, TUESDAY, TUESDAY, "Europe/Stockholm")
        assert one.digest == sha256(one.text.encode()).hexdigest()
        assert tile(one, "SL.NEG@1") | {"before": ""} == {
            "name": "Service level", "key": "SL.NEG@1", "unit": "percent", "t": "33.3", "mark": "%",
            "n": "100/3", "detail": "1 of 3", "before": "",
        }  # fmt: skip
        assert texts(one, "queues")[0][:4] == ["Orders", "3", "2", "1"]
        assert texts(one, "channels")[0][:2] == ["Web chat", "3"]
        assert texts(one, "agents") == [["Ada B.", "2", "50.0%", "0:52", "4:22"]]
        assert one.document["period"]["start"] == "2026-11-17T00:00:00+01:00"
        assert issue(day, key=key) == one, "the same key is the same report"
        with tenant_scope(globex, TESTS):
            assert not IssuedReport.objects.exists()
            with pytest.raises(NotFound):
                get_issued(one.ref)

    def it_is_written_down_once(self, day: BrandCard) -> None:
        one = issue(day)
        row = AuditRow.objects.get(verb="report.issued", brand_id=day.id)
        assert (row.actor, row.object, row.diff) == ("user:1", "day 2026-11-17 v1", {"digest": one.digest})
        with tenant_scope(day, TESTS):
            event = Event.objects.get(kind="report.issued")
        assert event.data["digest"] == one.digest
        assert (event.v, event.data["first"], event.data["version"]) == (1, "2026-11-17", 1)
        with pytest.raises(NotIssued, match="issued already"):
            issue(day)

    def it_waits_until_the_period_is_over(self, day: BrandCard) -> None:
        midnight = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
        for now in (midnight - timedelta(seconds=1), midnight + timedelta(minutes=9)):
            with pytest.raises(NotIssued, match="not over.*18 Nov 2026, 00:10 .Europe/Stockholm."):
                issue(day, now=now)

    def it_counts_what_the_roll_ups_have_not_read(self, day: BrandCard) -> None:
        read(day)
        contact(day, at=NINE + timedelta(hours=4))
        with tenant_scope(day, TESTS):
            one = issue_report(asked(day), key=uuid4(), shown="Olu Park", actor="user:1", now=NOW)
        for id in ("queues", "channels"):
            assert texts(one, id)[0][1:3] == ["4", "3"]
        assert texts(one, "agents")[0][1] == "3"
        with pytest.raises(NotIssued, match="No number has changed"):
            restate(day, one)

    def it_says_so_while_the_roll_ups_are_far_behind(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ready, "MOST_UNREAD", 1)
        with tenant_scope(day, TESTS), pytest.raises(NotIssued, match="still being counted"):
            issue_report(asked(day), key=uuid4(), shown="Olu Park", actor="user:1", now=NOW)
        assert issue(day).version == 1

    def it_is_not_held_up_by_today(self, day: BrandCard) -> None:
        read(day)
        contact(day, at=NOW)
        with tenant_scope(day, TESTS):
            issue_report(asked(day), key=uuid4(), shown="Olu Park", actor="user:1", now=NOW)

    def it_says_so_of_an_empty_period(self, acme: BrandCard) -> None:
        one = issue(acme)
        assert one.document["verdict"] == "No customer has written in this period."
        assert tile(one, "SL.NEG@1")["n"] is None
        assert {cell for row in texts(one, "intervals") for cell in row[5:]} == {"–"}, "nothing is not zero"
        assert len(files(acme, one)[FileForm.PDF]) > 1000

    def it_refuses_what_nobody_can_read(self, day: BrandCard) -> None:
        wrongs: list[dict[str, Any]] = [{"language": "xx"}, {"note": "x" * 301}]
        for wrong in wrongs:
            with pytest.raises(NotIssued):
                issue(day, **wrong)

    def it_is_in_the_clients_language(self, day: BrandCard) -> None:
        with translation.override("en"):
            one = issue(day, language="sv")
        assert one.document["issued"]["language"] == "sv"
        assert texts(one, "queues")[-1][0] == "Alla köer"
        assert one.document["verdict"].startswith("33,3\N{NO-BREAK SPACE}% fick svar i tid.")

    @pytest.mark.parametrize(
        ("on", "quarters", "offsets"),
        [(date(2026, 3, 29), 92, {"+01:00", "+02:00"}), (date(2026, 10, 25), 100, {"+01:00", "+02:00"})],
    )
    def it_has_every_quarter_of_a_day_that_is_no_24_hours(
        self, acme: BrandCard, on: date, quarters: int, offsets: set[str]
    ) -> None:
        one = issue(acme, on=on)
        rows = texts(one, "fine")
        assert len(rows) == quarters
        assert {row[0][-6:] for row in rows} == offsets

    def it_names_agents_as_it_was_asked_to(self, day: BrandCard) -> None:
        assert texts(issue(day, agents=AgentNames.NUMBER), "agents")[0][0] == "Agent 1"
        week = issue(day, agents=AgentNames.NONE, span=Span.WEEK, on=date(2026, 11, 9))
        assert "agents" not in {each["id"] for each in week.document["sections"]}

    def it_tells_agents_apart_by_numbers_of_its_own(self, day: BrandCard, globex: BrandCard) -> None:
        """The same person works for both: nothing in the two reports says so."""
        contact(globex, at=NINE)
        for card in (day, globex):
            one = issue(card)
            assert table(one, "agents")["keys"] == ["1"]
            assert one.agent_ids == (77,)
            assert '"77"' not in one.text

    def it_says_what_was_promised_as_it_was_when_the_period_ended(self, day: BrandCard) -> None:
        promise(day)
        promise(day, window="month", metric="ABN.RATE@1", target=Decimal(5))
        one = issue(day)
        contact(day, at=NOW - timedelta(minutes=30), answered=None)
        rows = [[row[1], row[2], row[4]] for row in texts(one, "commitments")]
        assert rows == [
            ["1 Nov – 30 Nov", "33.3%", "Missed so far"], ["Tue 17 Nov", "33.3%", "Missed"],
        ]  # fmt: skip
        with pytest.raises(NotIssued, match="No number has changed"):
            restate(day, one)

    def it_says_from_when_a_number_is_final(self, day: BrandCard) -> None:
        promise(day, metric="FCR.REPEAT.7D@1")
        [row] = texts(issue(day), "commitments")
        assert row[4].endswith("so far, open until 25 November 2026, 00:00 (Europe/Stockholm)")

    def it_holds_nothing_of_a_customer(self, day: BrandCard) -> None:
        with tenant_scope(day, TESTS):
            Contact.objects.update(name="Maya Lindqvist")
        one = issue(day)
        assert "Maya" not in one.text
        assert "Hello" not in one.text


class DescribeAFrozenReport:
    def it_cannot_be_changed_or_taken_away(self, day: BrandCard) -> None:
        one = issue(day)
        files(day, one)
        for table_of in ("reporting_issuedreport", "reporting_issuedfile"):
            for change in (f"UPDATE {table_of} SET digest = ''", f"DELETE FROM {table_of}"):
                with (
                    tenant_scope(day, TESTS),
                    pytest.raises(ProgrammingError, match="permission denied"),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(change)

    def it_is_the_same_to_the_byte_whatever_happens(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        promise(day, metric="SL.SHORTEXCL@1")
        one = issue(day)
        before, page = files(day, one), body(one.document, digest=one.digest)
        Brand.objects.filter(pk=day.id).update(name="Southwind", hue=20, logo="other.svg", timezone="UTC")
        monkeypatch.setitem(vars(catalogue.SERVICE_LEVEL), "tops", catalogue.ANSWERED.tops)
        with tenant_scope(day, TESTS):
            save_queue(name="Orders and more")
            Contact.objects.update(name="erased")
        contact(day, at=NINE + timedelta(hours=5))
        read(day)
        monkeypatch.setattr(documents, "ZoneInfo", None)
        monkeypatch.setattr(making, "MAKERS", {})
        with translation.override("sv"):
            again_found = found(card_by_id(day.id) or day, one.ref)
            assert files(day, again_found) == before
            assert body(again_found.document, digest=again_found.digest) == page

    def it_makes_equal_files_from_the_document_alone(self, day: BrandCard) -> None:
        one = issue(day)
        kept = files(day, one)
        for form in (FileForm.PDF, FileForm.XLSX, FileForm.CSV):
            content, maker = making.MAKERS[form](json.loads(one.text), one.digest)
            assert content == kept[form], maker

    def it_is_an_accessible_pdf(self, day: BrandCard) -> None:
        one = issue(day)
        content = files(day, one)[FileForm.PDF]
        pdf = pypdf.PdfReader(BytesIO(content))
        root: Any = pdf.trailer["/Root"]
        assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en")
        assert b"pdfuaid" in content
        text = " ".join(page.extract_text() for page in pdf.pages)
        assert "Acme" in text
        assert "33.3%" in text
        assert one.digest in text.replace("\n", "")
        assert pdf.metadata
        assert pdf.metadata.title == one.document["title"]

    def it_is_set_in_the_font_that_comes_with_it(self, day: BrandCard) -> None:
        pdf = pypdf.PdfReader(BytesIO(files(day, issue(day))[FileForm.PDF]))
        fonts = [str(one["/BaseFont"]) for page in pdf.pages for one in fonts_of(page)]
        assert fonts
        assert {"SourceSansPro" in name for name in fonts} == {True}

    def it_is_a_pdf_whatever_letters_a_name_has(self, day: BrandCard) -> None:
        one = issue(replace(day, name="\U00013000 ﷽ 漢字 <b>#let x</b>"))
        assert files(day, one)[FileForm.PDF].startswith(b"%PDF")

    def it_is_a_spreadsheet_of_numbers(self, day: BrandCard) -> None:
        book = openpyxl.load_workbook(BytesIO(files(day, issue(day))[FileForm.XLSX]))
        level, row = book["Queues"]["F2"], [cell.value for cell in book["Queues"][2]]
        assert row[:5] == ["Orders", 3, 2, 1, 0]
        assert level.number_format == "0.0%"
        assert level.value == pytest.approx(1 / 3)
        assert book["Intervals"].max_row == 97

    def it_is_a_csv_that_no_program_takes_for_a_formula(self, acme: BrandCard) -> None:
        contact(acme, at=NINE)
        with tenant_scope(acme, TESTS):
            Queue.objects.update(name="=HYPERLINK(1)")
        text = files(acme, issue(acme))[FileForm.CSV].decode()
        assert "'=HYPERLINK(1)" in text
        assert re.search(r"^2026-11-17 09:00\+01:00,2026-11-17 09:15\+01:00,1,1,0,0,100.0,", text, re.M)


class DescribeRestating:
    def it_is_a_new_version_with_what_changed(self, day: BrandCard) -> None:
        one = issue(day)
        before = files(day, one)
        contact(day, at=NINE + timedelta(hours=5))
        key = uuid4()
        two = restate(day, one, key=key)
        assert (two.version, two.restates, two.note) == (2, one.ref, "A late file")
        assert found(day, one.ref).newer == two.ref
        assert files(day, one) == before
        said = {(line.table, line.column): line for line in changed(day, one, two).lines}
        assert (said["Figures", "SL.NEG@1"].before, said["Figures", "SL.NEG@1"].after) == ("33.3%", "50.0%")
        assert said["Figures", "SL.NEG@1"].by == "+16.7 points"
        assert said["Queues", "Offered"].by == "+1"
        assert restate(day, one, key=key) == two
        with tenant_scope(day, TESTS):
            assert [row.version for row in newest()] == [2]
            assert Event.objects.get(kind="report.restated").data["restates"] == str(one.ref)
        assert AuditRow.objects.get(verb="report.restated", brand_id=day.id).reason == "A late file"

    def it_wants_a_reason_and_another_number(self, day: BrandCard) -> None:
        one = issue(day)
        with pytest.raises(NotIssued, match="No number has changed"):
            restate(day, one)
        contact(day, at=NINE + timedelta(hours=5))
        with pytest.raises(NotIssued, match="Say why"):
            restate(day, one, note="")
        two = restate(day, one)
        with pytest.raises(NotIssued, match="restated already"):
            restate(day, one)
        contact(day, at=NINE + timedelta(hours=6))
        assert restate(day, two).version == 3

    def it_is_not_made_for_new_names_alone(self, day: BrandCard) -> None:
        one = issue(day)
        with tenant_scope(day, TESTS):
            Queue.objects.update(name="Orders and more")
        with pytest.raises(NotIssued, match="No number has changed"):
            restate(day, one, names={77: "Ada Bell"})

    def it_keeps_days_zone_and_language(self, day: BrandCard) -> None:
        one = issue(day, language="sv", agents=AgentNames.NUMBER)
        contact(day, at=NINE + timedelta(hours=5))
        two = restate(replace(day, timezone="Australia/Adelaide"), one)
        assert (two.zone, two.language, two.first) == ("Europe/Stockholm", "sv", TUESDAY)
        assert texts(two, "agents")[0][0] == "Agent 1"

    def it_keeps_the_numbers_of_agents(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        one = issue(day, agents=AgentNames.NUMBER)
        monkeypatch.setattr(portal, "ADA", [5])
        contact(day, at=NINE + timedelta(hours=5))
        two = restate(day, one)
        assert [row[:2] for row in texts(two, "agents")] == [["Agent 1", "2"], ["Agent 2", "1"]]
        assert {line.row for line in changed(day, one, two).lines if line.table == "Agents"} == {"Agent 2"}
        monkeypatch.setattr(portal, "ADA", [77])
        contact(day, at=NINE + timedelta(hours=6))
        assert [row[:2] for row in texts(restate(day, two), "agents")] == [["Agent 1", "3"], ["Agent 2", "1"]]

    def it_is_of_this_brand(self, day: BrandCard, globex: BrandCard) -> None:
        one = issue(day)
        with pytest.raises(NotFound):
            restate(globex, one)


def as_before_numbers(card: BrandCard, one: Issued, ids: dict[str, str]) -> Issued:
    """As it would stand if it had been issued before agents had numbers: their rows' keys were `ids`."""
    old = json.loads(one.text)
    [agents] = [each for each in old["sections"] if each["id"] == "agents"]
    agents["keys"] = [ids[key] for key in agents["keys"]]
    change = "UPDATE reporting_issuedreport SET document = %s, agent_ids = '{}' WHERE ref = %s"
    with owner_scope(card.schema_name), connection.cursor() as cursor:
        cursor.execute(change, [canonical(old), one.ref])
    return found(card, one.ref)


class DescribeRestatingWhatHadNoNumbers:
    @pytest.fixture(autouse=True)
    def of_two(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(portal, "ADA", [5])
        contact(day, at=NINE + timedelta(hours=5))

    def it_knows_agents_by_what_their_rows_said(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = as_before_numbers(day, issue(day), {"1": "5", "2": "77"})
        assert one.agent_ids == (77, 5)  # in the order of its rows: Ada B., Somebody
        monkeypatch.setattr(portal, "ADA", [3])
        contact(day, at=NINE + timedelta(hours=6))
        two = restate(day, one)
        assert two.agent_ids == (77, 5, 3)
        told = changed(day, one, two)
        assert told.untold == ()
        moved = {(line.row, line.before) for line in told.lines if line.table == "Agents"}
        assert moved == {("Somebody", "")}

    def it_says_nothing_of_who_may_be_somebody_else_now(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = as_before_numbers(day, issue(day, agents=AgentNames.NUMBER), {"1": "1", "2": "2"})
        assert one.agent_ids == ()
        monkeypatch.setattr(portal, "ADA", [3])
        contact(day, at=NINE + timedelta(hours=6))
        told = changed(day, one, restate(day, one))
        assert told.untold == ("Agents",)
        assert told.lines
        assert "Agents" not in {line.table for line in told.lines}
        assert "does not say who is who" in render_to_string("elements/changes.html", {"of": told})


def changed(card: BrandCard, one: Issued, two: Issued) -> Changes:
    return changes(found(card, one.ref).document, found(card, two.ref).document)


def promise(card: BrandCard, **more: Any) -> None:
    values: dict[str, Any] = {
        "key": uuid4(), "metric": "SL.NEG@1", "counted": "elapsed", "window": "day", "queue_ids": [],
        "target": Decimal(80), "minimum": None, "weight": 1, "from_date": date(2026, 11, 1),
        "shown": "Olu Park", "zone": STOCKHOLM, "actor": "user:1",
        "now": datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
    }  # fmt: skip
    with tenant_scope(card, TESTS):
        actions.add_clause(**(values | more))


def keep_office_hours(card: BrandCard) -> None:
    more: dict[str, Any] = {"actor": "user:1", "now": datetime(2026, 11, 1, 9, 0, tzinfo=UTC)}
    with tenant_scope(card, TESTS):
        week = [(day, 480, 1020) for day in range(5)]
        office = save_calendar(
            name="Office", zone=card.timezone, week=week, country="", subdivision="", **more
        )
        use_calendars({Queue.objects.order_by("pk")[0].ref: office.ref}, **more)


class DescribeTwoFormulas:
    def it_counts_what_makes_the_difference(self, day: BrandCard) -> None:
        promise(day, metric="SL.ANS@1")
        promise(day, metric="SL.NEG@1")
        one = issue(day)
        assert [each["id"] for each in one.document["sections"]].count("reconciliation-1") == 1
        assert texts(one, "reconciliation-1") == [
            ["Service level (SL.NEG@1)", "", "1", "3", "33.3%"],
            ["abandoned", "1", "±0", "−1", ""],
            ["Service level of the answered (SL.ANS@1)", "", "1", "2", "50.0%"],
        ]

    @pytest.mark.parametrize("key", [one.key for one in catalogue.LEVELS if ".REPLY" not in one.key][1:])
    def it_adds_up_for_every_variant(self, day: BrandCard, key: str) -> None:
        promise(day, metric=key)
        rows = table(issue(day), "reconciliation-1")["rows"]
        for column in (2, 3):
            numbers = [exact(row[column]) or Fraction(0) for row in rows]
            assert sum(numbers[:-1]) == numbers[-1]

    def it_says_at_each_number_that_opening_hours_count(self, day: BrandCard) -> None:
        """A table by all hours and one by opening hours: nobody takes one for the other."""
        keep_office_hours(day)
        promise(day, metric="SL.ANS@1")
        promise(day, metric="SL.ANS@1", counted="business")
        one = issue(day)
        said = {
            each["title"]: (text_of(each["rows"][0][0]), text_of(each["rows"][-1][0]))
            for each in one.document["sections"]
            if each["id"].startswith("reconciliation-")
        }
        assert said == {
            f"SL.NEG@1{time} and SL.ANS@1{time} side by side": (
                f"Service level (SL.NEG@1{time})",
                f"Service level of the answered (SL.ANS@1{time})",
            )
            for time in ("", "/business")
        }
        assert {row[5] for row in texts(one, "commitments")} == {"SL.ANS@1", "SL.ANS@1/business"}


@pytest.mark.django_db(transaction=True)
class DescribeItsOneLook:
    """Others write while it is added up: nothing of that is in it, and nothing stands against it."""

    def it_is_of_one_instant(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        def writes() -> None:
            contact(day, at=NINE + timedelta(hours=4))
            read(day)

        one = meanwhile(monkeypatch, lambda: at_once(writes), lambda: issue(day))
        assert [texts(one, id)[0][1] for id in ("queues", "channels")] == ["3", "3"]
        assert tile(one, "SL.NEG@1")["detail"] == "1 of 3"
        two = restate(day, one)
        assert [texts(two, id)[0][1] for id in ("queues", "channels")] == ["4", "4"]

    def it_lets_nobody_agree_anything(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tenants.locks, "PATIENCE", "20s")
        promising = Thread(target=at_once, args=[lambda: promise(day)])

        def agrees() -> None:
            promising.start()
            until(lambda: locks("NOT granted") == 1)

        one = meanwhile(monkeypatch, agrees, lambda: issue(day))
        promising.join()
        assert one.document["clauses"] == []
        with tenant_scope(day, TESTS):
            kinds = Event.objects.filter(interaction_ref=None).order_by("pk").values_list("kind", flat=True)
            assert list(kinds) == ["report.issued", "clause.added"]
        assert locks("pid = pg_backend_pid()") == 0

    def it_says_that_another_one_is_being_made(
        self, day: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tenants.locks, "PATIENCE", "20ms")
        with psycopg.connect(boss_url()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [agreeing.LOCK, day.id])
            with pytest.raises(Busy, match="try again in a minute"):
                issue(day)
            assert locks("pid = pg_backend_pid()") == 0
            assert issue(globex).version == 1
        assert issue(day).version == 1

    def it_says_that_a_statement_took_too_long(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        def sleeps() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '20ms'")
                cursor.execute("SELECT pg_sleep(600)")

        with pytest.raises(TookLong):
            meanwhile(monkeypatch, sleeps, lambda: issue(day))
        assert locks(f"classid = {agreeing.LOCK}") == 0
        assert issue(day).version == 1

    def it_says_that_it_was_given_up_between_two(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server ends the session of who computes for too long, and with it the lock."""

        def computes() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            with psycopg.connect(boss_url(), autocommit=True) as other:
                gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
                until(lambda: other.execute(gone, [pid]).fetchone() == (0,))

        with pytest.raises(TookLong):
            meanwhile(monkeypatch, computes, lambda: issue(day))
        assert locks(f"classid = {agreeing.LOCK}") == 0
        assert issue(day).version == 1


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, do: Callable[[], object], verb: Callable[[], Issued]
) -> Issued:
    """Run the verb, and `do` after the report has its figures and before it has its tables."""
    with monkeypatch.context() as patched:
        patched.setattr(documents, "commitments", lambda **asked: do() or commitments(**asked))
        return verb()


def at_once(work: Callable[[], object]) -> None:
    """Do it by a connection of its own."""

    def done() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(done).result()


def locks(which: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND {which}")
        return int(cursor.fetchone()[0])
