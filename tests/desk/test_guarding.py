"""Warn, block and the own block lifted, at the desk."""

from accounts.actor import Actor
from interactions.models import VisitorBlock
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.factories import TESTS


def live(client: BrandCard) -> int:
    with tenant_scope(client, TESTS):
        return int(VisitorBlock.objects.filter(lifted_at__isnull=True).count())


def it_warns_then_blocks_then_lifts(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    assert "Block for a day" in desk.get(f"/desk/acme/{ref}/block/").content.decode()
    assert desk.act(f"/desk/acme/{ref}/warning/", {"reason": "insults"}).status_code == 200
    assert "The customer was warned" in desk.get(f"/desk/acme/{ref}/").content.decode()
    foot = desk.act(f"/desk/acme/{ref}/block/", {"reason": "insults", "hours": "24"}).content.decode()
    assert "This visitor is blocked until" in foot
    assert (day.row(acme, ref).state, live(acme)) == ("wrap_up", 1)
    foot = desk.act(f"/desk/acme/{ref}/block/lift/").content.decode()
    assert ("blocked" in foot, live(acme)) == (False, 0)
    assert desk.act(f"/desk/acme/{ref}/block/lift/").status_code == 404


def it_blocks_for_good_without_scripts(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.post(f"/desk/acme/{ref}/block/", {"reason": "threats", "hours": ""})
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/acme/{ref}/")
    assert "This visitor is blocked for good." in desk.get(f"/desk/acme/{ref}/").content.decode()


def it_refuses_without_reason_or_time_and_for_others(
    desk: Desk, day: Day, working: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
) -> None:
    ref, other = day.has(working, acme), day.writes(globex)
    for wrong in ({"hours": "1"}, {"reason": "insults"}, {"reason": "insults", "hours": "9" * 5000}):
        assert desk.act(f"/desk/acme/{ref}/block/", wrong).status_code == 422
    good = {"reason": "insults", "hours": "1"}
    assert desk.act(f"/desk/globex/{other}/block/", good).status_code == 409
    assert desk.act(f"/desk/acme/{other}/block/", good).status_code == 404
    stranger = sign_in(outsider)
    for path in ("warning/", "block/", "block/lift/"):
        assert stranger.act(f"/desk/acme/{ref}/{path}", good).status_code == 404
    assert (live(acme), live(globex)) == (0, 0)
