"""The blocked visitors of a client: operators and its own managers see them and lift a wrong block."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions, blocking
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message, make_inbox

PORTAL: dict[str, Any] = {"headers": {"host": "acme.localhost"}}


def blocked_in(card: BrandCard) -> str:
    """Somebody is blocked for good; returns the block's ref."""
    now = clock.now()
    with tenant_scope(card, TESTS):
        ref = first_message(make_inbox(), "You!", now=now).interaction_ref
        actions.assign(ref, agent_id=77, agent_shown="Ada from Acme", now=now)
        block = actions.block_visitor(
            ref, agent_id=77, agent_shown="Ada from Acme", actor="user:77", reason="threats", hours=None,
            now=now,
        )  # fmt: skip
    return str(block)


def is_live(card: BrandCard) -> bool:
    with tenant_scope(card, TESTS):
        return blocking.blocks(clock.now())[0].is_live


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Sandberg")
    browser = Browser()
    browser.enter("lena@example.test", "acme")
    return browser


def it_is_lifted_by_an_operator(signed: Signed, op: Actor, acme: BrandCard) -> None:
    ref, browser = blocked_in(acme), signed(op)
    page = browser.get("/clients/acme/blocks/").content.decode()
    assert all(words in page for words in ("Threats", "Ada from Acme", "For good"))
    assert browser.post(f"/clients/acme/blocks/{ref}/lift/").status_code == 303
    assert not is_live(acme)
    assert "Lifted" in browser.get("/clients/acme/blocks/").content.decode()


def it_is_lifted_by_the_clients_manager(lena: Browser, acme: BrandCard) -> None:
    ref = blocked_in(acme)
    page = lena.get("/blocks/", **PORTAL).content.decode()
    assert "Threats" in page
    assert lena.post(f"/blocks/{ref}/lift/", **PORTAL).status_code == 303
    assert not is_live(acme)


def it_costs_the_same_whoever_is_blocked(signed: Signed, op: Actor, acme: BrandCard) -> None:
    browser = signed(op)
    browser.get("/clients/acme/blocks/")
    blocked_in(acme)
    check("console: blocked visitors", counted(lambda: browser.get("/clients/acme/blocks/")))


def it_says_so_where_nobody_is_blocked(signed: Signed, op: Actor, acme: BrandCard) -> None:
    assert "Nobody is blocked." in signed(op).get("/clients/acme/blocks/").content.decode()


def it_lifts_nothing_of_another_client_and_for_no_stranger(
    signed: Signed, op: Actor, lena: Browser, acme: BrandCard, globex: BrandCard, outsider: Actor
) -> None:
    theirs, mine = blocked_in(globex), blocked_in(acme)
    assert lena.post(f"/blocks/{theirs}/lift/", **PORTAL).status_code == 404
    assert lena.get(f"/blocks/{uuid4()}/lift/", **PORTAL).status_code == 405
    assert signed(op).post(f"/clients/acme/blocks/{theirs}/lift/").status_code == 404
    stranger = signed(outsider)
    assert stranger.get("/clients/acme/blocks/").status_code == 404
    assert stranger.post(f"/clients/acme/blocks/{mine}/lift/").status_code == 404
    assert is_live(globex)
    assert is_live(acme)
