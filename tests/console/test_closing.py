"""The tab Closing: early today, or at once; by operators and supervisors, and by nobody else."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from desk.console import hours_words as words
from interactions import actions
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.console.test_hours import closures, make, make_queue, text
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person

CLOSING = "/clients/acme/closing/"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is noon in Stockholm, so that there is something left of the day."""
    at = datetime(2026, 11, 27, 12, 0, tzinfo=STOCKHOLM)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


class DescribeClosingEarly:
    def sent(self, ref: Any, **more: Any) -> dict[str, Any]:
        return {
            "queue": str(ref),
            "at": "17:30",
            "reason": "Team meeting",
            "text-en": "Back at eight.",
        } | more

    def it_closes_for_the_rest_of_the_day(self, noon: datetime, browser: Browser, acme: BrandCard) -> None:
        queue = make_queue(acme)
        answer = browser.post(f"{CLOSING}early/", self.sent(queue))
        assert answer.status_code == 302
        [closure] = closures(acme)
        assert (closure.shut, closure.kind, closure.texts) == ("Orders", "early", {"en": "Back at eight."})
        assert closure.started_at == noon.replace(hour=17, minute=30)
        assert closure.ended_at == noon.replace(day=28, hour=0)
        page = " ".join(text(browser.get(CLOSING)).split())
        assert "Fri 27 Nov 2026, 17:30, Europe/Stockholm time. Nobody new gets in" in page
        row = AuditRow.objects.get(verb="closure.planned")
        assert (row.reason, row.brand_id) == ("Team meeting", acme.id)

    def it_is_taken_back_until_then(self, noon: datetime, browser: Browser, acme: BrandCard) -> None:
        browser.post(f"{CLOSING}early/", self.sent(make_queue(acme)))
        [closure] = closures(acme)
        browser.post(f"{CLOSING}{closure.ref}/reopening/")
        assert closures(acme) == []
        assert AuditRow.objects.filter(verb="closure.ended").count() == 1
        page = text(browser.get(CLOSING))
        assert "The usual hours hold again." in page
        assert "Taken back before it began" in page
        browser.post(f"{CLOSING}{closure.ref}/reopening/")
        assert "over already" in text(browser.get(CLOSING))

    def it_is_one_closure_however_often_it_is_sent(
        self, noon: datetime, browser: Browser, acme: BrandCard
    ) -> None:
        sent = self.sent(make_queue(acme), key=str(uuid4()))
        for _again in range(2):
            browser.post(f"{CLOSING}early/", sent)
        assert len(closures(acme)) == 1
        assert AuditRow.objects.filter(verb="closure.planned").count() == 1

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ({"at": "soon"}, "Give a time of today"),
            ({"at": "09:00"}, "This time is over"),
            ({"reason": " "}, "Say why it closes early."),
            ({"queue": "x"}, "Choose a queue."),
            ({"text-en": "x" * 301}, "Use at most 300 characters."),
        ],
    )
    def it_says_what_is_wrong(
        self, noon: datetime, browser: Browser, acme: BrandCard, more: Any, said: str
    ) -> None:
        answer = browser.post(f"{CLOSING}early/", self.sent(make_queue(acme), **more))
        assert answer.status_code == 422
        assert said in text(answer)
        assert closures(acme) == []

    def it_does_not_close_what_is_closed_anyway(
        self, noon: datetime, browser: Browser, acme: BrandCard
    ) -> None:
        queue, hours = make_queue(acme), make(acme)
        with tenant_scope(acme, TESTS):
            actions.use_calendars({queue: hours}, actor="test", now=noon)
        answer = browser.post(f"{CLOSING}early/", self.sent(queue))  # the office closes at five
        assert "The queue is closed then anyway." in text(answer)

    def it_is_on_the_screen_of_the_queue(self, noon: datetime, browser: Browser, acme: BrandCard) -> None:
        from routing.models import QueuePlan

        browser.post(f"{CLOSING}early/", self.sent(make_queue(acme)))
        number = QueuePlan.objects.get(brand_id=acme.id).queue_id
        page = text(browser.get(f"/routing/queues/{number}/"))
        assert "Open until Fri 27 Nov 2026, 17:30 (Europe/Stockholm)" in page


