"""Issued reports reach people: once for each period and reader, whoever dies where; from no sandbox."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pypdf
import pytest

from accounts.actions import revoke_membership
from accounts.choices import Role
from core import clock
from core.errors import NotFound
from events.models import Event
from interactions.errors import Invalid
from reporting import tasks
from reporting.actions import links, sending
from reporting.actions.sending import Wanted, save_plan, send_mail_again, send_report
from reporting.choices import AgentNames, ChartPlace, FileForm, Span
from reporting.issued.kept import find_issued
from reporting.issued.models import IssuedFile, IssuedReport
from reporting.periods import Period, of_calendar
from reporting.sending import running
from reporting.sending.log import links_of, mails_of
from reporting.sending.models import PlanRun, ReportLink, ReportMail
from reporting.sending.plans import due, plan_of, plans_of
from reporting.sending.timing import due_at, due_since, next_due
from tenants.cards import BrandCard
from tenants.choices import BrandKind, BrandState
from tenants.mail import outbox
from tenants.mail.choices import MailState
from tenants.mail.errors import NotResendable
from tenants.mail.models import SystemMail
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.factories import TESTS, make_person
from tests.mail.conftest import Post, serving
from tests.portal.test_report import contact
from tests.reporting.test_issuing import NINE, issue, read, restate

pytestmark = pytest.mark.django_db
STOCKHOLM, ADELAIDE = ZoneInfo("Europe/Stockholm"), ZoneInfo("Australia/Adelaide")
MONDAY_NOON = datetime(2026, 11, 16, 11, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)  # of Wednesday in Stockholm
BY: dict[str, Any] = {"shown": "Olu Park", "actor": "user:1"}


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with serving(Post(), settings) as made:
        yield made


@pytest.fixture
def lena(acme: BrandCard) -> int:
    return make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm").user_id


@pytest.fixture
def day(acme: BrandCard) -> BrandCard:
    contact(acme, at=NINE)
    contact(acme, at=NINE + timedelta(hours=1), answered=90)
    return acme


def wanted(**more: Any) -> Wanted:
    values: dict[str, Any] = {
        "is_on": True, "hour": 8, "language": "en", "agents": AgentNames.ALIAS, "forms": ("pdf",),
        "chart": ChartPlace.INLINE, "user_ids": (), "addresses": ("board@example.test",),
    }  # fmt: skip
    return Wanted(**(values | more))


def plan(card: BrandCard, *, kind: Span = Span.DAY, now: datetime = MONDAY_NOON, **more: Any) -> None:
    with tenant_scope(card, TESTS):
        save_plan(card, kind, wanted(**more), now=now, **BY)


def run(card: BrandCard, now: datetime = EIGHT) -> int:
    read(card)
    return running.send_all(card, now=lambda: now)


def days_due(card: BrandCard, now: datetime) -> list[date]:
    return [period.first for _plan, period in due(card, plans_of(card, now=now), now=now)]


def sent(card: BrandCard) -> list[Any]:
    with tenant_scope(card, TESTS):
        return list(ReportMail.objects.order_by("pk").values_list("address", "report__first"))


def sent_of(card: BrandCard) -> list[Any]:
    """The periods that a plan has sent."""
    with tenant_scope(card, TESTS):
        return list(PlanRun.objects.values_list("first", flat=True))


def stop(card: BrandCard, address: str) -> None:
    """End the mails to it, by the link in its last one."""
    mail = SystemMail.objects.filter(to=address).order_by("-pk")[0]
    with tenant_scope(card, TESTS):
        links.stop_mails(link_in(mail.text), now=EIGHT)


def link_in(text: str) -> str:
    found = re.search(r"/r/([\w-]+)/\s", text)
    assert found
    return found[1]


class DescribeTheHour:
    @pytest.mark.parametrize(
        ("last", "hour", "zone", "due"),
        [
            (date(2026, 11, 17), 8, STOCKHOLM, "2026-11-18T07:00"),
            (date(2026, 11, 17), 8, ADELAIDE, "2026-11-17T21:30"),
            (
                date(2026, 3, 28),
                2,
                STOCKHOLM,
                "2026-03-29T01:00",
            ),  # 02:00 is skipped: 03:00, the next instant
            (date(2026, 10, 24), 2, STOCKHOLM, "2026-10-25T00:00"),  # 02:00 comes twice: the first
            (date(2026, 10, 3), 2, ADELAIDE, "2026-10-03T16:30"),
            (date(2026, 4, 4), 2, ADELAIDE, "2026-04-04T15:30"),
            (date(2026, 3, 28), 0, ZoneInfo("Asia/Beirut"), "2026-03-28T22:00"),  # midnight is skipped
        ],
    )
    def it_is_one_instant_on_every_day(self, last: date, hour: int, zone: ZoneInfo, due: str) -> None:
        assert due_at(of_calendar(Span.DAY, last), hour, zone).isoformat()[:16] == due

    @pytest.mark.parametrize("zone", [STOCKHOLM, ADELAIDE])
    @pytest.mark.parametrize("hour", [0, 2, 3, 23])
    def it_comes_once_for_each_day_of_a_year(self, zone: ZoneInfo, hour: int) -> None:
        since, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        found: list[date] = []
        at = since
        while at < now:
            then = next_due(Span.DAY, hour, zone, now=at)
            found += [one.first for one in due_since(Span.DAY, hour, zone, since=at, now=then)]
            at = then
        assert len(found) == len(set(found))
        assert found == sorted(found)
        assert len(found) in (365, 366)

    def it_is_of_weeks_and_months_too(self) -> None:
        week, month = of_calendar(Span.WEEK, date(2026, 11, 18)), of_calendar(Span.MONTH, date(2026, 11, 18))
        assert due_at(week, 8, STOCKHOLM) == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
        assert due_at(month, 8, STOCKHOLM) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


class DescribeAPlan:
    def it_sends_each_reader_one_mail(self, day: BrandCard, globex: BrandCard, lena: int, post: Post) -> None:
        plan(day, user_ids=(lena,), now=EIGHT - timedelta(hours=1))
        assert run(day, EIGHT - timedelta(seconds=1)) == 0
        assert run(day) == 1
        assert run(day) == 0
        assert run(day, EIGHT + timedelta(hours=5)) == 0
        assert run(globex) == 0
        who = ["board@example.test", "lena@example.test"]
        assert sorted(sent(day)) == [(one, date(2026, 11, 17)) for one in who]
        assert sent(globex) == []
        assert outbox.sweep(now=lambda: EIGHT) == 2
        assert sorted(str(one["To"]) for one in post.taken) == ["board@example.test", "lena@example.test"]
        with tenant_scope(day, TESTS):
            assert Event.objects.filter(kind="report.mailed").count() == 2
            assert IssuedReport.objects.get().issued_by == "system:reports"
        assert AuditRow.objects.filter(verb="report.mailed", brand_id=day.id).count() == 2

    def it_makes_missed_hours_up_and_doubles_none(self, day: BrandCard) -> None:
        plan(day)
        assert run(day, EIGHT + timedelta(days=2)) == 4
        assert [first.day for _to, first in sent(day)] == [16, 17, 18, 19]
        assert run(day, EIGHT + timedelta(days=2)) == 0

    def it_is_kept_back_by_no_older_ones_that_cannot_be_sent(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many these are: what comes through is counted, not what is tried."""
        monkeypatch.setattr(running, "AT_ONCE", 2)
        issue_due = sending.issue_due

        def fail_early(brand: BrandCard, plan: Any, period: Period, **more: Any) -> Any:
            if period.first < date(2026, 11, 19):
                raise RuntimeError("what nobody thought of")
            return issue_due(brand, plan, period, **more)

        monkeypatch.setattr(running, "issue_due", fail_early)
        plan(day)
        assert run(day, EIGHT + timedelta(days=3)) == 2
        assert [first.day for _to, first in sent(day)] == [19, 20]

    def it_tries_again_what_could_not_be_sent_and_not_for_ever(self, day: BrandCard) -> None:
        plan(day)
        run(day, EIGHT + timedelta(days=2))
        with tenant_scope(day, TESTS):
            PlanRun.objects.filter(first=date(2026, 11, 17)).delete()
            assert days_due(day, EIGHT + timedelta(days=2)) == [date(2026, 11, 17)]
            report = PlanRun.objects.first().report
            PlanRun.objects.create(kind="day", first=date(2026, 12, 31), report=report, ran_at=EIGHT)
            found = days_due(day, datetime(2027, 1, 2, 8, tzinfo=UTC))
        assert (found[0], found[-1]) == (date(2026, 11, 27), date(2027, 1, 1))
        assert date(2026, 12, 31) not in found

    def it_sends_nothing_of_before_it_was_on(self, day: BrandCard) -> None:
        plan(day, now=EIGHT)
        assert run(day) == 0
        plan(day, is_on=False, now=EIGHT)
        assert run(day, EIGHT + timedelta(days=1)) == 0
        plan(day, now=EIGHT + timedelta(days=2))
        assert run(day, EIGHT + timedelta(days=2)) == 0
        assert run(day, EIGHT + timedelta(days=3)) == 1

    def it_waits_until_the_period_is_over(self, day: BrandCard) -> None:
        plan(day, hour=0)
        midnight = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
        assert run(day, midnight) == 1, "Monday's"
        assert run(day, midnight + timedelta(minutes=10)) == 1, "Tuesday's, once it has settled"
        contact(day, at=NINE + timedelta(days=1))
        assert running.send_all(day, now=lambda: midnight + timedelta(days=1, hours=1)) == 1, "read or not"

    def it_sends_what_somebody_issued_before(self, day: BrandCard) -> None:
        one = issue(day)
        plan(day, now=EIGHT - timedelta(hours=1))
        assert run(day) == 1
        with tenant_scope(day, TESTS):
            assert ReportMail.objects.get().report.ref == one.ref
            assert IssuedReport.objects.count() == 1

    @pytest.mark.parametrize(
        ("state", "count"), [(BrandState.PAUSED, 2), (BrandState.ONBOARDING, 0), (BrandState.GONE, 0)]
    )
    def it_goes_on_while_a_client_is_paused(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch, state: BrandState, count: int
    ) -> None:
        monkeypatch.setattr(clock, "now", lambda: EIGHT)
        plan(day)
        read(day)
        Brand.objects.filter(pk=day.id).update(state=state)
        assert tasks.send_reports() == len(sent_of(day)) == count

    def it_sends_nothing_from_a_sandbox(self, day: BrandCard) -> None:
        plan(day)
        assert running.send_all(replace(day, kind=BrandKind.SANDBOX), now=lambda: EIGHT) == 0
        with pytest.raises(Invalid):
            plan(replace(day, kind=BrandKind.SANDBOX), hour=9)
        one = issue(day)
        with tenant_scope(day, TESTS), pytest.raises(Invalid):
            send_report(
                replace(day, kind=BrandKind.SANDBOX),
                one.ref,
                address="a@example.test",
                key=uuid4(),
                now=EIGHT,
                **BY,
            )

    def it_leaves_out_who_has_no_seat_any_more(self, day: BrandCard, lena: int) -> None:
        plan(day, user_ids=(lena,), now=EIGHT - timedelta(hours=1))
        revoke_membership(lena, role=Role.MANAGER, brand_id=day.id, actor="test", now=MONDAY_NOON)
        run(day)
        assert [to for to, _first in sent(day)] == ["board@example.test"]

    def it_sends_by_the_plan_as_it_is_when_the_mails_are_written(
        self, day: BrandCard, lena: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While files are made, one reader says stop and another one is taken off."""
        plan(day, user_ids=(lena,), addresses=("a@example.test", "b@example.test"), now=MONDAY_NOON)
        run(day, EIGHT - timedelta(days=1))
        token = link_in(SystemMail.objects.get(to="lena@example.test").text)

        def meanwhile(*_args: Any) -> None:
            plan(day, user_ids=(lena,), addresses=("b@example.test",))
            with tenant_scope(day, TESTS):
                links.stop_mails(token, now=EIGHT)

        monkeypatch.setattr(running, "_make_files", meanwhile)
        assert run(day) == 1
        assert [to for to, first in sent(day) if first.day == 17] == ["b@example.test"]

    def it_sends_nothing_once_it_is_off(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        plan(day, now=EIGHT - timedelta(hours=1))
        monkeypatch.setattr(running, "_make_files", lambda *_args: plan(day, is_on=False))
        assert run(day) == 0
        assert sent(day) == []

    def it_sends_an_address_one_mail(self, day: BrandCard, lena: int) -> None:
        addresses = ("lena@example.test", "board@example.test")
        plan(day, user_ids=(lena,), addresses=addresses, now=EIGHT - timedelta(hours=1))
        run(day)
        assert sorted(to for to, _first in sent(day)) == ["board@example.test", "lena@example.test"]
        stop(day, "lena@example.test")
        run(day, EIGHT + timedelta(days=1))
        assert [to for to, first in sent(day) if first.day == 18] == ["board@example.test"]

    def it_is_not_stopped_by_many_links(self, day: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        one = issue(day)
        monkeypatch.setattr(links, "MOST_GOOD", 1)
        with tenant_scope(day, TESTS):
            assert links.make_link(one.ref, key="hand:1", made_for="", now=EIGHT, **BY)
        plan(day, now=EIGHT - timedelta(hours=1))
        assert run(day) == 1
        with tenant_scope(day, TESTS), pytest.raises(links.NoLink):
            links.make_link(one.ref, key="hand:2", made_for="", now=EIGHT, **BY)

    def it_makes_the_files_when_the_report_is_issued(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(day, forms=(), now=EIGHT - timedelta(hours=1))
        monkeypatch.setattr(sending, "_mail_all", lambda *_args, **_more: 1 / 0)
        assert run(day) == 0
        with tenant_scope(day, TESTS):
            forms = sorted(IssuedFile.objects.values_list("form", flat=True))
        assert forms == ["csv", "pdf", "png", "xlsx"]

    def it_speaks_its_own_language(self, day: BrandCard, post: Post) -> None:
        plan(day, language="sv", forms=("xlsx",), now=EIGHT - timedelta(hours=1))
        run(day)
        with tenant_scope(day, TESTS):
            row = IssuedReport.objects.get()
        assert row.issued_shown == json.loads(row.document)["issued"]["by"] == "Enligt plan"
        assert "Kalkylblad" in SystemMail.objects.get().text

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"addresses": ("nobody",)}, "addresses"), ({"addresses": ()}, "user_ids"),
            ({"addresses": (f"{'a' * 290}@example.test",)}, "addresses"),
            ({"addresses": (f"a@{'ü' * 60}.test",)}, "addresses"),
            ({"addresses": ('"\x0b"@example.test',)}, "addresses"),
            ({"hour": 24}, "hour"),
            ({"language": "xx"}, "language"), ({"forms": ("exe",)}, "attached"),
            ({"user_ids": (987654,)}, "user_ids"),
        ],
    )  # fmt: skip
    def it_refuses_what_nobody_can_mean(self, acme: BrandCard, more: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refused:
            plan(acme, **more)
        assert field in refused.value.errors

    def it_is_for_people_of_this_client(self, globex: BrandCard, lena: int) -> None:
        with pytest.raises(Invalid):
            plan(globex, user_ids=(lena,))

    def it_changes_nothing_said_again(self, acme: BrandCard) -> None:
        plan(acme)
        plan(acme)
        assert AuditRow.objects.filter(verb="report.planned", brand_id=acme.id).count() == 1

    @pytest.mark.parametrize("place", ["queue_mail", "make_link", "_keep"])
    def it_is_once_wherever_it_dies(
        self, day: BrandCard, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        """The report stays issued, the run and its mails are all or nothing."""
        plan(day, now=EIGHT - timedelta(hours=1))

        def dies(*_args: Any, **_more: Any) -> Any:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(sending, place, dies)
            assert run(day) == 0
        with tenant_scope(day, TESTS):
            assert (IssuedReport.objects.count(), PlanRun.objects.count()) == (1, 0)
        assert SystemMail.objects.count() == 0
        assert run(day) == 1
        assert len(sent(day)) == SystemMail.objects.count() == 1


class DescribeStopping:
    def it_is_kept_whatever_is_saved_later(self, day: BrandCard, lena: int) -> None:
        plan(day, user_ids=(lena,), now=EIGHT - timedelta(hours=1))
        run(day)
        stop(day, "lena@example.test")
        plan(day, user_ids=(lena,), hour=9)
        plan(day, user_ids=(), hour=8)
        plan(day, user_ids=(lena,))
        run(day, EIGHT + timedelta(days=1))
        assert [to for to, first in sent(day) if first.day == 18] == ["board@example.test"]
        with tenant_scope(day, TESTS):
            (reader,) = plan_of(day, Span.DAY, now=EIGHT).stopped
        assert reader.reader_id
        plan(day, user_ids=(lena,), again=(reader.reader_id,))
        run(day, EIGHT + timedelta(days=2))
        assert len([to for to, first in sent(day) if first.day == 19]) == 2

    @pytest.mark.parametrize("way", ["stops", "is taken off", "loses the seat"])
    def it_takes_back_what_waits(self, day: BrandCard, lena: int, post: Post, way: str) -> None:
        plan(day, user_ids=(lena,), now=EIGHT - timedelta(hours=1))
        run(day)
        if way == "stops":
            stop(day, "lena@example.test")
        elif way == "is taken off":
            plan(day)
        else:
            revoke_membership(lena, role=Role.MANAGER, brand_id=day.id, actor="test", now=MONDAY_NOON)
            run(day)
        outbox.sweep(now=lambda: EIGHT)
        assert [str(one["To"]) for one in post.taken] == ["board@example.test"]
        assert SystemMail.objects.get(to="lena@example.test").state == MailState.WITHDRAWN

    def it_ends_sending_again_too(self, day: BrandCard, post: Post) -> None:
        post.rcpt = "550 No such person here"
        plan(day, now=EIGHT - timedelta(hours=1))
        run(day)
        token = link_in(SystemMail.objects.get().text)
        outbox.sweep(now=lambda: EIGHT)
        with tenant_scope(day, TESTS):
            links.stop_mails(token, now=EIGHT)
            row = ReportMail.objects.get()
            with pytest.raises(sending.Ended):
                send_mail_again(day, row.ref, report_ref=row.report.ref, actor="user:1", now=EIGHT)
        assert SystemMail.objects.get().state == MailState.REFUSED

    def it_is_written_down_without_an_address(self, day: BrandCard) -> None:
        plan(day, now=EIGHT - timedelta(hours=1))
        run(day)
        stop(day, "board@example.test")
        row = AuditRow.objects.get(verb="report.stopped", brand_id=day.id)
        assert (row.object, list(row.diff)) == ("plan:day", ["reader"])
        every = AuditRow.objects.filter(brand_id=day.id).values_list("object", "diff", "reason")
        assert "@" not in repr(list(every))


class DescribeARestatement:
    def it_goes_only_as_the_newest_of_two_in_a_row(self, day: BrandCard, lena: int, post: Post) -> None:
        plan(day, user_ids=(lena,), addresses=(), now=MONDAY_NOON)
        run(day)
        with tenant_scope(day, TESTS):
            one = find_issued(Span.DAY, date(2026, 11, 17))
        assert one
        contact(day, at=NINE + timedelta(hours=5), answered=None)
        two = restate(day, one, now=EIGHT + timedelta(hours=1))
        contact(day, at=NINE + timedelta(hours=6), answered=None)
        three = restate(day, two, now=EIGHT + timedelta(hours=2))
        runs = [run(day, EIGHT + timedelta(hours=3 + hour)) for hour in range(3)]
        assert sum(runs) == 1
        with tenant_scope(day, TESTS):
            assert not ReportMail.objects.filter(report__ref=two.ref).exists()
            assert ReportMail.objects.filter(report__ref=three.ref).count() == 1

    def it_goes_to_who_got_the_version_before(
        self, day: BrandCard, globex: BrandCard, lena: int, post: Post
    ) -> None:
        plan(day, user_ids=(lena,), addresses=("board@example.test", "old@example.test"), now=MONDAY_NOON)
        assert run(day) == 2
        stop(day, "old@example.test")
        plan(day, user_ids=(lena,), addresses=("board@example.test", "new@example.test"))
        with tenant_scope(day, TESTS):
            one = find_issued(Span.DAY, date(2026, 11, 17))
        assert one
        contact(day, at=NINE + timedelta(hours=5), answered=None)
        two = restate(day, one, now=EIGHT + timedelta(hours=1))
        post.taken.clear()
        assert run(globex, EIGHT + timedelta(hours=1)) == 0
        assert run(day, EIGHT + timedelta(hours=1)) == 1
        assert run(day, EIGHT + timedelta(hours=2)) == 0
        with tenant_scope(day, TESTS):
            mails = ReportMail.objects.filter(report__ref=two.ref)
            got = sorted(mails.values_list("address", flat=True))
        assert got == ["board@example.test", "lena@example.test"]
        outbox.sweep(now=lambda: EIGHT + timedelta(hours=2))
        mail = next(one for one in post.taken if "version 2" in str(one["Subject"]))
        plain = mail.get_body(("plain",))
        assert plain
        assert "This is version 2: it takes the place of version 1." in plain.get_content()
        assert "Why it was restated: A late file" in plain.get_content()
        assert re.search(r"/r/[\w-]+/#why-h\s", plain.get_content())

    def it_is_not_mailed_by_a_plan_that_is_off(self, day: BrandCard) -> None:
        plan(day, now=EIGHT - timedelta(hours=1))
        run(day)
        plan(day, is_on=False)
        with tenant_scope(day, TESTS):
            one = find_issued(Span.DAY, date(2026, 11, 17))
        assert one
        contact(day, at=NINE + timedelta(hours=5))
        restate(day, one, now=EIGHT + timedelta(hours=1))
        assert run(day, EIGHT + timedelta(hours=2)) == 0
        plan(day, now=EIGHT + timedelta(hours=3))
        assert run(day, EIGHT + timedelta(hours=4)) == 0


class DescribeTheMail:
    def it_carries_the_report(self, day: BrandCard, post: Post) -> None:
        plan(day, forms=("pdf", "xlsx", "csv"), now=EIGHT - timedelta(hours=1))
        run(day)
        row = SystemMail.objects.get()
        assert [part["form"] for part in row.parts] == ["pdf", "xlsx", "csv", "png"], "by reference alone"
        outbox.sweep(now=lambda: EIGHT)
        (taken,) = post.taken
        plain, html = taken.get_body(("plain",)), taken.get_body(("html",))
        assert plain
        assert html
        assert taken["Subject"] == "Acme Outdoor service report, 17 November 2026"
        for words in (plain.get_content(), html.get_content()):
            assert "50.0%" in words
            assert "Service level" in words
            assert "17 November 2026" in words
        names = [part.get_filename() for part in taken.iter_attachments()]
        assert names == [f"report-acme-day-2026-11-17-v1.{form}" for form in ("pdf", "xlsx", "csv")]
        pdf: Any = next(taken.iter_attachments()).get_content()
        assert "Acme" in pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()
        pictures = [part for part in taken.walk() if part.get_content_type() == "image/png"]
        (cid,) = [part["Content-ID"].strip("<>") for part in pictures]
        assert f'src="cid:{cid}"' in html.get_content()
        assert pictures[0].get_content().startswith(b"\x89PNG")
        assert taken["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "trunkline" not in taken.as_string().lower()

    @pytest.mark.parametrize(("chart", "kinds"), [(ChartPlace.ATTACHED, ["png"]), (ChartPlace.NONE, [])])
    def it_has_the_chart_where_the_plan_says(
        self, day: BrandCard, post: Post, chart: str, kinds: list[str]
    ) -> None:
        plan(day, chart=chart, forms=(), now=EIGHT - timedelta(hours=1))
        run(day)
        outbox.sweep(now=lambda: EIGHT)
        found = [str(part.get_filename()).rpartition(".")[2] for part in post.taken[0].iter_attachments()]
        assert found == kinds

    def it_waits_when_what_it_carries_cannot_be_made(
        self, day: BrandCard, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(day, now=EIGHT - timedelta(hours=1))
        with monkeypatch.context() as patched:
            patched.setattr(running, "_make_files", lambda *_args: None)
            patched.setattr("reporting.issued.making.MAKERS", {})
            run(day)
            outbox.sweep(now=lambda: EIGHT)
            assert SystemMail.objects.get().state == MailState.QUEUED
            assert SystemMail.objects.get().answer == "What is attached to it could not be made."
        outbox.sweep(now=lambda: EIGHT + timedelta(minutes=5))
        assert len(post.taken) == 1

    def it_is_shown_when_the_server_refuses_it(self, day: BrandCard, post: Post) -> None:
        post.rcpt = "550 No such person here"
        plan(day, now=EIGHT - timedelta(hours=1))
        run(day)
        outbox.sweep(now=lambda: EIGHT)
        with tenant_scope(day, TESTS):
            ref = IssuedReport.objects.get().ref
            (mail,) = mails_of(ref, day.id)
            assert mail.fate
            assert (mail.fate.state, mail.fate.answer) == ("refused", "550 No such person here")
            assert mail.may_resend
            post.rcpt = "250 OK"
            send_mail_again(day, mail.ref, report_ref=ref, actor="user:1", now=EIGHT)
            with pytest.raises(NotResendable):
                send_mail_again(day, mail.ref, report_ref=ref, actor="user:1", now=EIGHT)
        outbox.sweep(now=lambda: EIGHT)
        assert [one["To"] for one in post.taken] == ["board@example.test"]
        with tenant_scope(day, TESTS):
            (mail,) = mails_of(ref, day.id)
            assert mail.fate
            assert mail.fate.state == "sent"

    def it_goes_to_an_address_by_hand_once(self, day: BrandCard, globex: BrandCard) -> None:
        one, key = issue(day), uuid4()
        for _again in range(2):
            with tenant_scope(day, TESTS):
                send_report(day, one.ref, address=" CEO@Example.test", key=key, now=EIGHT, **BY)
        assert [to for to, _first in sent(day)] == ["ceo@example.test"]
        with tenant_scope(globex, TESTS), pytest.raises(NotFound):
            send_report(globex, one.ref, address="a@example.test", key=uuid4(), now=EIGHT, **BY)


class DescribeALink:
    def it_is_kept_as_a_digest_alone(self, day: BrandCard) -> None:
        one = issue(day)
        with tenant_scope(day, TESTS):
            link = links.make_link(one.ref, key="k", made_for="The board", now=EIGHT, **BY)
            assert link
            assert links.make_link(one.ref, key="k", made_for="The board", now=EIGHT, **BY) is None
            row = ReportLink.objects.get()
            assert link.token not in repr(
                [getattr(row, field.name) for field in ReportLink._meta.concrete_fields]
            )
            assert link.token not in repr(link)
            assert row.expires_at == EIGHT + timedelta(days=30)
            assert (
                links.open_link(link.token, form=FileForm.PDF, network="192.0.2.0/24", now=EIGHT) == one.ref
            )
            (shown,) = links_of(one.ref, now=EIGHT)
            assert (shown.opened, shown.last_opened, shown.is_good) == (1, EIGHT, True)

    def it_opens_nothing_once_it_is_over(self, day: BrandCard, globex: BrandCard) -> None:
        one = issue(day)
        with tenant_scope(day, TESTS):
            link = links.make_link(one.ref, key="k", made_for="", days=2, now=EIGHT, **BY)
            assert link
            links.good_link(link.token, now=EIGHT + timedelta(days=2, seconds=-1))
            with pytest.raises(NotFound):
                links.good_link(link.token, now=EIGHT + timedelta(days=2))
            links.end_link(link.ref, report_ref=one.ref, actor="user:1", now=EIGHT)
            links.end_link(link.ref, report_ref=one.ref, actor="user:1", now=EIGHT)
            with pytest.raises(NotFound):
                links.good_link(link.token, now=EIGHT)
        with tenant_scope(globex, TESTS), pytest.raises(NotFound):
            links.good_link(link.token, now=EIGHT)
        assert AuditRow.objects.filter(verb="report.unlinked", brand_id=day.id).count() == 1

    @pytest.mark.parametrize("days", [0, 91])
    def it_is_good_for_some_days(self, day: BrandCard, days: int) -> None:
        one = issue(day)
        with tenant_scope(day, TESTS), pytest.raises(links.NoLink):
            links.make_link(one.ref, key="k", made_for="", days=days, now=EIGHT, **BY)

    def it_ends_a_plans_mails_to_its_reader(self, day: BrandCard, lena: int) -> None:
        plan(day, user_ids=(lena,), now=EIGHT - timedelta(hours=1))
        run(day)
        token = link_in(SystemMail.objects.get(to="lena@example.test").text)
        with tenant_scope(day, TESTS):
            for _again in range(2):
                links.stop_mails(token, now=EIGHT + timedelta(days=50))
            stopped = [one.address for one in plan_of(day, Span.DAY, now=EIGHT).people if one.stopped_at]
        assert stopped == ["lena@example.test"]
        assert AuditRow.objects.filter(verb="report.stopped", brand_id=day.id).count() == 1
        run(day, EIGHT + timedelta(days=1))
        assert [to for to, first in sent(day) if first.day == 18] == ["board@example.test"]
