"""Replies, notes and drafts: bound to their conversation, sent once, never lost."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from core import clock
from interactions import access, actions
from interactions.queries import drafts_of
from routing.models import WorkItem
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.desk.conftest import Day, Desk, Sign, form
from tests.factories import TESTS
from workforce.ledger import Rule, seconds_by_brand
from workforce.models import FocusInterval
from workforce.queries import ledger_of


def talk(client: BrandCard, ref: object, what: str = "replies") -> str:
    return f"/desk/{client.slug}/{ref}/{what}/"


def it_sends_a_reply_under_the_alias(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.script(talk(acme, ref), form(acme, ref, "On its way", last=2))
    assert answer.status_code == 201
    assert answer.json()["seq"] == 3
    assert 'id="m3"' in answer.json()["html"]
    assert day.bodies(acme, ref, "out") == ["On its way"]


def it_sends_the_same_client_id_once(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref, client_id = day.has(working, acme), uuid4()
    first = desk.script(talk(acme, ref), form(acme, ref, "Once", last=2, client_id=client_id))
    second = desk.script(talk(acme, ref), form(acme, ref, "Once", last=2, client_id=client_id))
    assert first.json()["seq"] == second.json()["seq"]
    assert day.bodies(acme, ref, "out") == ["Once"]


def it_refuses_when_the_customer_wrote_since(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    day.says(acme, ref, "Wait, another thing")
    answer = desk.script(talk(acme, ref), form(acme, ref, "Too early", last=2))
    assert answer.status_code == 409
    assert answer.json()["code"] == "moved_on"
    assert "Wait, another thing" in answer.json()["html"]
    assert day.bodies(acme, ref, "out") == []


def it_keeps_the_text_of_a_refused_form_without_scripts(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    day.says(acme, ref, "Wait, another thing")
    page = desk.post(talk(acme, ref), form(acme, ref, "My long answer", last=2))
    text = page.content.decode()
    assert page.status_code == 409
    assert "My long answer</textarea>" in text
    assert "Wait, another thing" in text
    assert "New messages arrived while you wrote" in text


def it_refuses_a_text_of_another_conversation(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    mine, other = day.has(working, acme), day.has(working, acme)
    answer = desk.script(talk(acme, mine), form(acme, other, "For somebody else", last=9))
    assert answer.status_code == 409
    assert answer.json()["code"] == "wrong_place"
    assert day.bodies(acme, mine, "out") == day.bodies(acme, other, "out") == []


def it_refuses_a_text_of_another_client(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    ref = day.has(working, acme)
    answer = desk.script(talk(acme, ref), form(globex, ref, "For the other brand", last=2))
    assert answer.status_code == 409
    assert answer.json()["code"] == "wrong_place"


def it_refuses_what_is_too_long_with_words(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.script(talk(acme, ref), form(acme, ref, "x" * 10_001, last=2))
    assert answer.status_code == 422
    assert answer.json()["message"]
    page = desk.post(talk(acme, ref), form(acme, ref, "y" * 10_001, last=2))
    assert page.status_code == 422
    assert "y" * 10_001 in page.content.decode()


@pytest.mark.parametrize("client_id", [None, "", "7", "not-a-uuid"])
@pytest.mark.parametrize("what", ["replies", "notes"])
def it_refuses_a_text_that_has_no_id_of_its_own(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, what: str, client_id: str | None
) -> None:
    ref = day.has(working, acme)
    data = form(acme, ref, "Twice the same?", last=2) | {"client_id": client_id}
    data = {name: value for name, value in data.items() if value is not None}
    for _ in range(2):
        answer = desk.script(talk(acme, ref, what), data)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_client_id")
        assert "your text is kept" in answer.json()["message"]
    page = desk.post(talk(acme, ref, what), data)
    assert page.status_code == 422
    assert "Twice the same?</textarea>" in page.content.decode()
    assert day.bodies(acme, ref, "out") == day.bodies(acme, ref, "note") == []


def it_writes_a_note_that_no_customer_reads(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.script(talk(acme, ref, "notes"), form(acme, ref, "Difficult one", last=2))
    assert answer.status_code == 201
    assert "m note" in answer.json()["html"]
    assert day.bodies(acme, ref, "note") == ["Difficult one"]
    assert day.bodies(acme, ref, "out") == []


def it_goes_back_to_the_page_without_scripts(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    answer = desk.post(talk(acme, ref), form(acme, ref, "On its way", last=2))
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/acme/{ref}/")


def it_keeps_a_draft_for_each_kind_and_shows_it_again(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    for kind in ("reply", "note"):
        assert (
            desk.post(talk(acme, ref, "draft"), {"kind": kind, "body": f"half a {kind}"}).status_code == 204
        )
    page = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert "half a reply</textarea>" in page
    assert "half a note</textarea>" in page
    assert "data-draft>" in desk.get("/desk/").content.decode()


def it_forgets_the_draft_that_was_sent(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    desk.post(talk(acme, ref, "draft"), {"kind": "reply", "body": "half"})
    desk.script(talk(acme, ref), form(acme, ref, "whole", last=2))
    with tenant_scope(acme, TESTS):
        assert drafts_of(working.user_id, [ref]) == {}


def it_keeps_what_was_not_sent_readable_in_wrap_up(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    desk.post(talk(acme, ref, "draft"), {"kind": "reply", "body": "nearly sent"})
    day.leaves(acme, ref)
    page = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert "nearly sent</textarea>" in page
    assert "readonly" in page
    refused = desk.script(talk(acme, ref), form(acme, ref, "nearly sent", last=9))
    assert (refused.status_code, refused.json()["code"]) == (409, "ended")


def it_marks_as_read_what_stood_in_front(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    assert day.row(acme, ref).unread == 1
    assert desk.post(talk(acme, ref, "reading"), {"seq": "2"}).status_code == 204
    assert day.row(acme, ref).unread == 0


def it_counts_the_time_for_what_is_in_front(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    first, second = day.has(working, acme), day.has(working, globex)
    for client, ref in ((acme, first), (acme, first), (globex, second)):
        assert desk.post(talk(client, ref, "reading"), {"seq": "2"}).status_code == 204
    before, now_on = fronts(working)
    assert (before.work_item_id, now_on.work_item_id) == (item_of(first), item_of(second))
    assert (before.ended_at, now_on.ended_at) == (now_on.started_at, None)
    start, end = now_on.started_at, now_on.started_at + timedelta(seconds=10)
    shares = {rule: ledger_of(working.user_id, start=start, end=end, rule=rule) for rule in Rule}
    assert seconds_by_brand(shares[Rule.FOCUS]) == {globex.id: 10}
    assert seconds_by_brand(shares[Rule.EQUAL]) == {acme.id: 5, globex.id: 5}


def it_counts_no_time_for_what_is_over(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    kept, over = day.has(working, acme), day.has(working, acme)
    desk.post(talk(acme, kept, "reading"), {"seq": "2"})
    desk.post(talk(acme, over, "wrap-up"))
    with tenant_scope(acme, TESTS):
        actions.force_wrap_up(over, now=clock.now() + timedelta(minutes=5))
    desk.post(talk(acme, over, "reading"), {"seq": "9"})
    assert [(row.work_item_id, row.ended_at) for row in fronts(working)] == [(item_of(kept), None)]


def fronts(agent: Actor) -> list[FocusInterval]:
    with labour_scope():
        return list(FocusInterval.objects.filter(agent_id=agent.user_id).order_by("started_at"))


def item_of(ref: UUID) -> int:
    with labour_scope():
        return WorkItem.objects.get(interaction_ref=ref).pk


def it_lets_only_who_has_it_write(
    desk: Desk, day: Day, working: Actor, bo: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
) -> None:
    mine, theirs = day.has(working, acme), day.has(working, globex)
    colleague = sign_in(bo)
    refused = colleague.script(talk(acme, mine), form(acme, mine, "Mine now", last=2))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_yours")
    for what in ("replies", "notes", "draft", "typing", "reading", "wrap-up"):
        stranger = colleague.script(
            talk(globex, theirs, what), form(globex, theirs, "x", last=2) | {"kind": "note"}
        )
        assert stranger.status_code == 404, what
    with tenant_scope(acme, TESTS):
        assert access.get_interaction(mine).agent_id == working.user_id


def it_refuses_to_be_asked_for(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    for what in ("replies", "notes", "draft", "typing", "reading", "wrap-up", "extension", "disposition"):
        assert desk.get(talk(acme, ref, what)).status_code == 405, what


def it_tells_who_is_signed_out(day: Day, working: Actor, acme: BrandCard) -> None:
    from django.test import Client

    ref = day.has(working, acme)
    answer = Client(headers={"host": "localhost"}).post(talk(acme, ref), form(acme, ref, "x", last=2))
    assert answer.status_code == 401


def it_goes_on_with_the_other_of_the_two_without_scripts(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    said = {"kind": "reply", "body": "half a reply", "turn": "note"}
    answer = desk.post(talk(acme, ref, "draft"), said)
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/acme/{ref}/?mode=note")
    assert "half a reply</textarea>" in desk.get(answer["Location"]).content.decode()
    assert desk.post(talk(acme, ref, "draft"), said | {"turn": "//evil.example"}).status_code == 422
