"""The tab Hours: an operator sets a client's hours; nobody else learns that there are any."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from core import clock
from core.hours import ALWAYS, Calendar
from desk.console import hours_words as words
from interactions import actions
from interactions.hours import get_calendar, list_calendars, live_closures, queue_hours
from interactions.values import Reception
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import TESTS

HOURS = "/clients/acme/hours/"
OFFICE = [(weekday, 480, 1020) for weekday in range(5)]
TODAY = date(2026, 11, 27)


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    """Olu, an operator, signed in."""
    return signed(op)


def make(card: BrandCard, name: str = "Office", **more: Any) -> UUID:
    values: dict[str, Any] = {"zone": "Europe/Stockholm", "country": "SE", "week": OFFICE} | more
    with tenant_scope(card, TESTS):
        return actions.save_calendar(name=name, actor="test", now=clock.now(), **values).ref


def make_queue(card: BrandCard, name: str = "Orders") -> UUID:
    with tenant_scope(card, TESTS):
        ref: UUID = actions.save_queue(name=name).ref
        return ref


def typed(**more: Any) -> dict[str, Any]:
    """Return what the form of an unchanged calendar sends."""
    week = {f"{name}-{day}": ["", ""] for name in ("opens", "closes") for day in range(7)}
    return {"name": "Office", "zone": "Europe/Stockholm", "country": "SE", "version": "1", **week, **more}


def seen(card: BrandCard, ref: UUID) -> Any:
    with tenant_scope(card, TESTS):
        return get_calendar(ref, now=clock.now())


def closures(card: BrandCard) -> list[Any]:
    with tenant_scope(card, TESTS):
        return live_closures(clock.now())


def text(answer: Any) -> str:
    """Return the page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


