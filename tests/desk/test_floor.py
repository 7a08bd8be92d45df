"""The floor's pages: who works now, how the queues are doing, who waits; each sees what is theirs."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from desk.floor.wording import work_words
from interactions import actions
from interactions.models import Queue
from routing.floor import agents_now
from routing.models import AgentCapacity, RestRule
from routing.tallies import rebuild_tallies
from tenants.cards import BrandCard
from tenants.models import Brand
from tenants.onboarding.actions import pause
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.desk.test_budget import check, counted
from tests.desk.test_floor_socket import lead, put_into, supervisor
from tests.factories import TESTS, make_agent, make_person, zone_by_day
from workforce import actions as workforce

PAGES = ("/floor/", "/floor/queues/")


def text(browser: Desk, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def names(page: str) -> list[str]:
    """Who stands on the floor and is not filtered out."""
    rows = re.findall(r'<tr data-id="\d+"([^>]*)>(.*?)</tr>', page, re.DOTALL)
    shown = [row for attributes, row in rows if " hidden" not in attributes]
    return [re.findall(r"<bdi[^>]*>(.*?)</bdi>", row)[0] for row in shown]


def queue_of(day: Day, card: BrandCard) -> int:
    with tenant_scope(card, TESTS):
        return int(Queue.objects.get().pk)


@pytest.fixture
def sue(day: Day, acme: BrandCard, sign_in: Sign) -> Desk:
    """Acme's supervisor."""
    return sign_in(supervisor(acme))


@pytest.fixture
def house(day: Day, sign_in: Sign) -> Desk:
    """The provider's supervisor."""
    return sign_in(supervisor(None, email="hal@example.test"))


class DescribeAgents:
    def it_shows_state_reason_time_and_work_by_client(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, house: Desk
    ) -> None:
        for card in (acme, globex, globex):
            day.has(working, card)
        day.rings(acme, day.writes(acme), working)
        workforce.set_availability(
            working.user_id, to="away", reason_code="break", actor=working, now=clock.now()
        )
        page = text(house, "/floor/")
        row = re.search(rf'<tr data-id="{working.user_id}".*?</tr>', page, re.DOTALL)
        assert row
        assert "Away · Break" in row[0]
        chips = re.findall(r'<bdi>(.*?)</bdi> <span class="num">(.*?)</span>', row[0])
        assert chips == [("Acme Outdoor", "1, 1 ringing"), ("Globex Energy", "2")]
        assert "80 of 100" in row[0]
        assert "data-since=" in row[0]

    def it_shows_who_is_on_hold_for_long(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref, _other = day.has(working, acme), day.has(working, globex)
        now = clock.now()
        with tenant_scope(acme, TESTS):
            actions.hold(ref, agent_id=working.user_id, now=now)

        def words(seconds: float) -> list[str]:
            [one] = [row for row in agents_now(now + timedelta(seconds=seconds)) if row.work]
            return [work_words(one.work[card.id]) for card in (acme, globex)]

        assert words(179) == ["1", "1"]
        assert words(180) == ["1, 1 on hold for long", "1"]

    def it_calls_a_lost_connection_neither_away_nor_offline(
        self, day: Day, working: Actor, house: Desk
    ) -> None:
        workforce.disconnect(
            working.user_id, channel_name=f"c{working.user_id}", now=clock.now() - timedelta(minutes=2)
        )
        page = text(house, "/floor/?state=lost")
        assert names(page) == ["Ada Berg"]
        assert "Connection lost" in page
        assert re.search(r'class="lasting long"[^>]*data-limit="60"', page)

    def it_shows_a_client_its_own_agents_and_their_work_for_it(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sue: Desk
    ) -> None:
        make_agent("gil@example.test", globex, name="Gil Roth")
        day.has(working, acme)
        day.has(working, globex)
        page = text(sue, "/floor/")
        assert names(page) == ["Ada Berg"]
        assert "Globex" not in page
        assert "globex" not in page

    def it_shows_a_lead_the_own_team_with_all_its_work(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        leads = lead("north", acme)
        put_into("north", working)
        make_agent("al@example.test", acme, name="Al Dahl")
        day.has(working, globex)
        page = text(sign_in(leads), "/floor/")
        assert names(page) == ["Ada Berg"]
        assert "Globex Energy" in page

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("", ["Ada Berg", "Al Dahl", "Gil Roth"]),
            ("?q=dahl", ["Al Dahl"]),
            ("?client=globex", ["Ada Berg", "Gil Roth"]),
            ("?state=available", ["Ada Berg"]),
            ("?client=acme&state=offline", ["Al Dahl"]),
            ("?q=nobody", []),
            ("?state=nonsense", []),
        ],
    )  # fmt: skip
    def it_filters(
        self,
        day: Day,
        working: Actor,
        acme: BrandCard,
        globex: BrandCard,
        house: Desk,
        query: str,
        wanted: list[str],
    ) -> None:
        make_agent("al@example.test", acme, name="Al Dahl")
        make_agent("gil@example.test", globex, name="Gil Roth")
        page = text(house, f"/floor/{query}")
        assert names(page) == wanted
        assert ("data-none hidden" in page) == bool(wanted)

    def it_filters_by_the_own_team(self, day: Day, working: Actor, acme: BrandCard, sign_in: Sign) -> None:
        head = make_agent("sam@example.test", acme, name="Sam Head", seats=((Role.SUPERVISOR, acme),))
        lead("north", acme)
        for one in (head, working):
            put_into("north", one)
        make_agent("al@example.test", acme, name="Al Dahl")
        assert names(text(sign_in(head), "/floor/?team=mine")) == ["Ada Berg", "Sam Head"]

    def it_says_when_there_is_nobody_to_see(self, day: Day, acme: BrandCard, sign_in: Sign) -> None:
        page = text(sign_in(make_person("lea@example.test", (Role.LEAD, acme))), "/floor/")
        assert "Nobody to see here" in page


