# ruff: noqa: F811 - fixtures of the report
"""The conversations of a period on the client's own host."""

from datetime import timedelta

import pytest

from core import clock
from interactions.models import Interaction
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_agent
from tests.portal import test_report
from tests.portal.test_metrics import text_of
from tests.portal.test_queues import queue_ref
from tests.portal.test_report import (  # noqa: F401
    NOON,
    at_noon,
    contact,
    lena,
    page,
    signed_in,
)
from workforce import actions as workforce

TALKS = "/conversations/"


def it_lists_them_latest_first_with_aliases(
    lena: str, acme: BrandCard, globex: BrandCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_agent("ada.b@example.test", acme, name="Ada Winterson")
    workforce.set_alias(ada.user_id, brand_id=acme.id, shown_name="Ada B.", actor="test", now=clock.now())
    monkeypatch.setattr(test_report, "ADA", [ada.user_id])
    first = contact(acme, at=NOON - timedelta(hours=3), answered=75)
    last = contact(acme, at=NOON - timedelta(hours=1), answered=None)
    test = contact(acme, at=NOON - timedelta(hours=2), is_test=True)
    other = contact(globex, at=NOON - timedelta(hours=2))
    html = text_of(signed_in(lena, acme), acme, f"{TALKS}?days=1")
    assert html.index(str(last)) < html.index(str(first))
    assert str(test) not in html
    assert str(other) not in html
    assert "Ada B." in html
    assert "Winterson" not in html
    assert "Solved" in html
    assert "Left before an answer</span>" in html
    assert ">1:15</td>" in html
    assert "Europe/Stockholm" in html


def it_narrows_by_queue_outcome_and_period(lena: str, acme: BrandCard) -> None:
    solved = contact(acme, at=NOON - timedelta(hours=3))
    left = contact(acme, at=NOON - timedelta(hours=1), answered=None)
    old = contact(acme, at=NOON - timedelta(days=20))
    browser = signed_in(lena, acme)

    def shown(query: str) -> set[str]:
        html = text_of(browser, acme, f"{TALKS}?{query}")
        return {str(ref) for ref in (solved, left, old) if str(ref) in html}

    assert shown("days=7") == {str(solved), str(left)}
    assert shown("days=7&outcome=solved") == {str(solved)}
    assert shown("days=7&outcome=abandoned") == {str(left)}
    assert shown("span=month&on=2026-10-01") == {str(old)}
    assert shown(f"days=1&queue={queue_ref(acme)}") == {str(solved), str(left)}
    assert shown("days=7&outcome=nonsense") == set()
    assert shown("days=7&outcome=%00") == {str(solved), str(left)}


def it_opens_the_transcript_which_is_written_down(lena: str, acme: BrandCard) -> None:
    ref = contact(acme, at=NOON - timedelta(hours=1), body="The tent pole snapped")
    browser = signed_in(lena, acme)
    assert f'href="/report/conversations/{ref}/?from=list"' in text_of(browser, acme, TALKS)
    assert not AuditRow.objects.filter(verb="conversation.read").exists()
    html = text_of(browser, acme, f"/report/conversations/{ref}/?from=list")
    assert "The tent pole snapped" in html
    assert f'href="{TALKS}"' in html
    assert AuditRow.objects.filter(verb="conversation.read", object=f"conversation:{ref}").count() == 1


def it_pages_and_keeps_what_was_asked_for(lena: str, acme: BrandCard) -> None:
    contact(acme, at=NOON - timedelta(hours=3))
    with tenant_scope(acme, TESTS):
        row = Interaction.objects.select_related("inbox", "queue", "contact").get()
        Interaction.objects.bulk_create(
            Interaction(
                inbox=row.inbox, queue=row.queue, contact=row.contact, channel=row.channel,
                opened_at=NOON - timedelta(minutes=n),
            )
            for n in range(60)
        )  # fmt: skip
    browser = signed_in(lena, acme)
    html = text_of(browser, acme, f"{TALKS}?days=1&queue={queue_ref(acme)}")
    assert "1 to 50 of 61" in html
    assert f"?days=1&amp;queue={queue_ref(acme)}&amp;page=2" in html
    assert "51 to 61 of 61" in text_of(browser, acme, f"{TALKS}?days=1&page=2")


def it_says_when_there_are_none(lena: str, acme: BrandCard) -> None:
    assert "No conversations" in text_of(signed_in(lena, acme), acme, f"{TALKS}?span=day&on=2026-11-01")


def it_costs_the_same_with_more_of_them(lena: str, acme: BrandCard) -> None:
    contact(acme, at=NOON - timedelta(hours=3))
    browser = signed_in(lena, acme)
    page(browser, acme, TALKS)
    few = counted(lambda: page(browser, acme, TALKS))
    for n in range(3):
        contact(acme, at=NOON - timedelta(hours=2, minutes=n))
    assert counted(lambda: page(browser, acme, TALKS)) == few
    check("portal: conversations", few)
