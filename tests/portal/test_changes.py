# ruff: noqa: F811 - a fixture of who looks on
"""A client asks its provider for a change; the provider decides; both see it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.changing import queries
from interactions.models import ChangeRequest
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, forget_limits, make_person
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture

HOST = {"host": "acme.localhost:8000"}
CONSOLE = {"host": "localhost:8000"}
OFFICE = [(day, 9 * 60, 17 * 60) for day in range(5)]


@pytest.fixture
def code(db: None, acme: BrandCard, globex: BrandCard) -> str:
    """Acme's opening hours, as an address names them."""
    cache.clear()
    with tenant_scope(acme, TESTS):
        hours: dict[str, Any] = {"name": "Office", "zone": "Europe/Stockholm", "week": OFFICE}
        view = actions.save_calendar(**hours, actor="user:1", now=clock.now())
    return f"week.{view.ref}"


@pytest.fixture
def lena(code: str, acme: BrandCard) -> Browser:
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


def form(**more: str) -> dict[str, str]:
    days = {f"day{n}": "08:00–18:00" if n < 5 else "" for n in range(7)}
    return days | {"from": f"{clock.now() + timedelta(days=2):%Y-%m-%d}", "key": str(uuid4())} | more


def text(browser: Browser, card: BrandCard, path: str) -> str:
    answer = page(browser, card, path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def only(card: BrandCard) -> UUID:
    with tenant_scope(card, TESTS):
        return UUID(str(ChangeRequest.objects.get().ref))


def state(card: BrandCard) -> str:
    with tenant_scope(card, TESTS):
        return queries.get_change(UUID(str(ChangeRequest.objects.get().ref))).state


def it_asks_sees_and_withdraws(lena: Browser, code: str, acme: BrandCard) -> None:
    assert "09:00–17:00" in text(lena, acme, f"/changes/new/{code}/")
    wrong = lena.post(f"/changes/new/{code}/", form(day0="at nine"), headers=HOST)
    assert (wrong.status_code, "at nine" in wrong.content.decode()) == (422, True)
    good = form(why="Season")
    for _twice in range(2):
        assert lena.post(f"/changes/new/{code}/", good, headers=HOST).status_code == 303
    for name in ("why", "day0"):
        no_text = lena.post(f"/changes/new/{code}/", form(**{name: "a\0b"}), headers=HOST)
        assert no_text.status_code == 422
    listed = text(lena, acme, "/changes/")
    assert "Opening hours" in listed
    assert "08:00–18:00" in listed
    assert "Not decided yet" in listed
    assert lena.post(f"/changes/{only(acme)}/withdrawal/", headers=HOST).status_code == 303
    assert state(acme) == "withdrawn"


def it_is_decided_in_the_console(lena: Browser, code: str, op: Actor, acme: BrandCard) -> None:
    lena.post(f"/changes/new/{code}/", form(), headers=HOST)
    operator, path = Browser(), f"/clients/acme/changes/{only(acme)}/"
    operator.sign_in(op.email)
    assert "Look and decide" in operator.get("/clients/acme/changes/", headers=CONSOLE).content.decode()
    shown = operator.get(path, headers=CONSOLE).content.decode()
    assert "09:00–17:00" in shown
    assert "it comes on that day" in shown
    none = operator.post(f"{path}decision/", {"answer": "refuse"}, headers=CONSOLE)
    assert (none.status_code, "Say why you refuse it." in none.content.decode()) == (422, True)
    assert operator.post(f"{path}decision/", {"answer": "accept"}, headers=CONSOLE).status_code == 303
    assert state(acme) == "accepted"
    again = operator.post(f"{path}decision/", {"answer": "refuse", "reason": "No"}, headers=CONSOLE)
    assert again.status_code == 409
    assert "Accepted, comes on its day" in text(lena, acme, "/changes/")


def it_is_nobody_elses(
    lena: Browser,
    code: str,
    op: Actor,
    cy: Actor,
    acme: BrandCard,
    globex: BrandCard,
) -> None:
    lena.post(f"/changes/new/{code}/", form(), headers=HOST)
    ref = only(acme)
    make_person("vic@example.test", (Role.VIEWER, acme))
    viewer = signed_in("vic@example.test", acme)
    for path in ("/changes/", f"/changes/new/{code}/"):
        assert viewer.get(path, headers=HOST).status_code == 404
        assert Browser().get(path, headers=HOST).status_code == 302
    assert viewer.post(f"/changes/{ref}/withdrawal/", headers=HOST).status_code == 404
    theirs = signed_in(cy.email, globex)
    other = {"host": "globex.localhost:8000"}
    assert theirs.get(f"/changes/new/{code}/", headers=other).status_code == 404
    assert theirs.post(f"/changes/{ref}/withdrawal/", headers=other).status_code == 404
    assert "Opening hours" not in text(theirs, globex, "/changes/")
    lead = Browser()
    lead.sign_in(make_person("lea@example.test", (Role.LEAD, acme)).email)
    for path in ("", f"{ref}/"):
        assert lead.get(f"/clients/acme/changes/{path}", headers=CONSOLE).status_code == 404
    assert lead.post(f"/clients/acme/changes/{ref}/decision/", headers=CONSOLE).status_code == 404
    operator = Browser()
    operator.sign_in(op.email)
    assert operator.get(f"/clients/globex/changes/{ref}/", headers=CONSOLE).status_code == 404
    entered(operator)
    assert page(operator, acme, f"/changes/new/{code}/").status_code == 404
    assert state(acme) == "asked"


def it_is_refused_and_written_down_whatever_the_address_holds(code: str, acme: BrandCard) -> None:
    vic = make_person("vic@example.test", (Role.VIEWER, acme))
    forget_limits("entry")
    assert signed_in(vic.email, acme).get("/changes/new/%00/", headers=HOST).status_code == 404
    (row,) = AuditRow.objects.filter(verb="entry.refused", actor=vic.who)
    assert (row.brand_id, row.object) == (acme.id, "/changes/new//")


def it_asks_no_more_than_its_budget(lena: Browser, code: str, acme: BrandCard) -> None:
    lena.post(f"/changes/new/{code}/", form(), headers=HOST)
    text(lena, acme, "/changes/")
    check("portal: changes", counted(lambda: text(lena, acme, "/changes/")))