class DescribeOneAgent:
    def path(self, agent: Actor) -> str:
        return f"/floor/agents/{agent.user_id}/"

    def it_shows_what_they_are_on_and_the_acts(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, house: Desk
    ) -> None:
        day.has(working, acme, "A secret")
        day.has(working, globex)
        page = text(house, self.path(working))
        assert page.count("<code ") == 2
        assert "Globex Energy" in page
        assert "secret" not in page
        assert page.count("/reassignment/") == page.count("/return/") == 2

    def it_is_cut_to_what_the_reader_may_see(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sue: Desk
    ) -> None:
        day.has(working, acme)
        day.has(working, globex)
        page = text(sue, self.path(working))
        assert page.count("<code ") == 1
        assert "Globex" not in page

    def it_is_absent_for_who_does_not_see_the_agent(
        self, day: Day, working: Actor, globex: BrandCard, sue: Desk, outsider: Actor, sign_in: Sign
    ) -> None:
        gil = make_agent("gil@example.test", globex, name="Gil Roth")
        assert sue.get(self.path(gil)).status_code == 404
        for browser in (sign_in(working), sign_in(outsider)):
            assert browser.get(self.path(working)).status_code == 404

    def it_says_until_when_they_rest(self, day: Day, working: Actor, house: Desk) -> None:
        until = clock.now() + timedelta(minutes=20)
        AgentCapacity.objects.update_or_create(agent_id=working.user_id, defaults={"rests_until": until})
        assert re.search(r"data-rest[^>]* hidden></small>", text(house, "/floor/"))
        RestRule.objects.create(hard_in_row=3, rest_minutes=20)
        clock_time = until.astimezone(ZoneInfo("UTC")).strftime("%H:%M")
        for path in ("/floor/", self.path(working)):
            assert f"rests until {clock_time}</small>" in text(house, path)


