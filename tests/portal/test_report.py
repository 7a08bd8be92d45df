"""The service report on the brand's own host: its manager's, nobody else's, every number with its rows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions import actions
from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import TESTS, make_agent, make_person
from tests.interactions.conftest import first_message, make_inbox
from workforce import actions as workforce

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the clock; here it stands still."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def lena(db: None, acme: BrandCard) -> str:
    make_person("lena@example.test", (Role.MANAGER, acme))
    return "lena@example.test"


def signed_in(email: str, card: BrandCard) -> Browser:
    """Sign in on the provider's host and be carried to the brand's."""
    browser = Browser()
    browser.enter(email, card.slug)
    return browser


def page(browser: Browser, card: BrandCard, path: str) -> Any:
    return browser.at(f"http://{card.slug}.localhost:8000{path}")


def contact(
    card: BrandCard, *, at: datetime, answered: float | None = 15, body: str = "Hello", **more: Any
) -> UUID:
    """One contact in the brand, answered after so many seconds and wrapped up, or abandoned."""
    with tenant_scope(card, TESTS):
        ref = first_message(make_inbox_once(), body, now=at, **more).interaction_ref
        if answered is None:
            actions.end_by_visitor(ref, now=at + timedelta(seconds=40))
            return ref
        actions.assign(ref, agent_id=ADA[0], agent_shown="Ada B.", now=at + timedelta(seconds=answered))
        actions.add_note(
            ref, agent_id=ADA[0], author_shown="Ada B.", client_id=uuid4(), body="internal only",
            now=at + timedelta(seconds=60),
        )  # fmt: skip
        actions.begin_wrap_up(ref, agent_id=ADA[0], now=at + timedelta(seconds=200))
        done: dict[str, Any] = {"reason_code": "delivery", "outcome_code": "solved"}
        actions.wrap_up(ref, agent_id=ADA[0], **done, now=at + timedelta(seconds=315))
    return ref


ADA = [77]


def make_inbox_once() -> Any:
    from interactions.models import Inbox

    return Inbox.objects.select_related("queue").first() or make_inbox()


def figure(html: str, slug: str) -> str:
    """Return the number that the tile of this metric shows."""
    tile = re.search(rf'href="/report/rows/{slug}/[^"]*".*?<b>(.*?)</b>', html, re.S)
    assert tile, f"no tile for {slug}"
    return re.sub(r"<[^>]+>|\s", "", tile.group(1))


def it_shows_the_figures_of_this_brand_alone(lena: str, acme: BrandCard, globex: BrandCard) -> None:
    for seconds in (0, 600, 1200):
        contact(acme, at=NOON - timedelta(hours=3, seconds=seconds))
    contact(acme, at=NOON - timedelta(hours=2), answered=90)
    contact(acme, at=NOON - timedelta(hours=1), answered=None)
    contact(globex, at=NOON - timedelta(hours=1))
    html = page(signed_in(lena, acme), acme, "/report/?days=1").content.decode()
    assert figure(html, "offered") == "5"
    assert figure(html, "answered") == "4"
    assert figure(html, "abandoned") == "1"
    assert figure(html, "service-level") == "60.0%"
    assert figure(html, "handle-time") == "4:41"
    assert "SL.NEG@1" in html
    assert "Europe/Stockholm" in html


def it_prints_the_target_that_was_agreed_then(lena: str, acme: BrandCard, globex: BrandCard) -> None:
    contact(acme, at=NOON - timedelta(hours=3))
    browser = signed_in(lena, acme)
    html = page(browser, acme, "/report/?days=1").content.decode()
    assert "target 80% in 40 s" in html
    assert html.count('class="tg"') == 1, "one share for all has a line in the chart"
    with tenant_scope(acme, TESTS):
        actions.save_queue(Queue.objects.get(), target_share=90, target_seconds=20)
    contact(acme, at=NOON - timedelta(hours=2))
    contact(globex, at=NOON - timedelta(hours=2))
    html = " ".join(page(browser, acme, "/report/?days=1").content.decode().split())
    assert "target 90% in 20 s · target 80% in 40 s" in html
    assert 'class="tg"' not in html


def it_leaves_tests_out_and_says_when_there_is_nothing(lena: str, acme: BrandCard) -> None:
    contact(acme, at=NOON - timedelta(hours=1), is_test=True)
    html = page(signed_in(lena, acme), acme, "/report/").content.decode()
    assert figure(html, "offered") == "0"
    assert figure(html, "service-level") == "–"
    assert "No customer has written in this period." in html


def it_cuts_days_in_the_brands_zone(acme: BrandCard, globex: BrandCard, cy: Any) -> None:
    before, after = (datetime(2026, 11, 17, 13, minute, tzinfo=UTC) for minute in (29, 31))
    contact(globex, at=before)
    contact(globex, at=after)
    browser = signed_in("cy@example.test", globex)
    html = page(browser, globex, "/report/?days=1").content.decode()
    assert "Australia/Adelaide" in html
    assert figure(html, "offered") == "1"


def it_opens_the_rows_behind_a_number_and_the_conversation_behind_a_row(
    lena: str, acme: BrandCard, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_agent("ada.b@example.test", acme, name="Ada Winterson")
    workforce.set_alias(ada.user_id, brand_id=acme.id, shown_name="Ada B.", actor="test", now=clock.now())
    monkeypatch.setattr(f"{__name__}.ADA", [ada.user_id])
    ref = contact(acme, at=NOON - timedelta(hours=1), body="The tent pole snapped")
    browser = signed_in(lena, acme)
    rows = page(browser, acme, "/report/rows/answered/?days=7").content.decode()
    assert f"/report/conversations/{ref}/" in rows
    assert "Ada B." in rows
    assert "Winterson" not in rows
    talk = page(browser, acme, f"/report/conversations/{ref}/").content.decode()
    assert "The tent pole snapped" in talk
    assert "internal only" not in talk


def it_says_what_happened_between_in_words(lena: str, acme: BrandCard, db: None) -> None:
    ada = make_agent("ada.b@example.test", acme, name="Ada Winterson")
    begun = NOON - timedelta(hours=1)
    mine = {"agent_id": ada.user_id}
    with tenant_scope(acme, TESTS):
        ref = first_message(make_inbox(), "Hi", now=begun).interaction_ref
        actions.assign(ref, agent_shown="Ada B.", now=begun + timedelta(seconds=9), **mine)
        actions.hold(ref, now=begun + timedelta(seconds=20), **mine)
        actions.resume(ref, now=begun + timedelta(seconds=40), **mine)
        actions.snooze(ref, until=NOON + timedelta(hours=2), now=begun + timedelta(seconds=50), **mine)
        actions.requeue(ref, reason="returned", now=begun + timedelta(seconds=99))
    talk = page(signed_in(lena, acme), acme, f"/report/conversations/{ref}/").content.decode()
    for words in ("Ada B. asked for a moment", "Ada B. was back", "Put off until", "Back in line"):
        assert words in talk
    assert f"({acme.timezone})" in talk
    assert "Taken up again" not in talk, "who is back from hold is told by the message"
    assert "Winterson" not in talk


def it_hides_another_brands_conversation(lena: str, acme: BrandCard, globex: BrandCard) -> None:
    ref = contact(globex, at=NOON - timedelta(hours=1))
    assert page(signed_in(lena, acme), acme, f"/report/conversations/{ref}/").status_code == 404
    assert not AuditRow.objects.filter(verb="conversation.read").exists()


def it_notes_who_read_a_conversation(cy: Actor, globex: BrandCard) -> None:
    ref = contact(globex, at=NOON - timedelta(hours=1))
    page(signed_in(cy.email, globex), globex, f"/report/conversations/{ref}/")
    (row,) = AuditRow.objects.filter(verb="conversation.read")
    assert (row.actor, row.brand_id, row.object) == (cy.who, globex.id, f"conversation:{ref}")


@pytest.mark.parametrize(
    "path", ["/report/", "/report/rows/offered/", f"/report/conversations/{UUID(int=7)}/"]
)
def it_is_not_there_for_strangers(
    path: str, acme: BrandCard, globex: BrandCard, cy: Any, outsider: Any
) -> None:
    assert page(Browser(), acme, path).status_code == 302
    for email in ("cy@example.test", "outsider@example.test"):
        browser = Browser()
        browser.sign_in(email)
        assert page(browser, acme, path).status_code == 302, "a session of one host is nothing on another"
    assert page(signed_in("cy@example.test", globex), acme, path).status_code == 302


def it_refuses_posts_and_unknown_figures(lena: str, acme: BrandCard) -> None:
    browser = signed_in(lena, acme)
    assert page(browser, acme, "/report/rows/nonsense/").status_code == 404
    host = {"host": f"{acme.slug}.localhost:8000"}
    assert browser.post("/report/", headers=host).status_code == 405


@pytest.mark.parametrize("days", ["900", "²", "٧", "-7", "7.0", "9" * 5000, "\0"])
def it_reads_a_period_it_does_not_offer_as_the_longest(lena: str, acme: BrandCard, days: str) -> None:
    contact(acme, at=NOON - timedelta(days=3))
    html = page(signed_in(lena, acme), acme, f"/report/?{urlencode({'days': days})}").content.decode()
    assert figure(html, "offered") == "1"
