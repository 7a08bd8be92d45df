"""Hours by client: every client's, nobody's paid hours, and that all of it adds up; the file."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from routing.actions import time_next
from routing.models import Pool, PoolMember
from tenants import cards
from tenants.cards import BrandCard
from tenants.choices import BrandState
from tenants.models import AuditRow, Brand
from tenants.onboarding.actions import pause
from tenants.scope import labour_scope
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import NOW
from tests.portal.test_queues import bare
from workforce import actions

PAGE = f"/days/clients/?span=day&on={NOW:%Y-%m-%d}"
AGENTS = f"/days/clients/agents/?span=day&on={NOW:%Y-%m-%d}"


def tables(html: str) -> list[list[str]]:
    """Return the cells of all rows."""
    rows = [part.partition("</tr>")[0] for part in html.split("<tr")[1:]]
    return [[bare(f"<{cell}") for cell in row.replace("<th", "<td").split("<td")[1:]] for row in rows]


@pytest.fixture
def worked(
    ada: Actor, bo: Actor, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> Actor:
    """Ada, of nobody: an hour with half an hour of both clients at once, a break. Bo is kept for Acme."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=6))
    pool = Pool.objects.create(name="Acme's", kind="dedicated", brand_id=acme.id)
    PoolMember.objects.create(pool=pool, agent_id=bo.user_id, valid_from=NOW)

    def turn(who: Actor, to: str, minutes: int, reason: str | None = None) -> None:
        now = NOW + timedelta(minutes=minutes)
        actions.set_availability(who.user_id, to=to, reason_code=reason, actor=who, now=now)

    for who in (ada, bo):
        turn(who, "available", 0)
    for item, card, is_test in ((1, acme, False), (2, globex, False), (3, acme, True)):
        spent = {"brand_id": card.id, "queue_id": 1, "work_item_id": item, "is_test": is_test}
        start = 40 if is_test else 10
        actions.engage(ada.user_id, **spent, now=NOW + timedelta(minutes=start))  # type: ignore[arg-type]
        actions.disengage(
            ada.user_id, work_item_id=item, now=NOW + timedelta(minutes=start + (10 if is_test else 30))
        )
    turn(ada, "away", 60, "break")
    turn(ada, "away", 70, "meal")
    for who in (ada, bo):
        turn(who, "offline", 90)
    while time_next(clock.now()):
        pass
    return ada


def gone(card: BrandCard) -> None:
    """Leave of the brand what stays when it is taken down."""
    with labour_scope():
        Brand.objects.filter(pk=card.id).update(state=BrandState.GONE)
    cards.changed()


def csv_rows(browser: Any) -> list[list[str]]:
    answer: Any = browser.post(f"/days/clients/export/?span=day&on={NOW:%Y-%m-%d}")
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(StringIO(text)))


class DescribeHoursByClient:
    def it_shows_every_client_and_what_was_nobodys(
        self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        html = signed(op).get(PAGE).content.decode()
        found = tables(html)
        assert [acme.name, "Dedicated", "–", "1:30", "–", "1:30", "1:30"] in found
        assert [acme.name, "No pool", "0:15", "–", "–", "0:15", "0:15"] in found
        assert [globex.name, "No pool", "0:15", "–", "–", "0:15", "0:15"] in found
        assert ["All clients", "", "0:30", "1:30", "–", "2:00", "2:00"] in found
        assert ["Waiting for work · Shared", "0:20", "13.3%"] in found
        assert ["Break · Shared", "0:10", "6.7%"] in found
        assert ["All of it", "0:30", "20.0%"] in found
        assert ["Meal · Shared", "0:20"] in found
        assert "of 2:30 paid hours" in html
        assert "All of it is 3:00 hours of agents' time, tests (0:10) among them" in html
        assert "UTC time" in html

    def it_names_a_client_that_is_paused_or_gone_since(
        self, signed: Signed, op: Actor, worked: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        pause(acme, actor="user:1", now=clock.now())
        gone(globex)
        browser = signed(op)
        found = tables(browser.get(PAGE).content.decode())
        assert [acme.name, "Dedicated", "–", "1:30", "–", "1:30", "1:30"] in found
        assert [globex.name, "No pool", "0:15", "–", "–", "0:15", "0:15"] in found
        for client in ("acme", f"client:{globex.id}"):
            html = browser.get(f"{AGENTS}&client={client}").content.decode()
            assert (acme.name if client == "acme" else globex.name) in html
            assert "Ada Berg" in html
        assert {row[2] for row in csv_rows(browser)[1:]} == {"acme", f"client:{globex.id}", ""}

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("client=acme", {"Ada Berg": "0:15", "Bo Lind": "1:30"}),
            ("client=acme&pool=dedicated", {"Bo Lind": "1:30"}),
            ("client=nobody&kind=waiting&paid=yes", {"Ada Berg": "0:20"}),
            ("client=nobody&kind=break&reason=meal", {"Ada Berg": "0:20"}),
            ("client=zorro&kind=%00", {}),
            ("kind=%00x", {}),
        ],
    )
    def it_opens_whose_hours_they_were(
        self, signed: Signed, op: Actor, worked: Actor, query: str, shown: dict[str, str]
    ) -> None:
        answer = signed(op).get(f"{AGENTS}&{query}")
        found = {row[0]: row[-1] for row in tables(answer.content.decode())[1:] if row}
        assert answer.status_code == 200
        assert {name: hours for name, hours in found.items() if name in {"Ada Berg", "Bo Lind"}} == shown

    def it_says_when_there_is_nothing(self, signed: Signed, op: Actor) -> None:
        html = signed(op).get("/days/clients/").content.decode()
        assert "No hours yet" in html
        assert "Every paid hour was a client's." in html

    def it_is_nobody_elses_page(self, signed: Signed, worked: Actor, cy: Actor, outsider: Actor) -> None:
        for who in (worked, cy, outsider):
            for path in (PAGE, AGENTS):
                assert signed(who).get(path).status_code == 404
            assert signed(who).post("/days/clients/export/").status_code == 404

    def it_costs_the_same_with_more_agents(self, signed: Signed, op: Actor, worked: Actor) -> None:
        browser = signed(op)
        browser.get(PAGE)
        check("console: hours by client", counted(lambda: browser.get(PAGE)))


class DescribeTheFile:
    def it_adds_up_to_the_microsecond(self, signed: Signed, op: Actor, worked: Actor) -> None:
        head, *rows = csv_rows(signed(op))
        assert head[2:4] == ["client", "pool"]
        assert sum(float(row[9]) for row in rows) == 12 * 900
        assert {row[2] for row in rows} == {"acme", "globex", ""}
        assert [row[9] for row in rows if row[8] == "yes"] == ["600.000000"]
        assert AuditRow.objects.filter(verb="ledger.exported", actor=op.who).count() == 1
