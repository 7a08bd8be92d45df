"""How many statements a screen costs, against the committed budgets of tests/query_counts.json.

UPDATE_QUERY_COUNTS=1 writes what was counted: SELECT, INSERT, UPDATE and DELETE. Not counted are the
change of scopes (docs/tenancy.md); the cards of brands and the rules of seats: a process keeps them, a
transaction does not; and what our clock asks each 30 s.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from core import clock
from desk import frames
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk, form

BUDGETS = Path(__file__).resolve().parent.parent / "query_counts.json"
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def counted(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return sum(map(is_counted, (query["sql"].lstrip() for query in captured.captured_queries)))


def is_counted(statement: str) -> bool:
    others = ('FROM "tenants_brand"', 'FROM "accounts_securitypolicy"')
    return statement.upper().startswith(COUNTED) and not any(one in statement for one in others)


def check(name: str, count: int) -> None:
    budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BUDGETS.write_text(json.dumps(budgets | {name: count}, indent=2, sort_keys=True) + "\n")
        return
    assert count <= budgets.get(name, 0), f"{name}: {count} statements, {budgets.get(name)} allowed"


@pytest.fixture
def warm(desk: Desk, day: Day, acme: BrandCard) -> Desk:
    """Cards and templates are looked up once in a process's life."""
    desk.get("/desk/")
    return desk


def it_shows_the_desk_with_nothing_on_it(warm: Desk) -> None:
    check("desk: page, no conversation", counted(lambda: warm.get("/desk/")))


def it_costs_the_same_with_many_conversations(warm: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    day.has(working, acme)
    one = counted(lambda: warm.get("/desk/"))
    for _ in range(2):
        day.has(working, acme)
    day.writes(acme)
    assert counted(lambda: warm.get("/desk/")) == one
    check("desk: page, one client touched", one)


def it_costs_one_more_for_each_client_touched(
    warm: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    day.has(working, acme)
    one = counted(lambda: warm.get("/desk/"))
    day.has(working, globex)
    assert counted(lambda: warm.get("/desk/")) <= one + 1


def it_opens_a_conversation(warm: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    check("desk: conversation, page", counted(lambda: warm.get(f"/desk/acme/{ref}/")))
    check("desk: conversation, part", counted(lambda: warm.part(f"/desk/acme/{ref}/")))
    for n in range(5):
        day.says(acme, ref, f"message {n}")
    check("desk: conversation, part", counted(lambda: warm.part(f"/desk/acme/{ref}/")))


def it_sends_a_reply(warm: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    data = form(acme, ref, "On its way", last=2)
    check("desk: reply", counted(lambda: warm.script(f"/desk/acme/{ref}/replies/", data)))


def it_saves_a_draft(warm: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    data = {"kind": "reply", "body": "half"}
    check("desk: draft", counted(lambda: warm.post(f"/desk/acme/{ref}/draft/", data)))


def it_brings_a_message_to_the_socket(working: Actor, day: Day, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    day.says(acme, ref, "One more thing")
    now = clock.now()
    check(
        "desk: message to the socket", counted(lambda: frames.news(working, acme.id, ref, after=2, now=now))
    )
    check("desk: its row", counted(lambda: frames.row_frames(working, acme.id, [ref], now=now)))


def it_brings_an_offer_to_the_socket(working: Actor, day: Day, acme: BrandCard) -> None:
    day.rings(acme, day.writes(acme), working)
    now = clock.now()
    check("desk: offer to the socket", counted(lambda: frames.parts(working, {"offers"}, now=now)))
    check("desk: slots to the socket", counted(lambda: frames.parts(working, {"slots"}, now=now)))
    check("desk: top bar to the socket", counted(lambda: frames.parts(working, {"top"}, now=now)))
