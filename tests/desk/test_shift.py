"""The sheet at the end of a shift, and what comes after the work at hand."""

import re

from accounts.actor import Actor
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_budget import check, counted
from workforce.models import AgentState


def state(actor: Actor) -> tuple[str, str]:
    row = AgentState.objects.get(pk=actor.user_id)
    return row.availability, row.next_availability


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def it_ends_at_once_without_work(desk: Desk, working: Actor) -> None:
    part = desk.act("/shift/").content.decode()
    assert "you are offline" in part
    assert "<h1" not in part
    assert state(working) == ("offline", "")


def it_lists_what_is_open_and_gives_it_back_with_a_note(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    mine, other = day.has(working, acme, "Where is it?"), day.has(working, globex, "My bill")
    part = desk.act("/shift/").content.decode()
    for words in ("Where is it?", "My bill", acme.name, globex.name, "I finish it", "Give it back"):
        assert words in part
    said = {
        "key": key_in(part), f"choice-acme.{mine}": "return", f"note-acme.{mine}": "Parcel is lost",
        f"choice-globex.{other}": "finish",
    }  # fmt: skip
    after = desk.act("/shift/choices/", said).content.decode()
    assert "Where is it?" not in after
    assert "My bill" in after
    assert (day.row(acme, mine).state, day.row(globex, other).agent_id) == ("queued", working.user_id)
    assert day.bodies(acme, mine, "note") == ["Parcel is lost"]
    assert state(working) == ("available", "offline")
    assert desk.act("/shift/choices/", said).status_code == 200
    assert day.bodies(acme, mine, "note") == ["Parcel is lost"]


def it_keeps_what_was_written_when_a_note_is_missing(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    mine, other = day.has(working, acme), day.has(working, globex)
    part = desk.act("/shift/").content.decode()
    said = {
        "key": key_in(part), f"choice-acme.{mine}": "return", f"note-acme.{mine}": "",
        f"choice-globex.{other}": "finish", f"note-globex.{other}": "half a thought",
    }  # fmt: skip
    for answer in (desk.act("/shift/choices/", said), desk.post("/shift/choices/", said)):
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Leave a note" in page
        assert "half a thought" in page
        assert 'value="return" checked' in page
    assert day.row(acme, mine).agent_id == working.user_id


def it_snoozes_until_a_time_that_is_chosen(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    page = desk.act("/shift/").content.decode()
    assert "Snooze it" in page
    assert "Tomorrow morning" in page
    said = {"key": key_in(page), f"choice-acme.{ref}": "snooze", f"until-acme.{ref}": "own"}
    refused = desk.act("/shift/choices/", said)
    assert (refused.status_code, "Choose until when." in refused.content.decode()) == (422, True)
    said |= {f"until-acme.{ref}": "morning", f"note-acme.{ref}": "Ask about the size"}
    assert desk.act("/shift/choices/", said).status_code == 200
    row = day.row(acme, ref)
    assert (row.state, row.agent_id, row.snoozed_until is None) == ("snoozed", working.user_id, False)
    assert day.bodies(acme, ref, "note") == ["Ask about the size"]
    assert state(working) == ("offline", "")


def it_works_by_plain_forms(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.post("/shift/")
    assert (answer.status_code, answer["Location"]) == (303, "/shift/")
    page = desk.get("/shift/").content.decode()
    assert "<h1>End of shift</h1>" in page
    said = {"key": key_in(page), f"choice-acme.{ref}": "return", f"note-acme.{ref}": "Takes long"}
    assert desk.post("/shift/choices/", said).status_code == 303
    assert "you are offline" in desk.get("/shift/").content.decode()


def it_shows_the_sheet_without_ending_anything(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    day.has(working, acme)
    page = desk.get("/shift/").content.decode()
    assert "End my shift" in page
    assert state(working) == ("available", "")


def it_is_found_in_the_menu_and_says_what_comes(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    day.has(working, acme)
    assert "End my shift" in desk.get("/desk/").content.decode()
    desk.act("/shift/")
    assert "then Offline" in desk.get("/desk/").content.decode()
    desk.act("/availability/", {"to": "available"})
    assert state(working) == ("available", "")


def it_is_away_when_the_work_at_hand_is_done(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    part = desk.act("/availability/", {"away": "break", "after": "1"}).content.decode()
    assert "then Break" in part
    assert state(working) == ("available", "away")
    desk.act(f"/desk/acme/{ref}/wrap-up/")
    desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "delivery", "outcome": "solved"})
    assert state(working) == ("away", "")


def it_touches_nobody_elses(
    desk: Desk, day: Day, working: Actor, bo: Actor, sign_in: Sign, acme: BrandCard, globex: BrandCard
) -> None:
    mine, other = day.has(working, acme), day.has(working, globex)
    beside = sign_in(bo)
    said = {
        f"choice-acme.{mine}": "return", f"note-acme.{mine}": "x", f"choice-globex.{other}": "return",
        f"note-globex.{other}": "x", "choice-nobody.x": "return", "choice-acme.x": "return",
    }  # fmt: skip
    beside.act("/shift/choices/", said)
    assert day.row(acme, mine).agent_id == working.user_id
    assert day.row(globex, other).agent_id == working.user_id


def it_is_absent_for_who_answers_nobody(cy: Actor, outsider: Actor, sign_in: Sign) -> None:
    stranger = sign_in(outsider)
    assert stranger.get("/shift/").status_code == 404
    assert stranger.post("/shift/").status_code == 404
    assert stranger.post("/shift/choices/").status_code == 404
    assert stranger.get("/desk/").status_code == 404


def it_costs_few_statements(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    desk.get("/desk/")
    day.has(working, acme)
    check("desk: end of shift", counted(lambda: desk.part("/shift/")))
