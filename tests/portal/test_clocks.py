# ruff: noqa: F811 - fixtures of the desk
"""Clocks of a conversation on the client's own host: what stands still until it answers, and for what."""

from uuid import UUID

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.asking.actions import answer_request
from interactions.asking.queries import get_request
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.conftest import Day, day, working  # noqa: F401 - fixtures
from tests.factories import TESTS, make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_requests import ask, html, lena  # noqa: F401 - a fixture


@pytest.fixture
def asked(day: Day, working: Actor, acme: BrandCard) -> tuple[UUID, UUID]:
    """A conversation whose resolution stands still, and the request for which it does."""
    day.agrees(acme, resolution=7200)
    request = ask(day, working, acme)
    with tenant_scope(acme, TESTS):
        return get_request(request).interaction_ref, request


def it_says_that_it_waits_for_the_client_and_for_what(
    asked: tuple[UUID, UUID], lena: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    ref, request = asked
    shown = html(lena, acme, f"/report/conversations/{ref}/")
    assert f"Resolution paused: waiting for {acme.name}" in shown
    assert f"/requests/{request}/" in shown
    with tenant_scope(acme, TESTS):
        answer_request(request, answer="Yes", shown="Lena", actor="user:9", now=clock.now())
    assert "waiting for" not in html(lena, acme, f"/report/conversations/{ref}/")
    make_person("gil@example.test", (Role.MANAGER, globex))
    stranger = signed_in("gil@example.test", globex)
    assert page(stranger, globex, f"/report/conversations/{ref}/").status_code == 404


def it_shows_none_where_that_is_not_agreed(day: Day, working: Actor, lena: Browser, acme: BrandCard) -> None:
    request = ask(day, working, acme)
    with tenant_scope(acme, TESTS):
        ref = get_request(request).interaction_ref
    assert "waiting for" not in html(lena, acme, f"/report/conversations/{ref}/")
