"""Hours worked: the list, an agent's day with corrections, the file; and the agent's own page."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from core import clock
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.onboarding.actions import pause
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import NOW, make_agent
from workforce import actions
from workforce.models import LedgerCorrection, LedgerTerm

DAY = f"{NOW:%Y-%m-%d}"
CORRECTION = {
    "start": "10:00:00",
    "end": "10:15:00",
    "state": "away:training",
    "brand": "",
    "words": "Refresher",
}


@pytest.fixture
def worked(ada: Actor, acme: BrandCard) -> Actor:
    """Ada, available for an hour from NOW, ten minutes of it on a conversation of Acme."""
    actions.set_availability(ada.user_id, to="available", actor=ada, now=NOW)
    start = NOW + timedelta(minutes=10)
    actions.engage(ada.user_id, brand_id=acme.id, queue_id=1, work_item_id=1, now=start)
    actions.disengage(ada.user_id, work_item_id=1, now=start + timedelta(minutes=10))
    actions.set_availability(ada.user_id, to="offline", actor=ada, now=NOW + timedelta(hours=1))
    return ada


def span(signed: Signed, op: Actor, **said: str):  # type: ignore[no-untyped-def]
    return signed(op).post("/days/export/", {"first": DAY, "last": DAY} | said)


class DescribeTheList:
    def it_shows_everybodys_day(self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard) -> None:
        text = signed(op).get(f"/days/?on={DAY}").content.decode()
        assert "Ada Berg" in text
        assert "10 min" in text
        assert acme.name in text

    def it_finds_by_name_and_says_when_nobody_is_called_so(
        self, signed: Signed, op: Actor, worked: Actor
    ) -> None:
        assert "Ada Berg" in signed(op).get("/days/?q=ada").content.decode()
        assert "No agent has this name" in signed(op).get("/days/?q=zorro").content.decode()

    @pytest.mark.parametrize("on", ["soon", "2999-01-01", "1066-10-14"])
    def it_knows_no_other_days(self, signed: Signed, op: Actor, on: str) -> None:
        assert signed(op).get(f"/days/?on={on}").status_code == 404

    def it_costs_as_much_for_many_agents(
        self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard
    ) -> None:
        browser = signed(op)
        browser.get("/days/")
        few = counted(lambda: browser.get("/days/"))
        for n in range(5):
            make_agent(f"more{n}@example.test", acme)
        assert counted(lambda: browser.get("/days/")) == few
        check("console: hours worked", few)


class DescribeAClientThatIsPausedSince:
    @pytest.fixture
    def paused(self, worked: Actor, acme: BrandCard) -> Actor:
        pause(acme, actor="user:1", now=NOW + timedelta(hours=2))
        return worked

    def it_keeps_its_hours_and_its_name(
        self, signed: Signed, op: Actor, paused: Actor, acme: BrandCard
    ) -> None:
        assert acme.name in signed(op).get(f"/days/?on={DAY}").content.decode()
        rows = list(csv.DictReader(StringIO(b"".join(span(signed, op)).decode("utf-8-sig"))))
        assert [int(row["seconds"]) for row in rows if row["client"] == acme.slug] == [600]

    def it_can_be_given_hours_by_a_correction(
        self, signed: Signed, op: Actor, paused: Actor, acme: BrandCard
    ) -> None:
        html = signed(op).get(f"/days/{paused.user_id}/?on={DAY}").content.decode()
        assert f'<option value="{acme.id}">{acme.name}</option>' in html


class DescribeTheFile:
    def it_adds_up_and_names_client_state_and_pay(
        self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard
    ) -> None:
        answer = span(signed, op)
        rows = list(csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig"))))
        hers = [row for row in rows if row["name"] == "Ada Berg"]
        assert {(row["client"], row["activity"], row["paid"], int(row["seconds"])) for row in hers} == {
            (acme.slug, "handling", "yes", 600), ("", "state", "yes", 3000),
        }  # fmt: skip
        assert AuditRow.objects.filter(verb="ledger.exported", actor=op.who).count() == 1

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"first": "2026-03-05", "last": "2026-03-01"}, "before the first"),
            ({"first": "2026-01-01", "last": "2026-03-01"}, "At most 31 days"),
            ({"first": "soon"}, "date"),
            ({"first": "9999-12-31", "last": "9999-12-31"}, "Enter a valid date"),
        ],
    )
    def it_refuses_with_words(self, signed: Signed, op: Actor, said: dict[str, str], words: str) -> None:
        answer = span(signed, op, **said)
        assert answer.status_code == 422
        assert words in answer.content.decode()


class DescribeAnAgentsDay:
    def it_shows_the_day_to_operators(
        self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard
    ) -> None:
        text = signed(op).get(f"/days/{worked.user_id}/?on={DAY}").content.decode()
        assert '<svg class="chart lanes"' in text
        assert acme.name in text

    def it_is_corrected_and_the_agent_sees_it(self, signed: Signed, op: Actor, worked: Actor) -> None:
        address = f"/days/{worked.user_id}/corrections/?on={DAY}"
        first = signed(op).get(f"/days/{worked.user_id}/?on={DAY}")
        assert first.context["view"].clock.zone == "UTC"
        start = f"{NOW + timedelta(minutes=40):%H:%M:%S}"
        end = f"{NOW + timedelta(minutes=55):%H:%M:%S}"
        answer = signed(op).post(address, CORRECTION | {"start": start, "end": end})
        assert (answer.status_code, LedgerCorrection.objects.count()) == (303, 1)
        text = signed(worked).get(f"/day/?on={DAY}").content.decode()
        assert "Refresher" in text
        assert "Training" in text

    @pytest.mark.parametrize(
        "said", [{"words": ""}, {"state": "away:golf"}, {"start": "noon"}, {"brand": "77777"}]
    )
    def it_refuses_and_changes_nothing(
        self, signed: Signed, op: Actor, worked: Actor, said: dict[str, str]
    ) -> None:
        answer = signed(op).post(f"/days/{worked.user_id}/corrections/?on={DAY}", CORRECTION | said)
        assert answer.status_code == 422
        assert not LedgerCorrection.objects.exists()

    def it_is_absent_for_who_is_no_agent(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get(f"/days/{op.user_id}/").status_code == 404


class DescribeTheRule:
    def it_says_from_which_day_on_time_is_shared_otherwise(self, signed: Signed, op: Actor) -> None:
        browser = signed(op)
        assert "Equally, since the first day." in browser.get("/days/rule/").content.decode()
        day = (clock.now() + timedelta(days=3)).date().isoformat()
        assert browser.post("/days/rule/", {"rule": "focus", "since": day}).status_code == 303
        page = browser.get("/days/rule/").content.decode()
        assert "to come" in page
        assert "How time is shared out" in browser.get("/days/").content.decode()
        term = LedgerTerm.objects.get()
        assert browser.post(f"/days/rule/{term.pk}/removal/").status_code == 303
        assert not LedgerTerm.objects.exists()

    def it_refuses_a_day_that_was(self, signed: Signed, op: Actor) -> None:
        for since in (DAY, "", "soon"):
            answer = signed(op).post("/days/rule/", {"rule": "focus", "since": since})
            assert answer.status_code == 422
        assert not LedgerTerm.objects.exists()

    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_is_the_operators_alone(self, request: pytest.FixtureRequest, signed: Signed, who: str) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get("/days/rule/").status_code == 404
        assert browser.post("/days/rule/", {"rule": "focus", "since": "2999-01-01"}).status_code == 404
        assert browser.post("/days/rule/1/removal/").status_code == 404
        assert not LedgerTerm.objects.exists()


class DescribeStrangers:
    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_is_not_there_for_them(
        self, request: pytest.FixtureRequest, signed: Signed, worked: Actor, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get("/days/").status_code == 404
        assert browser.post("/days/export/", {"first": DAY, "last": DAY}).status_code == 404
        assert browser.get(f"/days/{worked.user_id}/").status_code == 404
        assert browser.post(f"/days/{worked.user_id}/corrections/", CORRECTION).status_code == 404
        assert not LedgerCorrection.objects.exists()

    @pytest.mark.parametrize("who", ["cy", "op", "outsider"])
    def it_has_a_day_for_agents_alone(self, request: pytest.FixtureRequest, signed: Signed, who: str) -> None:
        assert signed(request.getfixturevalue(who)).get("/day/").status_code == 404

    def it_shows_an_agent_their_own_day(self, signed: Signed, worked: Actor) -> None:
        assert signed(worked).get(f"/day/?on={DAY}").context["view"].clock.agent_id == worked.user_id
        with CaptureQueriesContext(connection):
            assert "Nothing on this day" in signed(worked).get("/day/?on=2026-02-01").content.decode()
