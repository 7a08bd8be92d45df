"""A promised call at the desk."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from accounts.actor import Actor
from core import clock
from interactions import actions
from routing.actions import accept_offer
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.factories import TESTS

NUMBER = "+46 8 123 456"


def window(hours: float = 2, zone: str = "Europe/Stockholm") -> dict[str, str]:
    local = clock.now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    until = local + timedelta(hours=hours)
    return {"number": NUMBER, "from": f"{local:%Y-%m-%dT%H:%M}", "until": f"{until:%Y-%m-%dT%H:%M}"}


def it_promises_a_call_and_makes_it(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    assert "Promise the call" in desk.get(f"/desk/acme/{ref}/callback/").content.decode()
    done = desk.act(f"/desk/acme/{ref}/callback/", window())
    assert (done.status_code, day.row(acme, ref).state) == (200, "callback_scheduled")
    with tenant_scope(acme, TESTS):
        assert actions.fire_callbacks(now=clock.now()) == 1
    offer = day.rings(acme, ref, working)
    assert "Call to be made" in desk.get("/desk/").content.decode()
    accept_offer(offer.ref, actor=working, now=clock.now())
    page = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert all(words in page for words in ("tel:+468123456", "Attempt 1 of 3", "Europe/Stockholm time"))
    assert desk.act(f"/desk/acme/{ref}/wrap-up/").status_code == 409
    foot = desk.act(f"/desk/acme/{ref}/callback/attempts/", {"outcome": "reached"}).content.decode()
    assert "tel:" not in foot
    assert desk.act(f"/desk/acme/{ref}/wrap-up/").status_code == 200


def it_takes_the_same_promise_twice_for_one(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref, key = day.has(working, acme), str(uuid4())
    for _ in range(2):
        assert desk.act(f"/desk/acme/{ref}/callback/", window() | {"key": key}).status_code == 200
    assert day.row(acme, ref).state == "callback_scheduled"
    assert desk.act(f"/desk/acme/{ref}/callback/", window() | {"key": str(uuid4())}).status_code == 409


def it_says_what_cannot_be_promised(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    for wrong in ({"number": "soon"}, {"from": ""}, {"until": "later"}, {"from": "0001-01-01T00:00"}):
        assert desk.act(f"/desk/acme/{ref}/callback/", window() | wrong).status_code == 422
    assert desk.post(f"/desk/acme/{ref}/callback/", window(0.1)).status_code == 422
    assert day.row(acme, ref).state == "active"


def it_is_not_there_for_an_outsider_and_not_for_a_colleague(
    desk: Desk, day: Day, working: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
) -> None:
    ref, other = day.has(working, acme), day.writes(globex)
    stranger = sign_in(outsider)
    assert stranger.act(f"/desk/acme/{ref}/callback/", window()).status_code == 404
    assert stranger.act(f"/desk/acme/{ref}/callback/attempts/", {"outcome": "reached"}).status_code == 404
    there = window(zone=globex.timezone)
    assert desk.act(f"/desk/globex/{other}/callback/", there).status_code == 409
    assert desk.act(f"/desk/acme/{other}/callback/", window()).status_code == 404
