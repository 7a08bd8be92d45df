"""The screen Exclusions: the operator proposes with evidence, the client answers, nothing contradicts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from events.models import Event
from reporting import actions
from reporting.issued.models import IssuedReport
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_hours import make_queue, text
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message
from tests.portal.test_commitments import promise
from tests.portal.test_exclusions import closed
from tests.portal.test_report import NOON, make_inbox_once, page, signed_in

PATH = "/clients/acme/exclusions/"
TARGET = {
    "key": "0b9f2a52-65a0-4d1e-8d39-1f7c2c5b7a10", "metric": "SL.NEG@1", "target": "80", "minimum": "",
    "weight": "1", "window": "day", "counted": "elapsed", "from_date": "2026-11-18",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    """Acme's manager, on Acme's host."""
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


def sent(**more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()), "cause": "force", "started_at": "2026-11-18T09:00",
        "ended_at": "2026-11-18T10:00", "reason": "Storm", "evidence": "Lines were down, says the network.",
    } | more  # fmt: skip


def rows(card: BrandCard) -> list[Exclusion]:
    with tenant_scope(card, TESTS):
        return list(Exclusion.objects.order_by("pk"))


def said(answer: Any) -> str:
    return " ".join(text(answer).split())


def answered(browser: Browser, card: BrandCard, ref: UUID, what: str = "answer", **more: str) -> Any:
    host = f"{card.slug}.localhost:8000"
    path = f"http://{host}/report/exclusions/{ref}/{what}/?days=7"
    return browser.post(path, more, headers={"host": host})


def it_is_proposed_once_with_evidence_and_the_client_reads_it(
    browser: Browser, lena: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    make_queue(acme)
    assert "Nothing was proposed yet" in said(browser.get(PATH))
    with tenant_scope(acme, TESTS):
        talk = first_message(make_inbox_once(), "Hello", now=NOON).interaction_ref
        event = Event.objects.order_by("pk").values_list("ref", flat=True)[0]
    lines = f"https://status.example.test/9\n{talk}\nevent {event}"
    form = sent(references=lines)
    for _again in range(2):
        assert browser.post(PATH, form).status_code == 302
    [row] = rows(acme)
    assert rows(globex) == []
    assert (row.cause, row.started_at, row.queue_ids) == ("force", datetime(2026, 11, 18, 8, tzinfo=UTC), [])
    assert [one["kind"] for one in row.references] == ["link", "conversation", "event"]
    assert AuditRow.objects.filter(verb="exclusion.proposed", brand_id=acme.id).count() == 1
    shown = said(page(lena, acme, "/report/?days=1"))
    assert "Force majeure: Every queue" in shown
    assert "Lines were down, says the network." in shown
    assert f"/report/conversations/{talk}/" in page(lena, acme, "/report/?days=1").content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ended_at": "2026-11-18T09:00"}, "It ends before it begins"),
        ({"ended_at": "2026-11-18T13:00"}, "Only what is over can be left out"),
        ({"started_at": "soon"}, "Enter a valid date/time"),
        ({"started_at": "0001-01-01T00:00"}, "Enter a valid date/time"),
        ({"cause": "overrun"}, "Select a valid choice"),
        ({"evidence": " "}, "This field is required"),
        ({"references": "http://status.example.test"}, "names no conversation, event or audit entry"),
        ({"references": str(uuid4())}, "names no conversation, event or audit entry"),
        ({"references": "audit 999999"}, "names no conversation, event or audit entry"),
        ({"references": "\n".join(f"https://x.test/{n}" for n in range(11))}, "Name at most 10"),
        ({"key": "x"}, "Load this page again"),
    ],
)
def it_says_what_is_wrong(browser: Browser, acme: BrandCard, more: dict[str, str], words: str) -> None:
    answer = browser.post(PATH, sent(**more))
    assert answer.status_code == 422
    assert words in said(answer)
    assert rows(acme) == []


def it_refuses_what_another_brand_holds(browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    with tenant_scope(globex, TESTS):
        theirs = first_message(make_inbox_once(), "Hello", now=NOON).interaction_ref
    assert browser.post(PATH, sent(references=str(theirs))).status_code == 422


def it_is_withdrawn_until_it_is_answered(browser: Browser, lena: Browser, acme: BrandCard) -> None:
    browser.post(PATH, sent())
    [row] = rows(acme)
    browser.post(f"{PATH}{row.ref}/withdrawal/")
    browser.post(f"{PATH}{row.ref}/withdrawal/")
    assert rows(acme)[0].state == "withdrawn"
    assert "Storm" not in said(page(lena, acme, "/report/?days=1"))
    late = answered(lena, acme, row.ref, answer="accepted")
    assert late.status_code == 409
    assert "This was withdrawn meanwhile." in said(late)
    browser.post(PATH, sent())
    other = rows(acme)[1]
    answered(lena, acme, other.ref, answer="accepted")
    browser.post(f"{PATH}{other.ref}/withdrawal/")
    assert "Lena Holm has answered this already" in said(browser.get(PATH))
    assert [row.state for row in rows(acme)] == ["withdrawn", "accepted"]


class DescribeContradictions:
    def it_refuses_a_time_of_the_same_queue_twice(self, browser: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        make_queue(acme, "Delivery")
        shown = browser.get(PATH).content.decode()
        one, other = (part.partition('"')[0] for part in shown.split('name="queue_ids" value="')[1:3])
        assert browser.post(PATH, sent(queue_ids=[one])).status_code == 302
        half = {"started_at": "2026-11-18T09:30", "ended_at": "2026-11-18T11:00"}
        for queues in ([one], [], [one, other]):
            refused = browser.post(PATH, sent(queue_ids=queues, **half))
            assert refused.status_code == 422
            assert "This time meets another one of the same queue" in said(refused)
        assert browser.post(PATH, sent(queue_ids=[other], **half)).status_code == 302
        after = {"started_at": "2026-11-18T10:00", "ended_at": "2026-11-18T10:15"}
        assert browser.post(PATH, sent(queue_ids=[one], **after)).status_code == 302, "the end is exclusive"

    def it_refuses_what_was_refused_for_the_same_cause(
        self, browser: Browser, lena: Browser, acme: BrandCard
    ) -> None:
        browser.post(PATH, sent())
        answered(lena, acme, rows(acme)[0].ref, answer="refused", why="You had a second line.")
        again = browser.post(PATH, sent())
        assert "Lena Holm has refused that already" in said(again)
        assert browser.post(PATH, sent(cause="client")).status_code == 302

    def it_leaves_something_of_every_window_of_a_target(
        self, browser: Browser, lena: Browser, acme: BrandCard
    ) -> None:
        promise(acme)
        whole = {"started_at": "2026-11-17T00:00", "ended_at": "2026-11-18T00:00"}
        refused = browser.post(PATH, sent(**whole))
        assert refused.status_code == 422
        assert "Nothing would be left to measure of 17 Nov 2026" in said(refused)
        morning = {"started_at": "2026-11-17T00:00", "ended_at": "2026-11-17T12:00"}
        rest = {"started_at": "2026-11-17T12:00", "ended_at": "2026-11-18T00:00"}
        assert browser.post(PATH, sent(**morning)).status_code == 302
        assert browser.post(PATH, sent(**rest)).status_code == 302, "the first one is not accepted yet"
        first, second = rows(acme)
        assert answered(lena, acme, first.ref, answer="accepted").status_code == 302
        late = answered(lena, acme, second.ref, answer="accepted")
        assert late.status_code == 409
        assert "Nothing would be left to measure" in said(late)
        assert rows(acme)[1].state == "proposed"

    def it_refuses_a_target_of_which_nothing_is_left(
        self, browser: Browser, lena: Browser, acme: BrandCard
    ) -> None:
        ref = closed(acme, NOON - timedelta(days=1), None, until=NOON + timedelta(days=1))
        assert answered(lena, acme, ref, answer="accepted").status_code == 302
        refused = browser.post("/clients/acme/targets/", TARGET)
        assert refused.status_code == 422
        assert "Nothing would be left to measure of 18 Nov 2026" in said(refused)
        with tenant_scope(acme, TESTS):
            actions.reopen(Exclusion.objects.get().closure_ref, actor="user:1", now=NOON)
        assert browser.post("/clients/acme/targets/", TARGET).status_code == 302

    def it_counts_a_closure_that_goes_on_until_now(
        self, browser: Browser, lena: Browser, acme: BrandCard
    ) -> None:
        promise(acme)
        ref = closed(acme, NOON - timedelta(days=1), None)
        assert answered(lena, acme, ref, answer="accepted").status_code == 302, "something is left of today"
        assert browser.post("/clients/acme/targets/", TARGET | {"window": "month"}).status_code == 302
        before = {"started_at": "2026-11-17T11:00", "ended_at": "2026-11-17T13:00"}
        assert "This time meets another one" in said(browser.post(PATH, sent(**before)))


class DescribeReversing:
    def it_needs_a_reason_and_is_written_down(self, browser: Browser, lena: Browser, acme: BrandCard) -> None:
        browser.post(PATH, sent())
        [row] = rows(acme)
        early = answered(lena, acme, row.ref, "reversal", answer="accepted", why="Now.")
        assert early.status_code == 409, "it waits for its first answer"
        answered(lena, acme, row.ref, answer="refused", why="Why?")
        silent = answered(lena, acme, row.ref, "reversal", answer="accepted", why=" ")
        assert silent.status_code == 422
        assert "Say why you answer otherwise now." in said(silent)
        done = answered(lena, acme, row.ref, "reversal", answer="accepted", why="The network says so.")
        assert done.status_code == 302
        [row] = rows(acme)
        assert (row.state, row.why, row.answered_shown) == ("accepted", "The network says so.", "Lena Holm")
        assert AuditRow.objects.get(verb="exclusion.reversed").diff == {"state": ["refused", "accepted"]}
        with tenant_scope(acme, TESTS):
            assert Event.objects.filter(kind="exclusion.reversed").count() == 1

    def it_stays_once_a_report_of_the_time_was_issued(
        self, browser: Browser, lena: Browser, acme: BrandCard
    ) -> None:
        for day in ("15", "18"):
            times = {"started_at": f"2026-11-{day}T09:00", "ended_at": f"2026-11-{day}T09:30"}
            browser.post(PATH, sent(**times))
        sunday, today = rows(acme)
        for row in (sunday, today):
            answered(lena, acme, row.ref, answer="accepted")
        with tenant_scope(acme, TESTS):
            IssuedReport.objects.create(
                key=uuid4(), kind="week", first=date(2026, 11, 9), last=date(2026, 11, 15),
                zone="Europe/Stockholm", language="en", version=1, document="{}", digest="0" * 64,
                issued_by="user:1", issued_shown="Olu Park", issued_at=NOON,
            )  # fmt: skip
        late = answered(lena, acme, sunday.ref, "reversal", answer="refused", why="No.")
        assert late.status_code == 409
        assert "A report of that time was issued" in said(late)
        html = page(lena, acme, "/report/?days=7").content.decode()
        assert f"{sunday.ref}/reversal/" not in html
        assert f"{today.ref}/reversal/" in html
        assert answered(lena, acme, today.ref, "reversal", answer="refused", why="No.").status_code == 302

    def it_is_the_managers_alone(
        self, browser: Browser, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        browser.post(PATH, sent())
        [row] = rows(acme)
        answered(lena, acme, row.ref, answer="accepted")
        make_person("vic@example.test", (Role.VIEWER, acme))
        vic = signed_in("vic@example.test", acme)
        assert answered(vic, acme, row.ref, "reversal", answer="refused", why="No.").status_code == 404
        assert answered(lena, acme, uuid4(), "reversal", answer="refused", why="No.").status_code == 404
        assert rows(acme)[0].state == "accepted"


def it_is_hidden_from_strangers(signed: Signed, browser: Browser, acme: BrandCard, globex: BrandCard) -> None:
    browser.post(PATH, sent())
    [row] = rows(acme)
    bo = make_person("bo@example.test", (Role.SUPERVISOR, acme))
    outsider = make_person("out@example.test")
    for actor in (bo, outsider):
        stranger = signed(actor)
        assert stranger.get(PATH).status_code == 404
        assert stranger.post(PATH, sent()).status_code == 404
        assert stranger.post(f"{PATH}{row.ref}/withdrawal/").status_code == 404
    assert browser.post(f"/clients/globex/exclusions/{row.ref}/withdrawal/").status_code == 404
    assert [one.state for one in rows(acme)] == ["proposed"]


def it_costs_the_same_with_many(browser: Browser, acme: BrandCard) -> None:
    browser.post(PATH, sent())
    browser.get(PATH)
    few = counted(lambda: browser.get(PATH))
    for n in range(3):
        browser.post(PATH, sent(started_at=f"2026-11-18T1{n}:00", ended_at=f"2026-11-18T1{n}:30"))
    browser.get(PATH)
    assert counted(lambda: browser.get(PATH)) == few
    check("console: exclusions", few)
