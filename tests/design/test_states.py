"""Signing out, the end of a shift, rest, loans and reasons: accessible, within the policy, all translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from routing import actions
from routing.models import AgentCapacity
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.design.conftest import Stage
from tests.design.demands import assert_accessible, assert_roomy, assert_translated
from tests.desk.conftest import Day, Desk, day, desk, sign_in, working  # noqa: F401 - fixtures
from workforce.models import AvailabilityReason

DATA = [
    "Acme Outdoor: Orders", "Globex Energy: Orders", "Acme Outdoor", "Globex Energy", "Ada Berg", "Olu Park",
    "Maya Lindqvist", "Where is my tent?", "My bill", "Night", "Everybody", "Called at nine", "training",
    "break", "meal", "meeting", "Europe/Stockholm", "UTC",
]  # fmt: skip


@dataclass
class House:
    """Ada at work with two open conversations, and the operator's browser."""

    operator: Browser
    desk: Desk
    ada: Actor
    acme: BrandCard
    night: int
    shared: int

    def get(self, path: str, **said: Any) -> str:
        return str(self.operator.get(path, said).content.decode())

    def post(self, path: str, **said: Any) -> str:
        return str(self.operator.post(path, said).content.decode())


@pytest.fixture
def house(
    operator: Browser, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard  # noqa: F811
) -> House:  # fmt: skip
    day.has(working, acme, "Where is my tent?")
    day.has(working, globex, "My bill")
    now = clock.now()
    shared = actions.shared_pool().pk
    night = actions.save_pool(name="Night", kind="burst", brand_id=None, actor="user:1", now=now).pk
    for queue_id in actions.shared_pool().queues.values_list("plan_id", flat=True):
        actions.serve(night, queue_id, actor="user:1", now=now)
    return House(operator, desk, working, acme, night, shared)


def off(house: House) -> str:
    return f"/agents/{house.ada.user_id}/sign-out/"


def signed_out(house: House) -> str:
    key = re.search(r'name="key" value="([^"]+)"', house.get(off(house)))
    assert key
    house.post(off(house), reason="sick", note="Called at nine", key=key[1])
    return house.get(off(house))


def sheet(house: House) -> str:
    house.desk.post("/shift/")
    return str(house.desk.get("/shift/").content.decode())


def sheet_refused(house: House) -> str:
    fields = re.findall(r'name="(choice-[^"]+)" value="return"', sheet(house))
    return str(house.desk.post("/shift/choices/", dict.fromkeys(fields, "return")).content.decode())


def over(house: House) -> str:
    fields = re.findall(r'name="(choice-[^"]+)" value="return"', sheet(house))
    notes = {field.replace("choice", "note", 1): "Called at nine" for field in fields}
    house.desk.post("/shift/choices/", dict.fromkeys(fields, "return") | notes)
    return str(house.desk.get("/shift/").content.decode())


def resting(house: House) -> str:
    now = clock.now()
    actions.set_rest(None, occupancy=85, hard_in_row=2, rest_minutes=5, actor="user:1", now=now)
    AgentCapacity.objects.filter(pk=house.ada.user_id).update(rests_until=now + timedelta(minutes=5))
    return str(house.desk.get("/desk/").content.decode())


def ending(house: House) -> str:
    house.desk.post("/shift/")
    return str(house.desk.get("/desk/").content.decode())


def rest(house: House) -> str:
    for pool in (None, house.night):
        actions.set_rest(pool, occupancy=85, hard_in_row=3, rest_minutes=10, actor="user:1", now=clock.now())
    return house.get("/routing/rest/")


def proposed(house: House) -> str:
    until = f"{clock.now() + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    return house.get(f"/routing/pools/{house.night}/loan/", from_pool=house.shared, count=1, until=until)


def lent(house: House) -> str:
    now = clock.now()
    actions.lend(
        house.night, [house.ada.user_id], from_pool_id=house.shared, until=now + timedelta(hours=2),
        actor="user:1", now=now,
    )  # fmt: skip
    return house.get(f"/routing/pools/{house.night}/")


def paid_for(house: House) -> str:
    for days, billable in ((0, "yes"), (9, "no")):
        day_ = (clock.now() + timedelta(days=days + 1)).date()
        house.post(f"{reason()}terms/", brand_id=house.acme.id, billable=billable, since=day_.isoformat())
    return house.get(reason())


def reason() -> str:
    return f"/staff/reasons/{AvailabilityReason.objects.get(code='training').pk}/"


MADE: dict[str, Callable[[House], str]] = {
    "sign_out": lambda house: house.get(off(house)),
    "sign_out_refused": lambda house: house.post(off(house), reason="other"),
    "signed_out": signed_out,
    "sheet": sheet,
    "sheet_refused": sheet_refused,
    "shift_over": over,
    "desk_resting": resting,
    "desk_ending": ending,
    "rest": rest,
    "rest_refused": lambda house: house.post("/routing/rest/", occupancy="5", hard_in_row="2"),
    "loan": lambda house: house.get(f"/routing/pools/{house.night}/loan/"),
    "loan_proposed": proposed,
    "loan_refused": lambda house: house.post(f"/routing/pools/{house.night}/loan/", count="0"),
    "lent": lent,
    "reasons": lambda house: house.get("/staff/reasons/"),
    "reasons_refused": lambda house: house.post("/staff/reasons/", label="Break", kind="break"),
    "reason": paid_for,
    "reason_refused": lambda house: house.post(f"{reason()}terms/", since="2020-01-01"),
}


@pytest.fixture
def html(request: pytest.FixtureRequest, house: House) -> str:
    return MADE[request.param](house)


@pytest.mark.browser
@pytest.mark.parametrize("html", MADE, indirect=True)
def it_is_accessible_and_keeps_the_policy(html: str, stage: Stage) -> None:
    assert_accessible(stage, html)


@pytest.mark.parametrize("html", MADE, indirect=True)
def it_leaves_nothing_untranslated(pseudo_locale: None, html: str) -> None:
    assert_translated(re.sub(r"\b\d+:\d\d(:\d\d)?\b", "", html), DATA)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light"], indirect=True)
@pytest.mark.parametrize("html", MADE, indirect=True)
def it_has_room_for_longer_words(pseudo_locale: None, html: str, stage: Stage) -> None:
    assert_roomy(stage, html)


@pytest.mark.browser
@pytest.mark.parametrize("width", ["wide"], indirect=True)
def it_fits_into_the_dialog_of_the_desk(house: House, stage: Stage) -> None:
    """As the answer to "End my shift" is put in place: axe finds nothing in the open dialog."""
    house.desk.post("/shift/")
    part = house.desk.part("/shift/").content.decode()
    page = str(house.desk.get("/desk/").content.decode())
    whole = re.sub(r'<div id="shift-body".*?</div>', lambda _: part, page, count=1, flags=re.DOTALL)
    opened = whole.replace('class="dialog" id="shift"', 'class="dialog" id="shift" open')
    assert_accessible(stage, opened)
