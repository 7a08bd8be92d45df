"""Service targets by API: agreed once, changed from a day on, taken back until they hold; read by clients."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from core import clock
from reporting.models import Clause
from tenants.cards import BrandCard
from tenants.models import AuditRow, Brand
from tenants.scope import tenant_scope
from tests.api.conftest import Make
from tests.console.test_hours import make_queue
from tests.factories import TESTS
from tests.portal.test_report import NOON

TODAY = "2026-11-18"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def path(card: BrandCard, *more: object) -> str:
    ref = Brand.objects.get(pk=card.id).ref
    return "/".join(["brands", str(ref), "targets", *map(str, more)]) + "/"


def said(**more: Any) -> dict[str, Any]:
    return {"metric": "SL.NEG@1", "window": "month", "target": 80, "minimum": "70", "from_date": TODAY} | more


def rows(card: BrandCard) -> list[Clause]:
    with tenant_scope(card, TESTS):
        return list(Clause.objects.standing().order_by("from_date"))


def it_promises_once_and_says_it_in_words(program: Make, acme: BrandCard, globex: BrandCard) -> None:
    queue = make_queue(acme)
    caller = program()
    first = caller.post(path(acme), said(queue_refs=[str(queue)]), once="k1")
    again = caller.post(path(acme), said(queue_refs=[str(queue)]), once="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    body = first.json()
    assert body["words"].startswith("Service level: at least 80.0% each month, queue Orders")
    assert (body["queue_refs"], body["target"], body["until_date"]) == ([str(queue)], "80.00", None)
    assert len(rows(acme)) == 1
    assert rows(globex) == []
    [row] = AuditRow.objects.filter(verb="clause.added", brand_id=acme.id)
    assert row.actor.startswith("key:ak_")
    assert caller.get(path(acme)).json()["results"] == [body]
    assert caller.get(path(acme, body["ref"])).json() == body
    reused = caller.post(path(acme), said(), once="k1")
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"metric": "OFF@1"}, "body.metric"),
        ({"minimum": 90}, "body.minimum"),
        ({"target": 120}, "body.target"),
        ({"from_date": "2026-11-17"}, "body.from_date"),
        ({"queue_refs": [str(uuid4())]}, "body.queue_refs"),
        ({"weight": 0}, "body.weight"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def it_says_what_is_wrong_by_path(program: Make, acme: BrandCard, more: dict[str, Any], where: str) -> None:
    answer = program().post(path(acme), said(**more))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert where in answer.json()["errors"]
    assert rows(acme) == []


def it_changes_ends_and_takes_back(program: Make, acme: BrandCard) -> None:
    caller = program()
    ref = caller.post(path(acme), said()).json()["ref"]
    changed = caller.post(path(acme, ref, "versions"), {"target": "85", "from_date": "2026-12-01"})
    assert changed.status_code == 201
    newer = changed.json()["ref"]
    assert [row.until_date for row in rows(acme)] == [date(2026, 12, 1), None]
    late = caller.post(path(acme, ref, "versions"), {"target": "90", "from_date": "2027-01-01"})
    assert (late.status_code, late.json()["code"]) == (409, "settled")
    assert caller.delete(path(acme, newer)).status_code == 204
    assert caller.delete(path(acme, newer)).status_code == 404
    assert caller.delete(path(acme, ref)).status_code == 409
    ended = caller.put(path(acme, ref, "end"), {"last_day": "2026-11-30"})
    assert ended.json()["until_date"] == "2026-12-01"
    for day in ("2026-11-01", "9999-12-31"):
        assert caller.put(path(acme, ref, "end"), {"last_day": day}).status_code == 422
    assert caller.put(path(acme, ref, "end"), {"last_day": None}).json()["until_date"] is None


def it_needs_its_scope_and_its_host(program: Make, acme: BrandCard, globex: BrandCard) -> None:
    reader = program(scopes=["targets:read"])
    assert reader.get(path(acme)).status_code == 200
    assert reader.post(path(acme), said()).status_code == 403
    assert program(scopes=["brands:read"]).get(path(acme)).status_code == 403
    ref = program().post(path(acme), said()).json()["ref"]
    for where in (path(globex, ref), path(acme, uuid4())):
        assert program().get(where).status_code == 404
        assert program().delete(where).status_code == 404
    assert program().put(path(globex, ref, "end"), {"last_day": None}).status_code == 404
    own = program(acme)
    assert [one["ref"] for one in own.get("targets/").json()["results"]] == [ref]
    assert own.post("targets/", said()).status_code == 405
    assert program(globex).get("targets/").json()["results"] == []
    assert rows(globex) == []
