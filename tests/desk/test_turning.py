"""On hold, awaited, snoozed, back and opened again: what the agent's desk answers, and to whom."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accounts.actor import Actor
from core import clock
from desk.acts import acts_of, all_acts
from desk.snoozing import choices, when_words
from interactions import actions
from routing.models import AgentCapacity
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign, form
from tests.factories import TESTS, make_agent

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def path(ref: object, act: str, slug: str = "acme") -> str:
    return f"/desk/{slug}/{ref}/{act}/"


def answered(desk: Desk, day: Day, actor: Actor, client: BrandCard) -> object:
    """A conversation in which the agent has answered."""
    ref = day.has(actor, client)
    last = day.row(client, ref).last_seq
    assert desk.script(path(ref, "replies"), form(client, ref, "Hello!", last=last)).status_code == 201
    return ref


class DescribeHold:
    def it_is_said_to_both_and_taken_back(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        part = desk.act(path(ref, "hold")).content.decode()
        assert "is on hold and was told so" in part
        assert 'action="/desk/acme/' in part
        assert "Take back" in part
        page = desk.get("/desk/").content.decode()
        assert "On hold" in page
        assert "data-hold" in page
        back = desk.act(path(ref, "resumption"))
        assert back["X-Path"] == f"/desk/acme/{ref}/"
        assert day.row(acme, ref).state == "active"

    def it_ends_with_what_the_agent_writes(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        desk.post(path(ref, "hold"))
        last = day.row(acme, ref).last_seq
        assert desk.script(path(ref, "replies"), form(acme, ref, "Here I am", last=last)).status_code == 201
        assert day.row(acme, ref).state == "active"


class DescribeAwaiting:
    def it_wants_an_answer_first(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme)
        refused = desk.act(path(ref, "awaiting"))
        assert refused.status_code == 409
        assert "Answer first" in refused["HX-Trigger"]

    def it_stands_among_the_waiting_and_comes_back_with_a_message(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = answered(desk, day, working, acme)
        assert "Waiting on customer" in desk.act(path(ref, "awaiting")).content.decode()
        page = desk.get("/desk/").content.decode()
        waiting = page.partition('data-group="waiting"')[2].partition('data-group="closed"')[0]
        assert f"row-{ref}" in waiting
        day.says(acme, ref, "Found the receipt")  # type: ignore[arg-type]
        needs = desk.get("/desk/").content.decode().partition('data-group="needs"')[2]
        assert f"row-{ref}" in needs.partition('data-group="wrap_up"')[0]


class DescribeSnooze:
    def it_asks_until_when_and_names_the_zone(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        dialog = desk.part(path(ref, "snooze")).content.decode()
        assert "<dialog" in dialog
        assert all(words in dialog for words in ("In an hour", "Tomorrow morning", "Times are those of"))
        assert "<dialog" not in desk.get(path(ref, "snooze")).content.decode()

    def it_puts_it_away_until_then(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref, following = day.has(working, acme), day.has(working, acme, "And me?")
        done = desk.act(path(ref, "snooze"), {"until": "hour"})
        assert done["X-Path"] == f"/desk/acme/{following}/"
        row = day.row(acme, ref)
        assert row.state == "snoozed"
        assert row.snoozed_until
        assert timedelta(minutes=59) < row.snoozed_until - clock.now() < timedelta(minutes=76)
        page = desk.get(f"/desk/acme/{ref}/").content.decode()
        assert "Snoozed to" in page
        assert "Take back" in page
        assert AgentCapacity.objects.get(pk=working.user_id).used == 20

    def it_takes_an_own_time_in_the_zone_and_refuses_what_was(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        past = desk.act(path(ref, "snooze"), {"until": "own", "at": "2020-01-01T10:00"})
        assert (past.status_code, past["HX-Retarget"]) == (422, "#asked")
        assert "from now on" in past.content.decode()
        for at in ("", "soon", "2026-11-28T10:00+02:00", "0001-01-01T00:00"):
            assert desk.act(path(ref, "snooze"), {"until": "own", "at": at}).status_code == 422
        own = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        assert desk.post(path(ref, "snooze"), {"until": "own", "at": own}).status_code == 303
        assert day.row(acme, ref).state == "snoozed"

    def it_is_taken_back_only_with_room(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme)
        desk.post(path(ref, "snooze"), {"until": "hour"})
        AgentCapacity.objects.filter(pk=working.user_id).update(cap=10)
        refused = desk.act(path(ref, "resumption"))
        assert refused.status_code == 409
        assert "It stays" in refused["HX-Trigger"]
        AgentCapacity.objects.filter(pk=working.user_id).update(cap=100)
        assert desk.post(path(ref, "resumption")).status_code == 303
        assert day.row(acme, ref).state == "active"

    def it_says_times_by_their_distance(self) -> None:
        now = datetime(2026, 11, 27, 13, 50, tzinfo=UTC)
        found = choices(STOCKHOLM, now)
        assert [(one.code, one.when) for one in found] == [
            ("hour", "16:00"), ("later", "18:00"), ("morning", "Sat 09:00"),
        ]  # fmt: skip
        late = choices(STOCKHOLM, now + timedelta(hours=7))
        assert [one.code for one in late] == ["hour", "morning"]
        assert when_words(now + timedelta(days=20), now, STOCKHOLM) == "17 Dec 14:50"


class DescribeReopening:
    def it_opens_again_what_was_closed_today(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        desk.post(path(ref, "wrap-up"))
        desk.post(path(ref, "disposition"), {"reason": "delivery", "outcome": "solved"})
        assert "Open again" in desk.get(f"/desk/acme/{ref}/").content.decode()
        done = desk.act(path(ref, "reopening"))
        assert (done.status_code, day.row(acme, ref).state) == (200, "active")
        assert desk.act(path(ref, "reopening")).status_code == 409

    def it_waits_in_the_line_while_the_agent_is_full(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        desk.post(path(ref, "wrap-up"))
        desk.post(path(ref, "disposition"), {"reason": "delivery", "outcome": "solved"})
        AgentCapacity.objects.filter(pk=working.user_id).update(cap=10)
        done = desk.act(path(ref, "reopening"))
        assert "no room" in done["HX-Trigger"]
        assert day.row(acme, ref).state == "queued"


ACTS = ("hold", "awaiting", "resumption", "snooze", "reopening", "transfer", "pull")


@pytest.mark.parametrize("act", ACTS)
def it_is_for_who_has_the_conversation(
    day: Day, working: Actor, acme: BrandCard, sign_in: Sign, act: str
) -> None:
    ref = day.has(working, acme)
    colleague = sign_in(make_agent("dee@example.test", acme, name="Dee Holm"))
    values = {"until": "hour", "to": "q1", "words": "x", "client_id": str(uuid4())}
    assert colleague.act(path(ref, act), values).status_code in {404, 409}
    row = day.row(acme, ref)
    assert (row.state, row.agent_id) == ("active", working.user_id)


@pytest.mark.parametrize("act", ACTS)
def it_is_not_there_for_strangers_and_other_brands(
    day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign, outsider: Actor, act: str
) -> None:
    ref = day.has(working, acme)
    values = {"until": "hour", "to": "q1", "words": "x", "client_id": str(uuid4())}
    elsewhere = sign_in(make_agent("eve@example.test", globex, name="Eve Doe"))
    assert elsewhere.act(path(ref, act), values).status_code == 404
    assert elsewhere.act(path(ref, act, "globex"), values).status_code == 404
    assert sign_in(outsider).act(path(ref, act), values).status_code == 404
    assert day.row(acme, ref).state == "active"


@pytest.mark.parametrize("act", ["hold", "awaiting", "resumption", "reopening", "pull"])
def it_is_done_by_a_post_alone(desk: Desk, day: Day, working: Actor, acme: BrandCard, act: str) -> None:
    ref = day.has(working, acme)
    assert desk.get(path(ref, act)).status_code == 405


def it_gives_no_key_to_two_acts_that_are_legal_together(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    from desk.conversations import open_conversation

    ref = answered(desk, day, working, acme)
    found = open_conversation(working, acme, ref, now=clock.now())  # type: ignore[arg-type]
    assert {act.code for act in all_acts()} >= {"wrap_up", "transfer", "snooze", "await", "hold", "resume"}
    for verb in (None, actions.hold, actions.resume, actions.await_reply):
        if verb:
            with tenant_scope(acme, TESTS):
                verb(ref, agent_id=working.user_id, now=clock.now())  # type: ignore[arg-type]
        with translation.override("en"):
            found = open_conversation(working, acme, ref, now=clock.now())  # type: ignore[arg-type]
        acts = acts_of(found)
        keys = [act.key for act in (acts.lead, *acts.more) if act and act.key]
        assert len(keys) == len(set(keys)), keys
        assert acts.lead
