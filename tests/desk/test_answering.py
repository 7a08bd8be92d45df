"""Offers at the desk: taken, declined, too late; and availability."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from core import clock
from routing.actions import expire_offers
from routing.models import Offer, WorkItem
from tenants.cards import BrandCard
from tenants.models import LabourEvent
from tenants.scope import labour_scope
from tests.desk.conftest import Day, Desk, Sign
from workforce.queries import state_of


def it_shows_an_offer_with_the_servers_deadline(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    offer = day.rings(acme, day.writes(acme, "A pole snapped"), working)
    page = desk.get("/desk/").content.decode()
    assert f"/offers/{offer.ref}/acceptance/" in page
    assert "A pole snapped" in page
    assert 'data-total="30"' in page


def it_takes_the_offer_and_opens_the_conversation(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.writes(acme)
    offer = day.rings(acme, ref, working)
    answer = desk.post(f"/offers/{offer.ref}/acceptance/")
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/acme/{ref}/")
    assert day.row(acme, ref).agent_id == working.user_id


def it_answers_scripts_with_the_conversation(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.writes(acme, "A pole snapped")
    answer = desk.act(f"/offers/{day.rings(acme, ref, working).ref}/acceptance/")
    assert answer.status_code == 200
    assert answer["X-Path"] == f"/desk/acme/{ref}/"
    assert "A pole snapped" in answer.content.decode()


@pytest.mark.parametrize("scripted", [False, True])
def it_says_so_when_it_was_taken_in_another_tab_and_opens_it(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, scripted: bool
) -> None:
    ref = day.writes(acme, "A pole snapped")
    offer = day.rings(acme, ref, working)
    desk.post(f"/offers/{offer.ref}/acceptance/")
    answer: Any = (desk.act if scripted else desk.post)(f"/offers/{offer.ref}/acceptance/")
    assert answer.status_code == 409
    assert "already accepted" in answer.content.decode()
    assert "A pole snapped" in answer.content.decode()


def it_says_that_the_time_ran_out(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.writes(acme)
    offer = day.rings(acme, ref, working)
    later = clock.now() + timedelta(seconds=31)
    expire_offers(later)
    answer = desk.act(f"/offers/{offer.ref}/acceptance/")
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == f"#offer-{offer.ref}"
    assert "ran out" in answer.content.decode()
    with labour_scope():
        assert WorkItem.objects.get(interaction_ref=ref).state == "queued"


def it_declines_first_and_asks_afterwards(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.writes(acme)
    offer = day.rings(acme, ref, working)
    asked = desk.act(f"/offers/{offer.ref}/refusal/")
    with labour_scope():
        assert Offer.objects.get(pk=offer.pk).state == "declined"
        assert WorkItem.objects.get(interaction_ref=ref).state == "queued"
    assert 'name="reason" value="busy"' in asked.content.decode()
    assert desk.act(f"/offers/{offer.ref}/refusal/", {"reason": "busy"}).status_code == 200
    with labour_scope():
        assert Offer.objects.get(pk=offer.pk).reason == "busy"
        explained = LabourEvent.objects.get(kind="offer.explained")
    assert (explained.actor_id, explained.data["reason"]) == (working.user_id, "busy")


def it_takes_no_reason_that_does_not_exist(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    offer = day.rings(acme, day.writes(acme), working)
    desk.act(f"/offers/{offer.ref}/refusal/")
    assert desk.act(f"/offers/{offer.ref}/refusal/", {"reason": "tired"}).status_code == 404
    with labour_scope():
        assert Offer.objects.get(pk=offer.pk).reason == "other"


def it_hides_the_offers_of_others(
    desk: Desk, day: Day, working: Actor, bo: Actor, acme: BrandCard, sign_in: Sign
) -> None:
    offer = day.rings(acme, day.writes(acme), working)
    colleague = sign_in(bo)
    assert colleague.post(f"/offers/{offer.ref}/acceptance/").status_code == 404
    assert colleague.post(f"/offers/{offer.ref}/refusal/").status_code == 404
    assert desk.get(f"/offers/{offer.ref}/acceptance/").status_code == 405


def it_changes_the_availability(desk: Desk, working: Actor) -> None:
    part = desk.act("/availability/", {"away": "meal"})
    assert 'data-state="away"' in part.content.decode()
    state = state_of(working.user_id)
    assert state
    assert (state.availability, state.reason) == ("away", "meal")
    assert desk.post("/availability/", {"to": "available"}).status_code == 303


def it_refuses_an_availability_that_does_not_exist(desk: Desk, working: Actor) -> None:
    refused = desk.act("/availability/", {"to": "busy"})
    assert refused.status_code == 422
    assert "toast" in refused["HX-Trigger"]
    assert desk.post("/availability/", {"to": "busy"}).status_code == 422
    assert desk.post("/availability/", {"away": "\0"}).status_code == 404