class DescribeClosingNow:
    def it_closes_everything_now_and_reopens_it(self, browser: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        browser.post(f"{CLOSING}now/", {"scope": "", "text-en": "No power.", "reason": "Storm"})
        [closure] = closures(acme)
        assert (closure.shut, closure.ended_at, closure.texts) == ("", None, {"en": "No power."})
        answer = browser.get(CLOSING)
        assert "Every queue is closed" in text(answer)
        assert "Storm" in text(answer)
        page = answer.content.decode()
        form = page[page.index(f"{closure.ref}/reopening/") :].partition("</form>")[0]
        assert "csrfmiddlewaretoken" in form, "a browser is let in by it alone"
        browser.post(f"{CLOSING}{closure.ref}/reopening/")
        assert closures(acme) == []
        page = text(browser.get(CLOSING))
        assert "Closures that are over" in page
        browser.post(f"{CLOSING}{closure.ref}/reopening/")
        assert "over already" in text(browser.get(CLOSING))

    def it_closes_until_a_local_time(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        until = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT18:30")
        browser.post(f"{CLOSING}now/", {"scope": f"calendar:{ref}", "until": until})
        [closure] = closures(acme)
        assert closure.shut == "Office"
        assert words.moment_words(closure.ended_at, acme.timezone).endswith("18:30")

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"scope": "everything"}, "Choose what to close."),
            ({"until": "tomorrow"}, "This is not a date and a time."),
            ({"until": "0001-01-01T00:00"}, "This is not a date and a time."),
            ({"until": "2020-01-01T10:00"}, "This is over already"),
            ({"until": "2020-01-01T10:00+01:00"}, "This is not a date and a time."),
            ({"text-en": "x" * 301}, "Use at most 300 characters."),
        ],
    )
    def it_says_what_is_wrong(self, browser: Browser, acme: BrandCard, sent: Any, said: str) -> None:
        answer = browser.post(f"{CLOSING}now/", sent)
        assert answer.status_code == 422
        assert said in text(answer)
        assert closures(acme) == []

    def it_lists_what_is_over_by_pages(self, browser: Browser, acme: BrandCard) -> None:
        for _n in range(11):
            browser.post(f"{CLOSING}now/", {})
            browser.post(f"{CLOSING}{closures(acme)[0].ref}/reopening/")
        assert "1 to 10 of 11" in text(browser.get(CLOSING))
        assert "11 to 11 of 11" in text(browser.get(f"{CLOSING}?page=2"))

    def it_says_what_becomes_of_the_line_and_of_help(self, browser: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        sent = {"scope": "", "line": "ended", "asked": "1", "text-en": "Fire."}
        browser.post(f"{CLOSING}now/", sent)
        [closure] = closures(acme)
        assert (closure.line, closure.helps) == ("ended", False)
        page = text(browser.get(CLOSING))
        assert "Their conversations end with the text" in page
        assert "Nobody else is asked to help." in page
        refused = browser.post(f"{CLOSING}now/", {"line": "dance"})
        assert "Say what becomes of those who wait." in text(refused)


class DescribeWhoMay:
    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, who: str
    ) -> None:
        stranger, queue = signed(request.getfixturevalue(who)), make_queue(acme)
        assert stranger.get(CLOSING).status_code == 404
        for path in ("early/", "now/", f"{queue}/reopening/"):
            assert stranger.post(f"{CLOSING}{path}", {}).status_code == 404
        assert closures(acme) == []

    def it_is_a_supervisors_too(self, signed: Signed, acme: BrandCard, globex: BrandCard) -> None:
        make_queue(acme)
        sue = signed(make_person("sue@example.test", (Role.SUPERVISOR, acme)))
        assert "Close now" in text(sue.get(CLOSING))
        sue.post(f"{CLOSING}now/", {"scope": ""})
        [closure] = closures(acme)
        sue.post(f"{CLOSING}{closure.ref}/reopening/")
        assert closures(acme) == []
        assert sue.get("/clients/globex/closing/").status_code == 404
        assert sue.get("/clients/acme/hours/").status_code == 404, "hours stay the operator's"

    def it_knows_nothing_of_the_other_client_here(
        self, browser: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        theirs, queue = make(globex, "Theirs"), make_queue(globex)
        make_queue(acme)
        for scope in (f"calendar:{theirs}", f"queue:{queue}", f"queue:{uuid4()}"):
            assert browser.post(f"{CLOSING}now/", {"scope": scope}).status_code == 404
        sent = {"queue": str(queue), "at": "23:59", "reason": "x"}
        assert browser.post(f"{CLOSING}early/", sent).status_code == 404
        with tenant_scope(globex, TESTS):
            shut = actions.close_now(actor="test", now=clock.now())
        assert browser.post(f"{CLOSING}{shut.ref}/reopening/").status_code == 404
        assert len(closures(globex)) == 1

    @pytest.mark.parametrize("path", ["early/", "now/"])
    def it_takes_posts_only(self, browser: Browser, acme: BrandCard, path: str) -> None:
        assert browser.get(f"{CLOSING}{path}").status_code == 405

    def it_says_so_when_there_is_nothing_to_close(self, browser: Browser, acme: BrandCard) -> None:
        assert "This client has no queue yet." in text(browser.get(CLOSING))

    def it_costs_the_same_with_many_closures(self, browser: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        browser.post(f"{CLOSING}now/", {})
        browser.get(CLOSING)
        few = counted(lambda: browser.get(CLOSING))
        for _n in range(5):
            browser.post(f"{CLOSING}now/", {})
        assert counted(lambda: browser.get(CLOSING)) == few
        check("console: closing", few)
