"""Who waits for long for somebody that is alone with a client is told so, and nothing has changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from core import clock
from events.models import Event
from reporting.actions import agreeing, rollups
from tenants import locks
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.api.conftest import Make, program
from tests.api.test_targets import path as target_path
from tests.api.test_targets import said as target_said
from tests.console.conftest import Signed, op, signed
from tests.console.test_exclusions import sent as proposal
from tests.console.test_hours import make_queue
from tests.console.test_reports import LOOK
from tests.console.test_targets import sent as clause
from tests.database import boss_url
from tests.factories import TESTS
from tests.portal.test_commitments import promise
from tests.portal.test_exclusions import closed, hour, lena, words
from tests.portal.test_forecast import HEAD, rows
from tests.portal.test_report import NOON, contact
from tests.reporting.test_issuing import NINE, issue
from workforce.staff import loading

__all__ = ["lena", "op", "program", "signed"]

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = "A report of this client is being made, or something else agreed: try again in a minute."
FORECAST = HEAD + "2026-12-18,09:00,Orders,10\n"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(locks, "PATIENCE", "20ms")


@contextmanager
def held(card_id: int, number: int = agreeing.LOCK) -> Iterator[None]:
    """Somebody is alone meanwhile, by a session of their own."""
    with psycopg.connect(boss_url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [number, card_id])
        yield


def written(card: BrandCard) -> tuple[int, int]:
    """How many rows the client's trail has but for who entered, and its log."""
    with tenant_scope(card, TESTS):
        events = Event.objects.count()
    return AuditRow.objects.filter(brand_id=card.id).exclude(verb__startswith="scope.").count(), events


def in_portal(browser: Browser, card: BrandCard, path: str, **more: Any) -> Any:
    host = f"{card.slug}.localhost:8000"
    return browser.post(f"http://{host}/report/{path}", more, headers={"host": host}, follow=True)


def upload(browser: Browser, card: BrandCard) -> Any:
    file = SimpleUploadedFile("volume.csv", FORECAST.encode())
    return in_portal(browser, card, "forecast/upload/", file=file)


def it_tells_the_client_and_keeps_the_answer_as_it_was(
    lena: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    proposed = closed(acme, hour(3), hour(2))
    answered = closed(acme, hour(6), hour(5))
    in_portal(lena, acme, f"exclusions/{answered}/answer/?days=1", answer="accepted")
    before = written(acme)
    said = {"answer": "refused", "why": "It was our fault?"}
    with held(acme.id):
        for ref, act in ((proposed, "answer"), (answered, "reversal")):
            answer = in_portal(lena, acme, f"exclusions/{ref}/{act}/?days=1", **said)
            assert answer.status_code == 409
            assert BUSY in words(answer.content.decode())
        with tenant_scope(globex, TESTS):
            agreeing.alone()
    assert written(acme) == before
    assert in_portal(lena, acme, f"exclusions/{proposed}/answer/?days=1", **said).status_code == 200
    assert written(acme) != before


def it_tells_the_client_about_the_forecast(lena: Browser, acme: BrandCard) -> None:
    make_queue(acme)
    upload(lena, acme)
    [row] = rows(acme)
    before = written(acme)
    with held(acme.id):
        answers = [
            upload(lena, acme),
            in_portal(lena, acme, f"forecast/{row.ref}/use/"),
            in_portal(lena, acme, f"forecast/{row.ref}/discard/"),
        ]
    assert all(BUSY in words(answer.content.decode()) for answer in answers)
    assert (written(acme), [one.used_at for one in rows(acme)]) == (before, [None])
    in_portal(lena, acme, f"forecast/{row.ref}/use/")
    assert rows(acme)[0].used_at == NOON


def it_tells_the_operator(signed: Signed, op: Actor, acme: BrandCard) -> None:
    make_queue(acme)
    olu, own = signed(op), "/clients/acme/"
    for back in (5, 3):
        contact(acme, at=NINE + timedelta(hours=back))
    one = issue(acme, on=date(2026, 11, 16))
    standing = promise(acme)
    coming = promise(acme, window="week", from_date=date(2026, 12, 7))
    ref = closed(acme, hour(3), hour(2))
    before = written(acme)
    key = {"key": str(uuid4())}
    posts: list[tuple[str, dict[str, Any]]] = [
        (f"{own}targets/", clause(window="month")),
        (f"{own}targets/{standing}/", key | {"target": "85", "weight": "2", "from_date": "2026-12-01"}),
        (f"{own}targets/{standing}/end/", {"last_day": "2026-12-01"}),
        (f"{own}targets/{coming}/withdrawal/", {}),
        (f"{own}exclusions/", proposal()),
        (f"{own}exclusions/{ref}/withdrawal/", {}),
        (f"{own}forecast/", key | {"lock_days": "10", "over_share": "20", "from_month": "2026-12-01"}),
        (LOOK, key),
        (f"{own}reports/{one.ref}/restatement/", key | {"note": "Late files"}),
    ]
    with held(acme.id):
        for path, said in posts:
            answer = olu.post(path, said, follow=True)
            assert BUSY in words(answer.content.decode()), path
    assert written(acme) == before
    for path, said in posts[:-1]:
        assert BUSY not in words(olu.post(path, said, follow=True).content.decode())
    assert written(acme) != before


def it_tells_programs(program: Make, acme: BrandCard) -> None:
    standing, coming = promise(acme), promise(acme, window="week", from_date=date(2026, 12, 7))
    caller, before = program(), written(acme)
    levels = {"target": 85, "from_date": "2026-12-01"}
    with held(acme.id):
        answers = [
            caller.post(target_path(acme), target_said(), once="k1"),
            caller.post(target_path(acme, standing, "versions"), levels, once="k2"),
            caller.put(target_path(acme, standing, "end"), {"last_day": "2026-12-01"}),
            caller.delete(target_path(acme, coming)),
        ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (409, "busy", BUSY)
    assert written(acme) == before
    assert caller.post(target_path(acme), target_said(), once="k1").status_code == 201, "the key is free"


def it_tells_who_issues_while_numbers_are_made_anew(signed: Signed, op: Actor, acme: BrandCard) -> None:
    contact(acme, at=NINE)
    with held(acme.id, rollups.LOCK):
        answer = signed(op).post(LOOK, {"key": str(uuid4())})
    assert answer.status_code == 422
    assert "The numbers of this client are being counted anew" in words(answer.content.decode())


def it_tells_who_changes_people(signed: Signed, op: Actor, ada: Actor) -> None:
    said = {"name": "Ada Byron", "email": ada.email, "employee_no": "X1"}
    with held(locks.PROVIDER, loading.LOCK):
        answer = signed(op).post(f"/staff/{ada.user_id}/", said)
    assert answer.status_code == 422
    assert "Other people&#x27;s data is being changed" in answer.content.decode()
