"""The client is asked at the desk, and what it says comes back there by push."""

from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from core import clock
from core.executor import run_db
from interactions.asking import queries
from interactions.asking.actions import answer_request
from interactions.asking.values import RequestView
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_socket import opened
from tests.factories import TESTS

GOOD = {"kind": "check", "question": "Was order 1234 sent?", "hours": ""}


def asked(client: BrandCard, ref: UUID) -> list[RequestView]:
    with tenant_scope(client, TESTS):
        return queries.requests_of(ref)


def answered(client: BrandCard, ref: UUID) -> None:
    with tenant_scope(client, TESTS):
        answer_request(ref, answer="On Monday.", shown="Lena Holm", actor="user:9", now=clock.now())


def it_asks_again_and_calls_off(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme)
    path = f"/desk/acme/{ref}/request/"
    assert "8 open hours, as agreed" in desk.get(path).content.decode()
    key = uuid4()
    for _twice in range(2):
        assert desk.act(path, GOOD | {"key": str(key)}).status_code == 200
    (one,) = asked(acme, ref)
    html = desk.get(f"/desk/acme/{ref}/").content.decode()
    assert "Asked the client" in html
    assert "Was order 1234 sent?" in html
    answered(acme, one.ref)
    assert "The client&#x27;s answer" in desk.get(f"/desk/acme/{ref}/").content.decode()
    assert desk.act(f"{path}{one.ref}/again/", {"question": " "}).status_code == 422
    assert desk.act(f"{path}{one.ref}/again/", {"question": "Which Monday?"}).status_code == 200
    assert asked(acme, ref)[0].is_open
    assert desk.act(f"{path}{one.ref}/cancellation/").status_code == 200
    assert asked(acme, ref)[0].state == "cancelled"


def it_works_without_scripts_and_keeps_what_was_typed(
    desk: Desk, day: Day, working: Actor, acme: BrandCard
) -> None:
    ref = day.has(working, acme)
    path = f"/desk/acme/{ref}/request/"
    wrong = desk.post(path, GOOD | {"key": str(uuid4()), "hours": "x"})
    assert (wrong.status_code, "Was order 1234 sent?" in wrong.content.decode()) == (422, True)
    right = desk.post(path, GOOD | {"key": str(uuid4()), "hours": "2"})
    assert (right.status_code, right["Location"]) == (303, f"/desk/acme/{ref}/")


def it_refuses_strangers_and_what_is_anothers(
    desk: Desk, day: Day, working: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
) -> None:
    ref, second, other = day.has(working, acme), day.has(working, acme), day.writes(globex)
    good = GOOD | {"key": str(uuid4())}
    desk.act(f"/desk/acme/{ref}/request/", good)
    (one,) = asked(acme, ref)
    assert desk.act(f"/desk/globex/{other}/request/", good).status_code == 409
    assert desk.act(f"/desk/acme/{other}/request/", good).status_code == 404
    for path in (f"{second}/request/{one.ref}", f"{ref}/request/{uuid4()}"):
        assert desk.act(f"/desk/acme/{path}/cancellation/").status_code == 404
        assert desk.act(f"/desk/acme/{path}/again/", {"question": "And?"}).status_code == 404
    assert desk.act(f"/desk/globex/{ref}/request/{one.ref}/cancellation/").status_code == 404
    stranger = sign_in(outsider)
    for path in ("", f"{one.ref}/again/", f"{one.ref}/cancellation/"):
        assert stranger.act(f"/desk/acme/{ref}/request/{path}", good).status_code == 404
    assert asked(acme, ref)[0].is_open


@pytest.mark.django_db(transaction=True)
async def it_hears_of_the_answer_at_once(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = await run_db(day.has, working, acme)
    await run_db(desk.act, f"/desk/acme/{ref}/request/", GOOD | {"key": str(uuid4())})
    (one,) = await run_db(asked, acme, ref)
    async with opened(desk, resume={f"c.{ref}": 2}) as page:
        await run_db(answered, acme, one.ref)
        note = await page.frame(lambda f: f["stream"] == f"c.{ref}" and "On Monday." in f.get("html", ""))
        assert note["data"]["from"] == "note"
        told = await page.of("told")
        assert told["data"]["words"] == "Lena Holm of Acme Outdoor has answered: Check something"