class DescribeQueues:
    def it_shows_what_waits_since_when_and_who_is_ready(
        self, day: Day, working: Actor, acme: BrandCard, sue: Desk
    ) -> None:
        day.says_first(acme, "Hello", name="Maya", now=clock.now() - timedelta(seconds=90))
        day.writes(acme, is_test=True)
        page = text(sue, "/floor/queues/")
        assert re.search(r"data-waiting[^>]*>1<", page)
        assert re.search(r"data-ready[^>]*>1<", page)
        assert re.search(r'class="lasting long"[^>]*data-limit="40"', page)

    def it_shows_the_service_level_of_the_clients_day(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sue: Desk
    ) -> None:
        day.has(working, acme)
        day.leaves(acme, day.writes(acme))
        day.leaves(globex, day.writes(globex))
        rebuild_tallies(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
        page = text(sue, "/floor/queues/")
        assert re.search(r"data-level[^>]*>50%<", page)
        assert "1 of 2" in page
        assert "Europe/Stockholm" in page
        assert "Globex" not in page

    def it_leads_to_who_waits_without_a_word_of_theirs(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sue: Desk
    ) -> None:
        day.writes(acme, "My secret order", name="Maya Lindqvist")
        day.has(working, acme, "Another secret")
        page = text(sue, f"/floor/queues/{queue_of(day, acme)}/")
        assert "secret" not in page
        assert "Maya" not in page
        assert page.count("<code ") == 2
        assert "Ada Berg" in page
        assert sue.get(f"/floor/queues/{queue_of(day, globex)}/").status_code == 404

    def it_filters_by_client(self, day: Day, acme: BrandCard, globex: BrandCard, house: Desk) -> None:
        assert text(house, "/floor/queues/").count("<tr data-id=") == 2
        page = text(house, "/floor/queues/?client=globex")
        assert page.count("<tr data-id=") == 1

    def it_shows_who_waits_for_a_client_that_is_paused(
        self, day: Day, acme: BrandCard, globex: BrandCard, house: Desk
    ) -> None:
        """They are served still, by the rows of the queue and of the agents who work for it."""
        day.writes(acme)
        pause(acme, actor="test", now=clock.now())
        page = text(house, "/floor/queues/?client=acme")
        assert page.count("<tr data-id=") == 1
        assert page.count(">Paused<") == 1
        assert ">Paused<" not in text(house, "/floor/queues/?client=globex")
        assert text(house, f"/floor/queues/{queue_of(day, acme)}/").count("<code ") == 1
        assert "Globex" not in page.partition("<tr data-id=")[2]

    def it_says_when_there_is_no_queue(self, acme: BrandCard, sign_in: Sign) -> None:
        assert "No queue here" in text(sign_in(supervisor(acme)), "/floor/queues/")


class DescribeClients:
    """The list of clients and a client's first page take the floor's numbers together."""

    def it_lists_how_each_client_is_doing(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        Brand.objects.filter(pk=acme.id).update(timezone=zone_by_day(clock.now()))  # all of it is today's
        make_agent("al@example.test", acme)
        day.has(working, acme)
        day.leaves(acme, day.writes(acme))
        day.says_first(acme, "Hello", name="Maya", now=clock.now() - timedelta(seconds=90))
        rebuild_tallies(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
        operator = sign_in(make_person("op@example.test", (Role.OPERATOR, None)))
        rows = {row["card"].slug: row["now"] for row in operator.get("/clients/").context["rows"]}
        ours, theirs = rows["acme"], rows["globex"]
        assert (ours.waiting, ours.offered, ours.settled, ours.service_level) == (1, 3, 2, 50)
        assert ours.seconds >= 90
        assert (ours.available, ours.health) == (1, "bad")
        assert (theirs.waiting, theirs.service_level, theirs.seconds, theirs.health) == (0, None, None, "")
        page = text(operator, "/clients/")
        assert page.count("over target") == 1 + page.count('class="lasting"><')
        assert "50%" in page

    def it_is_under_target_where_nobody_waits_too_long(
        self, day: Day, working: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        day.leaves(acme, day.writes(acme))
        rebuild_tallies(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
        operator = sign_in(make_person("op@example.test", (Role.OPERATOR, None)))
        assert "under target" in text(operator, "/clients/?q=acme")

    def it_shows_a_client_its_queues_and_no_others(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        day.writes(globex)
        page = text(sign_in(make_person("op@example.test", (Role.OPERATOR, None))), "/clients/acme/")
        assert names(page) == ["Orders"]
        assert re.search(r"data-waiting[^>]*>0<", page)
        assert "80% in 40 s" in page

    def it_has_no_numbers_for_who_sees_no_floor(self, day: Day, acme: BrandCard, sign_in: Sign) -> None:
        auditor = sign_in(make_person("aud@example.test", (Role.AUDITOR, None)))
        page = text(auditor, "/clients/")
        assert acme.name in page
        assert "Agents available" not in page


class DescribeDoors:
    @pytest.mark.parametrize("who", ["ada", "outsider"])
    @pytest.mark.parametrize("path", [*PAGES, "/floor/queues/1/"])
    def it_is_absent_for_who_has_no_floor(
        self, who: str, path: str, ada: Actor, outsider: Actor, sign_in: Sign
    ) -> None:
        assert sign_in({"ada": ada, "outsider": outsider}[who]).get(path).status_code == 404

    @pytest.mark.parametrize("path", PAGES)
    def it_is_only_looked_at(self, path: str, sue: Desk) -> None:
        assert sue.post(path).status_code == 405


class DescribeCost:
    def it_is_the_same_for_many_agents_and_queues(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, house: Desk
    ) -> None:
        paths = {"floor: agents": "/floor/", "floor: queues": "/floor/queues/"}
        paths["floor: one queue"] = f"/floor/queues/{queue_of(day, acme)}/"
        for path in paths.values():
            house.get(path)
        day.has(working, acme)
        few = {name: counted(lambda path=path: house.get(path)) for name, path in paths.items()}  # type: ignore[misc]
        for n in range(3):
            make_agent(f"a{n}@example.test", acme, globex)
            day.writes(acme)
            day.has(working, globex)
        for name, path in paths.items():
            many = counted(lambda path=path: house.get(path))  # type: ignore[misc]
            assert many == few[name], name
            check(name, many)
