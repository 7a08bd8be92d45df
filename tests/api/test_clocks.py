"""What is agreed for clocks by API: agreed once, from a day on, read by clients; never another brand's."""

from typing import Any
from uuid import uuid4

import pytest

from core import clock
from interactions.models import ClockPolicy
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.api.conftest import Make
from tests.console.test_hours import make_queue
from tests.factories import TESTS
from tests.portal.test_report import NOON

TODAY = "2026-11-18"
FIRST = {"seconds": 120, "counted": "business", "pauses": ["client"]}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def path(card: BrandCard) -> str:
    return f"brands/{Brand.objects.get(pk=card.id).ref}/clocks/"


def said(**more: Any) -> dict[str, Any]:
    return {"from_date": TODAY, "terms": {"first": FIRST}} | more


def rows(card: BrandCard) -> list[ClockPolicy]:
    with tenant_scope(card, TESTS):
        return list(ClockPolicy.objects.order_by("pk"))


def it_agrees_once(program: Make, acme: BrandCard, globex: BrandCard) -> None:
    queue = str(make_queue(acme))
    caller = program()
    first = caller.post(path(acme), said(queue_ref=queue), once="k1")
    again = caller.post(path(acme), said(queue_ref=queue), once="k1")
    assert (first.status_code, first.json()) == (201, again.json())
    body = first.json()
    assert (body["queue_ref"], body["terms"]) == (queue, {"first": FIRST})
    assert body["effective_at"] == NOON.isoformat().replace("+00:00", "Z")
    assert (len(rows(acme)), rows(globex)) == (1, [])
    [row] = AuditRow.objects.filter(verb="clocks.changed", brand_id=acme.id)
    assert row.actor.startswith("key:ak_")
    assert caller.get(path(acme)).json()["results"] == [body]
    back = caller.post(path(acme), {"queue_ref": queue, "from_date": "2026-12-01", "terms": None})
    assert (back.status_code, back.json()["terms"]) == (201, None)
    assert back.json()["effective_at"] == "2026-11-30T23:00:00Z"


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"terms": {"first": {"seconds": 0}}}, "body.terms.first.seconds"),
        ({"terms": {"first": {}}}, "body.terms.first.seconds"),
        ({"terms": {"next": FIRST | {"urgent_from": 3}}}, "body.terms.next.urgent_from"),
        ({"terms": {"next": FIRST | {"total": True}}}, "body.terms.next.total"),
        ({"terms": {"next": FIRST | {"pauses": ["lunch"]}}}, "body.terms.next.pauses.0"),
        ({"terms": {"second": FIRST}}, "body.terms.second"),
        ({"from_date": "2026-11-17"}, "body.from_date"),
        ({"queue_ref": str(uuid4())}, "body.queue_ref"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def it_says_what_is_wrong_by_path(program: Make, acme: BrandCard, more: dict[str, Any], where: str) -> None:
    answer = program().post(path(acme), said(**more))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert where in answer.json()["errors"]
    assert rows(acme) == []


def it_needs_its_scope_and_its_host(program: Make, acme: BrandCard, globex: BrandCard) -> None:
    reader = program(scopes=["targets:read"])
    assert reader.get(path(acme)).status_code == 200
    assert reader.post(path(acme), said()).status_code == 403
    assert program(scopes=["brands:read"]).get(path(acme)).status_code == 403
    theirs = str(make_queue(globex))
    assert "body.queue_ref" in program().post(path(acme), said(queue_ref=theirs)).json()["errors"]
    made = program().post(path(acme), said()).json()
    own = program(acme)
    assert own.get("clocks/").json()["results"] == [made]
    assert own.post("clocks/", said()).status_code == 405
    assert program(globex).get("clocks/").json()["results"] == []
    assert program(acme, scopes=["brand:read"]).get("clocks/").status_code == 403