class DescribeOverview:
    def it_has_nothing_yet(self, browser: Browser, acme: BrandCard) -> None:
        answer = browser.get(HOURS)
        assert answer.status_code == 200
        assert "No hours yet" in text(answer)
        assert "no queue yet" in text(answer)

    def it_tells_the_hours_in_a_sentence_and_who_uses_them(self, browser: Browser, acme: BrandCard) -> None:
        ref, queue = make(acme), make_queue(acme)
        browser.post(f"{HOURS}queues/", {f"queue-{queue}": str(ref)})
        page = text(browser.get(HOURS))
        assert "Open Mon–Fri 08:00–17:00 Europe/Stockholm, closed on 13 public holidays of Sweden" in page
        assert "Used by Orders" in page

    def it_says_nothing_of_the_other_client(
        self, browser: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        make(globex, "Theirs")
        make_queue(globex, "Their queue")
        assert "Their" not in text(browser.get(HOURS))

    def it_costs_the_same_with_many_of_all(self, browser: Browser, acme: BrandCard) -> None:
        make(acme)
        browser.get(HOURS)
        few = counted(lambda: browser.get(HOURS))
        for n in range(5):
            make_queue(acme, f"Queue {n}")
            make(acme, f"Hours {n}")
        assert counted(lambda: browser.get(HOURS)) == few
        check("console: hours, one calendar", few)


class DescribeMaking:
    def it_begins_with_a_usual_week(self, browser: Browser, acme: BrandCard) -> None:
        answer = browser.post(f"{HOURS}new/", {"name": "Always", "zone": "Asia/Tokyo", "pattern": "always"})
        [view] = self.all(acme)
        assert answer["Location"] == f"{HOURS}{view.ref}/"
        assert (view.hours.zone, view.hours.week) == ("Asia/Tokyo", ALWAYS)

    def it_says_what_is_wrong_and_keeps_what_was_typed(self, browser: Browser, acme: BrandCard) -> None:
        answer = browser.post(f"{HOURS}new/", {"name": "", "zone": "Mars/Olympus"})
        assert answer.status_code == 422
        assert {"Give the hours a name.", "This time zone is not known. Choose one of the list."} <= set(
            re.findall(r"<span>([^<]+)</span>", answer.content.decode())
        )
        assert self.all(acme) == []

    def all(self, card: BrandCard) -> list[Any]:
        with tenant_scope(card, TESTS):
            return list_calendars(clock.now())


class DescribeCalendar:
    def it_shows_week_holidays_and_the_days_ahead(self, browser: Browser, acme: BrandCard) -> None:
        page = browser.get(f"{HOURS}{make(acme)}/")
        assert page.status_code == 200
        assert page.content.decode().count('value="08:00"') == 5
        assert "Christmas Day" in text(page)
        assert len(page.context["strip"]) == 14
        assert 'value="SE" selected' in page.content.decode()

    def it_saves_several_periods_a_day_and_a_night(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        sent = typed(**{
            "opens-0": ["08:00", "13:00", ""], "closes-0": ["12:00", "17:00", ""],
            "opens-4": ["20:00"], "closes-4": ["02:00"], "country": "AU", "subdivision": "SA",
        })  # fmt: skip
        assert browser.post(f"{HOURS}{ref}/", sent)["Location"] == f"{HOURS}{ref}/"
        hours = seen(acme, ref).hours
        assert hours.week == {0: ((480, 720), (780, 1020)), 4: ((1200, 1440),), 5: ((0, 120),)}
        assert (hours.country, hours.subdivision) == ("AU", "SA")

    def it_shows_a_night_so_that_it_is_saved_the_same_again(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme, week=[(4, 1200, 120)])
        page = browser.get(f"{HOURS}{ref}/").content.decode()
        assert re.findall(r'name="(?:opens|closes)-[45]" value="([^"]+)"', page) == [
            "20:00", "00:00", "00:00", "02:00",
        ]  # fmt: skip

    def it_says_all_that_is_wrong_beside_its_field(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        sent = typed(**{
            "name": "", "opens-0": ["08:00", "11:00", "25:00"], "closes-0": ["12:00", "13:00", "26:00"],
            "opens-1": ["09:00"], "closes-1": [""],
        })  # fmt: skip
        answer = browser.post(f"{HOURS}{ref}/", sent)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "This overlaps 08:00–12:00 on Monday." in page
        assert page.count("Give both times, like 08:00.") == 2
        assert "Give the hours a name." in page
        assert 'value="25:00"' in page
        assert page.count('aria-invalid="true"') == 7
        described = set(re.findall(r'aria-describedby="([^"]+)"', page))
        assert all(f'id="{name}"' in page for name in described)
        assert seen(acme, ref).version == 1

    def it_previews_without_saving(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        sent = typed(**{"opens-6": ["10:00"], "closes-6": ["14:00"], "country": "AU", "preview": "1"})
        page = text(browser.post(f"{HOURS}{ref}/", sent))
        assert "Open Sun 10:00–14:00 Europe/Stockholm, closed on" in page
        assert "South Australia" in page
        assert "nothing is saved yet" in page
        assert seen(acme, ref).version == 1

    def it_refuses_who_has_not_seen_the_last_change(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        browser.post(f"{HOURS}{ref}/", typed(name="Days"))
        answer = browser.post(f"{HOURS}{ref}/", typed(name="Nights"))
        assert answer.status_code == 409
        assert "meanwhile" in text(answer)
        assert seen(acme, ref).name == "Days"

    def it_is_removed_when_no_queue_uses_it(self, browser: Browser, acme: BrandCard) -> None:
        ref, queue = make(acme), make_queue(acme)
        browser.post(f"{HOURS}queues/", {f"queue-{queue}": str(ref)})
        assert browser.post(f"{HOURS}{ref}/removal/")["Location"] == f"{HOURS}{ref}/"
        browser.post(f"{HOURS}queues/", {f"queue-{queue}": ""})
        assert browser.post(f"{HOURS}{ref}/removal/")["Location"] == HOURS
        assert browser.get(f"{HOURS}{ref}/").status_code == 404

    def it_costs_the_same_with_many_dates(self, browser: Browser, acme: BrandCard) -> None:
        ref = make(acme)
        browser.get(f"{HOURS}{ref}/")
        few = counted(lambda: browser.get(f"{HOURS}{ref}/"))
        for n in range(5):
            day = (clock.now() + timedelta(days=20 + n)).date().isoformat()
            browser.post(f"{HOURS}{ref}/days/", {"day": day, "kind": "closed"})
        assert counted(lambda: browser.get(f"{HOURS}{ref}/")) == few
        check("console: hours, calendar", few)


class DescribeDates:
    def it_adds_changes_and_removes_one(self, browser: Browser, acme: BrandCard) -> None:
        ref, day = make(acme), clock.now().date() + timedelta(days=10)
        days = f"{HOURS}{ref}/days/"
        sent = {"day": day.isoformat(), "kind": "hours", "name": "Inventory", "opens": ["08:00", ""],
                "closes": ["00:00", ""]}  # fmt: skip
        browser.post(days, sent)
        assert seen(acme, ref).hours.days == {day: ((480, 1440),)}
        page = text(browser.get(f"{HOURS}{ref}/"))
        assert "08:00–24:00 Inventory" in page
        browser.post(days, {"day": day.isoformat(), "kind": "works"})
        assert seen(acme, ref).hours.days == {day: None}
        browser.post(f"{days}{day.isoformat()}/removal/")
        assert seen(acme, ref).hours.days == {}

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"day": "someday", "kind": "closed"}, "Say which date."),
            ({"day": "2026-12-24", "kind": "hours"}, "Say from when to when"),
            (
                {"day": "2026-12-24", "kind": "hours", "opens": ["9"], "closes": ["10:00"]},
                "It has to close later",
            ),
            ({"day": "2026-12-24", "kind": "feast"}, "Say what the day is"),
        ],
    )
    def it_says_what_is_wrong(self, browser: Browser, acme: BrandCard, sent: Any, said: str) -> None:
        answer = browser.post(f"{HOURS}{make(acme)}/days/", sent)
        assert answer.status_code == 422
        assert said in text(answer)

    def it_knows_no_day_that_is_none(self, browser: Browser, acme: BrandCard) -> None:
        assert browser.post(f"{HOURS}{make(acme)}/days/soon/removal/").status_code == 404


POSTS = (
    "new/", "queues/", "outside/", "{ref}/", "{ref}/removal/", "{ref}/days/",
    "{ref}/days/2026-12-24/removal/",
)  # fmt: skip


class DescribeOutside:
    def it_says_what_customers_can_do(self, browser: Browser, acme: BrandCard) -> None:
        queue = make_queue(acme)
        assert "Write to us anyway" in text(browser.get(HOURS))
        sent = {f"closed-{queue}": "hide", f"leave-{queue}": "120"}
        assert browser.post(f"{HOURS}outside/", sent).status_code == 302
        assert self.kept(acme) == [("hide", 120)]
        assert "You can write to us here when we" in text(browser.get(HOURS))
        browser.post(f"{HOURS}outside/", {f"closed-{queue}": "hide", f"leave-{queue}": ""})
        assert self.kept(acme) == [("hide", None)]

    def it_offers_calls(self, browser: Browser, acme: BrandCard) -> None:
        queue = make_queue(acme)
        sent = {f"closed-{queue}": "take", f"call-{queue}": "90", f"call-closed-{queue}": "on"}
        assert browser.post(f"{HOURS}outside/", sent).status_code == 302
        with tenant_scope(acme, TESTS):
            assert [each.reception for each in queue_hours()] == [Reception("take", None, 90, True)]
        assert 'value="90"' in browser.get(HOURS).content.decode()
        answer = browser.post(f"{HOURS}outside/", sent | {f"call-{queue}": "5"})
        assert "Say seconds, from 10 to a day" in text(answer)

    @pytest.mark.parametrize(
        ("closed", "leave"), [("dance", ""), ("hide", "soon"), ("hide", "9"), ("hide", "86401")]
    )
    def it_refuses_the_rest(self, browser: Browser, acme: BrandCard, closed: str, leave: str) -> None:
        queue = make_queue(acme)
        answer = browser.post(f"{HOURS}outside/", {f"closed-{queue}": closed, f"leave-{queue}": leave})
        assert answer.status_code == 422
        said = "Choose what customers can do." if closed == "dance" else "Say seconds, from 10 to a day"
        assert said in text(answer)
        assert self.kept(acme) == [("take", None)]

    def kept(self, card: BrandCard) -> list[Any]:
        with tenant_scope(card, TESTS):
            return [(each.when_closed, each.leave_after) for each in queue_hours()]


class DescribeWhoMay:
    @pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
    def it_hides_from_others(
        self, signed: Signed, request: pytest.FixtureRequest, acme: BrandCard, who: str
    ) -> None:
        ref, stranger = make(acme), signed(request.getfixturevalue(who))
        for path in ("", f"{ref}/"):
            assert stranger.get(f"{HOURS}{path}").status_code == 404
        for path in POSTS:
            answer = stranger.post(f"{HOURS}{path.format(ref=ref, any=ref)}", typed())
            assert answer.status_code == 404
        assert (seen(acme, ref).version, closures(acme)) == (1, [])

    def it_asks_strangers_to_sign_in(self, acme: BrandCard, client: Any) -> None:
        answer = client.get(HOURS, headers={"host": "localhost:8000"})
        assert answer.status_code == 302

    def it_knows_nothing_of_the_other_client_here(
        self, browser: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        theirs, queue = make(globex, "Theirs"), make_queue(globex)
        mine = make_queue(acme)
        assert browser.get(f"{HOURS}{theirs}/").status_code == 404
        for path in POSTS[3:]:
            sent = typed(day="2026-12-24", kind="closed", **{"opens-0": ["08:00"], "closes-0": ["09:00"]})
            assert browser.post(f"{HOURS}{path.format(ref=theirs)}", sent).status_code == 404
        for sent in ({f"queue-{queue}": ""}, {f"queue-{mine}": str(theirs)}, {"queue-x": ""}):
            assert browser.post(f"{HOURS}queues/", sent).status_code == 404
        for sent in ({f"closed-{queue}": "hide"}, {"closed-x": "hide"}):
            assert browser.post(f"{HOURS}outside/", sent).status_code == 404
        assert seen(globex, theirs).version == 1
        with tenant_scope(acme, TESTS):
            assert [each.calendar_ref for each in queue_hours()] == [None]

    @pytest.mark.parametrize("path", ["new/", "queues/", "outside/"])
    def it_takes_posts_only(self, browser: Browser, acme: BrandCard, path: str) -> None:
        assert browser.get(f"{HOURS}{path}").status_code == 405


class DescribeWords:
    @pytest.mark.parametrize(
        ("week", "said"),
        [
            (ALWAYS, "day and night"),
            (dict.fromkeys(range(7), ((480, 720),)), "every day 08:00–12:00"),
            (
                {0: ((480, 720), (780, 1020)), 2: ((480, 720), (780, 1020))},
                "Mon, Wed 08:00–12:00 and 13:00–17:00",
            ),
            ({0: ((480, 720), (720, 1020))}, "Mon 08:00–17:00"),
            ({5: ((0, 120),), 4: ((1200, 1440),)}, "Fri 20:00–24:00; Sat 00:00–02:00"),
            ({}, ""),
        ],
    )
    def it_says_the_week(self, week: Any, said: str) -> None:
        assert words.week_words(Calendar("UTC", week=week)) == said

    def it_counts_holidays_that_close_and_own_dates(self) -> None:
        hours = Calendar(
            "Europe/Stockholm", week={0: ((480, 1020),)}, country="SE",
            days={date(2026, 12, 25): None, date(2026, 12, 24): (), date(2026, 1, 2): ()},
        )  # fmt: skip
        assert words.sentence(hours, today=TODAY) == (
            "Open Mon 08:00–17:00 Europe/Stockholm, closed on 12 public holidays of Sweden within a year, "
            "2 dates of its own."
        )
        assert words.sentence(Calendar("UTC"), today=TODAY).startswith("Never open")

    def it_shows_a_closure_and_a_short_day_in_the_strip(self) -> None:
        now = clock.now()
        hours = Calendar("UTC", week=ALWAYS, closures=((now, now + timedelta(days=2)),))
        strip = words.strip(hours, now=now)
        assert [(each.words, each.note, each.bars) for each in strip[1:2]] == [("Closed", "Closure", ())]
        assert (strip[5].words, strip[5].bars) == ("day and night", ((0, 1440),))
        assert [each.is_today for each in strip] == [True, *[False] * 13]
        assert words.state_words(hours, now=now)[0] is False
        assert words.state_words(hours, now=now + timedelta(days=3)) == (True, "Open day and night")
        assert words.state_words(Calendar("UTC"), now=now)[0] is False
