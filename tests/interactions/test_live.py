"""What is pushed: ids, kinds and numbers, to whom it concerns, when it has happened."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from core import live
from interactions import actions
from interactions.signals import work_ended, work_turned
from tenants.cards import BrandCard
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA = 77
LATER = NOW + timedelta(seconds=30)

Pushes = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def pushes(monkeypatch: pytest.MonkeyPatch) -> Pushes:
    """(group, payload) of each publish, in order."""
    heard: Pushes = []
    monkeypatch.setattr(live, "publish_all", heard.extend)
    return heard


@pytest.fixture
def ref(open_chat: Opener) -> UUID:
    opened = open_chat()
    actions.assign(opened, agent_id=ADA, agent_shown="Ada", now=NOW)
    return opened


def to(pushes: Pushes, side: str) -> list[dict[str, Any]]:
    return [payload for group, payload in pushes if group.startswith(f"{side}.")]


def it_tells_both_sides_of_a_message(ref: UUID, pushes: Pushes, acme: BrandCard) -> None:
    actions.receive_message(ref, client_id=uuid4(), body="Where is it?", now=LATER)
    assert pushes == [
        (
            f"agent.{ADA}",
            {"kind": "message", "stream": f"c.{ref}", "seq": 3, "brand": acme.id, "ref": str(ref)},
        ),
        (f"visitor.{acme.id}.{ref.hex}", {"kind": "message", "seq": 3}),
    ]


def it_tells_the_visitor_nothing_of_a_note(ref: UUID, pushes: Pushes) -> None:
    actions.add_note(ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="VIP", now=LATER)
    assert to(pushes, "visitor") == []
    assert [payload["seq"] for payload in to(pushes, "agent")] == [3]


def it_tells_nobody_of_a_repeat(ref: UUID, pushes: Pushes) -> None:
    said: dict[str, Any] = {"client_id": uuid4(), "body": "Hi", "now": LATER}
    actions.receive_message(ref, **said)
    pushes.clear()
    actions.receive_message(ref, **said)
    assert pushes == []


def it_tells_the_visitor_alone_while_nobody_has_it(open_chat: Opener, pushes: Pushes) -> None:
    ref = open_chat()
    pushes.clear()
    actions.receive_message(ref, client_id=uuid4(), body="Hello?", now=LATER)
    assert to(pushes, "agent") == []
    assert to(pushes, "visitor") == [{"kind": "message", "seq": 2}]


def it_tells_of_every_state(open_chat: Opener, pushes: Pushes) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
    actions.requeue(ref, reason="agent_lost", now=LATER)
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=LATER)
    actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
    actions.wrap_up(ref, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=LATER)
    states = ["active", "queued", "active", "wrap_up", "closed"]
    for side in ("agent", "visitor"):
        told = [payload["state"] for payload in to(pushes, side) if payload["kind"] == "state"]
        assert told == states


def it_tells_the_visitor_of_every_public_number(open_chat: Opener, pushes: Pushes) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
    actions.requeue(ref, reason="agent_lost", now=LATER)
    actions.end_by_visitor(ref, now=LATER)
    told = [payload["seq"] for payload in to(pushes, "visitor") if payload["kind"] == "message"]
    assert told == [1, 2, 3, 4]


def it_carries_no_words(open_chat: Opener, pushes: Pushes) -> None:
    ref = open_chat("Xyzzy first")
    actions.assign(ref, agent_id=ADA, agent_shown="Xyzzy Berg", now=NOW)
    actions.receive_message(ref, client_id=uuid4(), body="Xyzzy again", now=LATER)
    for payload in to(pushes, "agent") + to(pushes, "visitor"):
        assert "Xyzzy" not in str(payload)
        assert set(payload) <= {"kind", "stream", "seq", "brand", "ref", "state"}


def it_waits_for_the_commit(
    ref: UUID, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(live, "_send", lambda pushes: sent.extend(group for group, _payload in pushes))
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            actions.receive_message(ref, client_id=uuid4(), body="Hi", now=LATER)
        assert sent == []
    assert len(sent) == 2


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """What the upper rooms hear of wrap-up and its end."""
    facts: list[dict[str, Any]] = []

    def listen(signal: object, sender: object, **fact: Any) -> None:
        facts.append(fact)

    for signal in (work_turned, work_ended):
        signal.connect(listen)
    yield facts
    for signal in (work_turned, work_ended):
        signal.disconnect(listen)


def it_says_upward_when_wrap_up_is_due(ref: UUID, acme: BrandCard, heard: list[dict[str, Any]]) -> None:
    actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
    actions.extend_wrap_up(ref, agent_id=ADA, now=LATER)
    actions.wrap_up(ref, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=LATER)
    same = {"brand_id": acme.id, "interaction_ref": ref, "now": LATER}
    due = LATER + timedelta(seconds=60)
    assert heard == [
        {**same, "turn": "wrap_up", "until": due},
        {**same, "turn": "wrap_up", "until": due + timedelta(seconds=60)},
        {**same, "not_a_contact": False, "was_hard": False},
    ]


def it_undoes_the_verb_when_an_upper_room_fails(open_chat: Opener) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)

    def fail(**_: Any) -> None:
        raise RuntimeError("the labour plane says no")

    work_turned.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            actions.begin_wrap_up(ref, agent_id=ADA, now=LATER)
    finally:
        work_turned.disconnect(fail)
    assert (
        actions.send_reply(
            ref, agent_id=ADA, author_shown="Ada", client_id=uuid4(), body="Still here", last_seq=2, now=LATER
        ).seq
        == 3
    )
