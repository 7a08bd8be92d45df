"""What is proposed to be left out of the report: the client's manager answers it, and sees both numbers."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from accounts.choices import Role
from core import clock
from events.models import Event
from interactions import actions as interactions
from interactions.actions import Target
from reporting import actions
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.interactions.conftest import first_message
from tests.portal.test_report import NOON, contact, make_inbox_once, page, signed_in

pytestmark = pytest.mark.django_db
REPORT = "/report/?days=1"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    """Acme's manager, on Acme's host."""
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


def closed(card: BrandCard, start: datetime, end: datetime | None, **more: Any) -> UUID:
    """Close the brand from start to end in an emergency; returns the proposal."""
    values = {"reason": "Fire alarm", "shown": "Olu Park", "actor": "user:1"} | more
    with tenant_scope(card, TESTS):
        closure = actions.close_in_emergency(now=start, **values)
        if end:
            actions.reopen(closure.ref, actor="user:1", now=end)
        ref: UUID = Exclusion.objects.get(closure_ref=closure.ref).ref
        return ref


def state(card: BrandCard, ref: UUID) -> tuple[str, str, str]:
    with tenant_scope(card, TESTS):
        row = Exclusion.objects.get(ref=ref)
        return row.state, row.answered_shown, row.why


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def answer(browser: Browser, card: BrandCard, ref: UUID, **said: str) -> Any:
    path = f"http://{card.slug}.localhost:8000/report/exclusions/{ref}/answer/?days=1"
    return browser.post(path, said, headers={"host": f"{card.slug}.localhost:8000"})


def hour(back: float) -> datetime:
    return NOON - timedelta(hours=back)


def it_shows_the_numbers_with_and_without_and_says_so(
    lena: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    contact(acme, at=hour(5))
    contact(acme, at=hour(3), answered=300)
    contact(globex, at=hour(3), answered=None)
    closed(acme, hour(3) - timedelta(seconds=5), hour(2.5))
    said = words(page(lena, acme, REPORT).content.decode())
    assert "Proposed by Olu Park. Reason: Fire alarm" in said
    assert "1 contact came in or waited meanwhile. Without it, 100.0% were answered in time." in said
    assert "nothing was accepted to be left out" in said
    assert "Service level 50.0% 50.0% 100.0%" in said
    assert "Europe/Stockholm time" in said


def it_is_answered_once_by_the_manager_and_written_down(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=hour(3), answered=300)
    ref = closed(acme, hour(3), hour(2))
    assert answer(lena, acme, ref, answer="accepted").status_code == 302
    assert state(acme, ref) == ("accepted", "Lena Holm", "")
    assert answer(lena, acme, ref, answer="accepted").status_code == 302, "the same again changes nothing"
    again = answer(lena, acme, ref, answer="refused", why="No.")
    assert again.status_code == 409
    said = words(page(lena, acme, REPORT).content.decode())
    assert "Answered by Lena Holm, 18 Nov 2026, 12:00 (Europe/Stockholm)." in said
    assert "The figures hold every contact. Without what was accepted" in said
    verbs = list(AuditRow.objects.filter(verb__startswith="exclusion").order_by("pk").values_list("verb"))
    assert verbs == [("exclusion.proposed",), ("exclusion.answered",)]
    with tenant_scope(acme, TESTS):
        kinds = Event.objects.filter(kind__startswith="exclusion").order_by("pk")
        assert [event.kind for event in kinds] == ["exclusion.proposed", "exclusion.answered"]


def it_wants_to_know_why_one_is_refused(lena: Browser, acme: BrandCard) -> None:
    ref = closed(acme, hour(3), hour(2))
    refused = answer(lena, acme, ref, answer="refused", why=" ")
    assert refused.status_code == 422
    assert "Say why you refuse it." in words(refused.content.decode())
    assert answer(lena, acme, ref, answer="perhaps").status_code == 422
    assert answer(lena, acme, ref, answer="refused", why="x" * 301).status_code == 422
    assert state(acme, ref)[0] == "proposed"
    answer(lena, acme, ref, answer="refused", why="You had a second site.")
    assert state(acme, ref) == ("refused", "Lena Holm", "You had a second site.")


def it_tells_who_proposed_it_by_mail(lena: Browser, acme: BrandCard) -> None:
    olu = make_person("olu@example.test", (Role.OPERATOR, None), name="Olu Park")
    contact(acme, at=hour(3), answered=300)
    ref = closed(acme, hour(3), hour(2), actor=olu.who)
    for _twice in range(2):
        answer(lena, acme, ref, answer="refused", why="We were open.")
    with labour_scope():
        (mail,) = SystemMail.objects.filter(kind="exclusion_answered")
    assert (mail.to, mail.brand_id) == ("olu@example.test", None)
    assert "Lena Holm" in mail.text
    assert "We were open." not in mail.text


def it_takes_no_card_number_and_nothing_that_is_no_text(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=hour(3), answered=300)
    ref = closed(acme, hour(3), hour(2))
    assert answer(lena, acme, ref, answer="refused", why="a\0b").status_code == 422
    assert answer(lena, acme, ref, answer="refused", why="See 4111 1111 1111 1111.").status_code == 302
    assert state(acme, ref)[2] == "See •••• 1111."


def it_is_only_read_by_viewers_and_no_strangers(lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
    ref, theirs = closed(acme, hour(3), hour(2)), closed(globex, hour(3), hour(2))
    make_person("vic@example.test", (Role.VIEWER, acme))
    vic = signed_in("vic@example.test", acme)
    html = page(vic, acme, REPORT).content.decode()
    assert "Fire alarm" in html
    assert "Leave it out" not in html
    assert answer(vic, acme, ref, answer="accepted").status_code == 404
    for other in (theirs, uuid4()):
        assert answer(lena, acme, other, answer="accepted").status_code == 404
    assert answer(lena, globex, theirs, answer="accepted").status_code in {302, 401, 404}
    assert (state(acme, ref)[0], state(globex, theirs)[0]) == ("proposed", "proposed")


def it_ends_with_the_closure_by_hand_or_by_itself(acme: BrandCard) -> None:
    ref = closed(acme, hour(3), None, until=hour(1))
    with tenant_scope(acme, TESTS):
        row = Exclusion.objects.get(ref=ref)
        assert (row.started_at, row.ended_at, row.queue_ids) == (hour(3), hour(1), [])
        actions.reopen(row.closure_ref, actor="user:1", now=hour(2))
        row.refresh_from_db()
        assert row.ended_at == hour(2)


def it_is_one_proposal_however_often_it_is_sent_and_is_of_its_queues_alone(acme: BrandCard) -> None:
    key = uuid4()
    with tenant_scope(acme, TESTS):
        queue = interactions.save_queue(name="Billing", now=hour(4))
    refs = {closed(acme, hour(3), None, key=key, queue_ref=queue.ref) for _again in range(2)}
    [ref] = refs
    with tenant_scope(acme, TESTS):
        assert Exclusion.objects.get(ref=ref).queue_ids == [queue.pk]
        assert Exclusion.objects.count() == 1


def it_says_when_nothing_changes(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=hour(5))
    closed(acme, hour(3), None)
    said = words(page(lena, acme, REPORT).content.decode())
    assert "No contact came in or waited meanwhile: it changes nothing." in said
    assert "and still closed" in said


def it_waits_on_the_overview_however_long_ago_it_was(
    lena: Browser, acme: BrandCard, globex: BrandCard
) -> None:
    contact(acme, at=hour(3))
    closed(acme, hour(2), hour(1))
    long_ago = hour(24 * 40)
    old = closed(acme, long_ago, long_ago + timedelta(hours=2))
    closed(globex, long_ago, long_ago + timedelta(hours=1))
    html = page(lena, acme, "/overview/").content.decode()
    months = f"span=month&amp;on={long_ago:%Y-%m}-01"
    assert re.findall(r'href="/report/\?([^"]+)#exclusions"', html) == [months, "days=7"]
    there = page(lena, acme, f"/report/?{months.replace('&amp;', '&')}").content.decode()
    assert str(old) in there, "the link leads to where it is answered"
    answer(lena, acme, old, answer="accepted")
    assert months not in page(lena, acme, "/overview/").content.decode()


def it_costs_the_same_with_many_proposals(lena: Browser, acme: BrandCard) -> None:
    contact(acme, at=hour(5))
    closed(acme, hour(3), hour(2.9))
    page(lena, acme, REPORT)
    few = counted(lambda: page(lena, acme, REPORT))
    for n in range(3):
        closed(acme, hour(2 + n / 10), hour(1.9 + n / 10))
    assert counted(lambda: page(lena, acme, REPORT)) == few
    check("portal: report with exclusions", few)


def it_leaves_nobody_out_who_had_moved_on_before(lena: Browser, acme: BrandCard) -> None:
    """In the other queue they are another contact, and were answered long before as well."""
    with tenant_scope(acme, TESTS):
        billing = interactions.save_queue(name="Billing", now=hour(6))
        ref = first_message(make_inbox_once(), "Hi", now=hour(5)).interaction_ref
        more: dict[str, Any] = {"reason": "Full", "actor": "user:9", "actor_id": 9}
        interactions.reassign(ref, to=Target(queue_id=billing.pk), now=hour(4.99), **more)
        interactions.assign(ref, agent_id=77, agent_shown="Ada B.", now=hour(4.98))
    closed(acme, hour(3), hour(2.5))
    said = words(page(lena, acme, REPORT).content.decode())
    assert "No contact came in or waited meanwhile: it changes nothing." in said
