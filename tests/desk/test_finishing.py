"""Wrap-up, one more minute, reason and outcome."""

from accounts.actor import Actor
from core import clock
from routing.actions import set_rest
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk


def it_begins_wrap_up_and_asks_for_reason_and_outcome(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    part = desk.act(f"/desk/acme/{ref}/wrap-up/").content.decode()
    assert all(word in part for word in ("Delivery", "Return", "Solved", "One more minute", "data-until"))
    assert day.row(acme, ref).state == "wrap_up"


def it_gives_one_more_minute_once(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    desk.act(f"/desk/acme/{ref}/wrap-up/")
    assert "One more minute" not in desk.act(f"/desk/acme/{ref}/extension/").content.decode()
    assert desk.act(f"/desk/acme/{ref}/extension/").status_code == 409


def it_finishes_and_opens_what_waits(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref, following = day.has(working, acme), day.has(working, acme, "And me?")
    desk.act(f"/desk/acme/{ref}/wrap-up/")
    chosen = {"reason": "delivery", "outcome": "solved"}
    part = desk.act(f"/desk/acme/{ref}/disposition/", chosen)
    assert part["X-Path"] == f"/desk/acme/{following}/"
    row = day.row(acme, ref)
    assert row.reason
    assert row.outcome
    assert (row.state, row.reason.code, row.outcome.code) == ("closed", "delivery", "solved")


def it_lists_it_among_those_closed_today(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    desk.post(f"/desk/acme/{ref}/wrap-up/")
    done = desk.post(f"/desk/acme/{ref}/disposition/", {"reason": "delivery", "outcome": "solved"})
    assert (done.status_code, done["Location"]) == (303, "/desk/")
    page = desk.get("/desk/").content.decode()
    assert "Closed today" in page
    assert '<span class="sla">Delivery</span>' in page
    closed = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert "Delivery, Solved" in closed
    assert "<textarea" not in closed


def it_keeps_the_choice_that_was_made_when_the_other_is_missing(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    desk.act(f"/desk/acme/{ref}/wrap-up/")
    again = desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "return"})
    assert again.status_code == 422
    assert 'value="return" selected' in again.content.decode()
    page = desk.post(f"/desk/acme/{ref}/disposition/", {"reason": "return"})
    assert page.status_code == 422
    assert 'value="return" selected' in page.content.decode()
    assert day.row(acme, ref).state == "wrap_up"


def it_refuses_what_does_not_follow(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    assert desk.act(f"/desk/acme/{ref}/extension/").status_code == 409
    assert (
        desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "return", "outcome": "solved"}).status_code
        == 409
    )
    desk.act(f"/desk/acme/{ref}/wrap-up/")
    assert desk.act(f"/desk/acme/{ref}/wrap-up/").status_code == 409


def it_notes_that_it_was_hard_and_rests_in_plain_words(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    set_rest(None, occupancy=None, hard_in_row=1, rest_minutes=5, actor="user:1", now=clock.now())
    ref = day.has(working, acme)
    assert "This one was hard" in desk.act(f"/desk/acme/{ref}/wrap-up/").content.decode()
    again = desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "return", "hard": "1"})
    assert 'name="hard" value="1" checked' in again.content.decode()
    chosen = {"reason": "return", "outcome": "solved", "hard": "1"}
    page = desk.act(f"/desk/acme/{ref}/disposition/", chosen).content.decode()
    assert "You rest until" in page
    assert "Hard conversations came one after another" in page
    assert "rests until" in desk.get("/desk/").content.decode()
