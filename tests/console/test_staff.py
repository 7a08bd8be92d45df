"""Workforce: the pool's people on screens, by operators alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership, User
from core import clock
from core.ids import new_ref
from routing.actions import Profile, save_profile
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.factories import NOW, make_person
from workforce.models import Agent, AgentAlias, Certification, Departure, Site, Skill, StaffImport, Team
from workforce.staff import bulk, places
from workforce.staff.loading import load_people

STAFF = "/staff/"


@pytest.fixture
def browser(signed: Signed, op: Actor) -> Browser:
    return signed(op)


@pytest.fixture
def site(db: None) -> Site:
    return places.save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)


@pytest.fixture
def team(site: Site) -> Team:
    return places.save_team(name="Blue", site_id=site.pk, actor="test", now=NOW)


@pytest.fixture
def skill(db: None) -> Skill:
    return places.save_skill(name="Billing", actor="test", now=NOW)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def follow(browser: Browser, answer: Any) -> str:
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return text(browser.get(answer["Location"]))


def of(actor: Actor, what: str = "") -> str:
    return f"{STAFF}{actor.user_id}/{what}"


class DescribeList:
    def it_shows_people_of_all_clients(
        self, browser: Browser, ada: Actor, team: Team, acme: BrandCard, globex: BrandCard
    ) -> None:
        Agent.objects.filter(pk=ada.user_id).update(team=team, site=team.site, languages=["sv", "en"])
        page = text(browser.get(STAFF))
        for words in (
            "Ada Berg",
            "ada@example.test",
            "Blue",
            "Malmö",
            "Swedish, English",
            acme.name,
            globex.name,
        ):
            assert words in page

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("q=ada", True), ("q=berg ada", True), ("q=nobody", False), ("site={site}", True),
            ("team={team}", True), ("skill={skill}", True), ("brand={globex}", True), ("brand={acme}", True),
            ("state=active", True), ("state=left", False), ("state=invited", False), ("state=leaving", False),
            ("site=999999", True), ("site=x&page=y&state=z", True), ("q=%00", True),
        ],
    )  # fmt: skip
    def it_filters(
        self, browser: Browser, ada: Actor, team: Team, skill: Skill, acme: BrandCard, globex: BrandCard,
        asked: str, found: bool,
    ) -> None:  # fmt: skip
        Agent.objects.filter(pk=ada.user_id).update(team=team, site=team.site)
        Agent.objects.get(pk=ada.user_id).skills.create(skill=skill, level=4)
        query = asked.format(site=team.site_id, team=team.pk, skill=skill.pk, globex=globex.id, acme=acme.id)
        assert ("ada@example.test" in text(browser.get(f"{STAFF}?{query}"))) is found

    def it_says_when_nobody_works_here(self, browser: Browser) -> None:
        assert "Nobody works here yet" in text(browser.get(STAFF))
        assert "Nobody matches" in text(browser.get(f"{STAFF}?q=x"))

    def it_is_taken_along_as_csv_that_an_import_takes_back(
        self, browser: Browser, ada: Actor, team: Team, acme: BrandCard
    ) -> None:
        asked = Profile(channels={"webchat": 2}, brand_weights={acme.id: 50})
        save_profile(ada.user_id, asked, actor="user:1", now=clock.now())
        User.objects.filter(pk=ada.user_id).update(name="=cmd")
        Agent.objects.filter(pk=ada.user_id).update(team=team, site=team.site, languages=["sv"])
        before = load_people([ada.user_id], now=clock.now())
        answer = browser.post(f"{STAFF}export/?q=ada")
        csv = b"".join(answer).decode()
        assert "'=cmd" in csv
        assert "webchat:2,,,acme:50" in csv
        row = AuditRow.objects.get(verb="staff.exported")
        assert row.diff == {"people": 1, "filters": ["q"]}
        page = follow(browser, browser.post(f"{STAFF}import/", {"file": upload(csv)}))
        assert "there is nothing to import" in page
        assert load_people([ada.user_id], now=clock.now()) == before


def upload(csv: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", csv.encode())


class DescribePerson:
    def it_shows_everything_about_them(self, browser: Browser, ada: Actor, acme: BrandCard) -> None:
        page = text(browser.get(of(ada)))
        for words in (
            "Ada Berg",
            "ada@example.test",
            "Acme Outdoor",
            "Globex Energy",
            "Certified",
            "History",
        ):
            assert words in page

    def it_changes_who_they_are(self, browser: Browser, ada: Actor, team: Team) -> None:
        said = {
            "email": "ada@new.test", "name": "Ada Lind", "employee_no": "X1", "team_id": team.pk,
            "site_id": team.site_id, "languages": "SV, en",
        }  # fmt: skip
        assert "Ada Lind" in follow(browser, browser.post(of(ada), said))
        agent = Agent.objects.select_related("user").get(pk=ada.user_id)
        assert (agent.user.email, agent.employee_no, agent.languages) == ("ada@new.test", "X1", ["sv", "en"])
        assert "Ada Lind" in text(browser.get(of(ada)))

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("email", "bo@example.test", "already"), ("email", "x", "valid email"), ("name", "", "required"),
            ("languages", "xx-yy", "no language code"), ("employee_no", "{bo}", "has this number"),
            ("team_id", "99999999", "valid choice"),
        ],
    )  # fmt: skip
    def it_says_what_is_wrong(
        self, browser: Browser, ada: Actor, bo: Actor, field: str, value: str, words: str
    ) -> None:
        number = Agent.objects.get(pk=bo.user_id).employee_no
        said = {"email": ada.email, "name": "Ada", "employee_no": "X1"} | {field: value.format(bo=number)}
        answer = browser.post(of(ada), said)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert User.objects.get(pk=ada.user_id).email == ada.email

    def it_changes_skills(self, browser: Browser, ada: Actor, skill: Skill) -> None:
        follow(browser, browser.post(of(ada, "skills/"), {f"skill-{skill.pk}": "4"}))
        assert load_people([ada.user_id], now=clock.now())[ada.user_id].skills == {skill.pk: 4}
        follow(browser, browser.post(of(ada, "skills/"), {}))
        assert load_people([ada.user_id], now=clock.now())[ada.user_id].skills == {}

    def it_seats_and_unseats(self, browser: Browser, bo: Actor, globex: BrandCard) -> None:
        follow(browser, browser.post(of(bo, "clients/"), {"brand_id": globex.id, "version": "2026-2"}))
        assert load_people([bo.user_id], now=clock.now())[bo.user_id].brands[globex.id] == "2026-2"
        follow(browser, browser.post(of(bo, "clients/globex/removal/")))
        actor = actor_for(bo.user_id)
        assert actor
        assert not actor.has(Role.AGENT, globex.id)

    def it_names_them_towards_a_client(
        self, browser: Browser, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        follow(browser, browser.post(of(ada, "clients/acme/alias/"), {"shown_name": "Ronja"}))
        assert list(AgentAlias.objects.values_list("brand_id", "shown_name")) == [(acme.id, "Ronja")]
        row = AuditRow.objects.get(verb="agent.renamed")
        assert (row.brand_id, row.diff) == (acme.id, {"shown_name": ["", "Ronja"]})
        follow(browser, browser.post(of(ada, "clients/acme/alias/"), {"shown_name": ""}))
        assert not AgentAlias.objects.exists()

    def it_warns_of_the_true_name(self, browser: Browser, ada: Actor) -> None:
        answer = browser.post(of(ada, "clients/acme/alias/"), {"shown_name": "ada  BERG"})
        assert answer.status_code == 422
        assert "true name" in answer.content.decode()
        follow(
            browser, browser.post(of(ada, "clients/acme/alias/"), {"shown_name": "Ada Berg", "sure": "on"})
        )
        assert AgentAlias.objects.get().shown_name == "Ada Berg"

    def it_refuses_an_alias_that_somebody_has_there(self, browser: Browser, ada: Actor, bo: Actor) -> None:
        follow(browser, browser.post(of(ada, "clients/acme/alias/"), {"shown_name": "Robin"}))
        answer = browser.post(of(bo, "clients/acme/alias/"), {"shown_name": "ＲＯＢＩＮ"})
        assert answer.status_code == 422
        assert "Another agent is called so" in answer.content.decode()
        follow(browser, browser.post(of(ada, "clients/globex/alias/"), {"shown_name": "Robin"}))

    def it_renews_and_ends_certifications(self, browser: Browser, ada: Actor, acme: BrandCard) -> None:
        day = (clock.now() + timedelta(days=20)).date()
        said = {"version": "2026-2", "until": day.isoformat()}
        page = follow(browser, browser.post(of(ada, "clients/acme/certification/"), said))
        assert "Certifications that are over" in page
        row = Certification.objects.get(agent_id=ada.user_id, version="2026-2")
        assert row.valid_until
        assert row.valid_until.isoformat().startswith(f"{day}T2")  # midnight in Stockholm, as UTC
        assert "Ada Berg" in text(browser.get(f"{STAFF}certifications/"))
        page = follow(browser, browser.post(of(ada, f"certifications/{row.pk}/end/")))
        assert "Not certified" in page
        assert "2026-2 ended" in page

    def it_refuses_a_certification_that_is_over(self, browser: Browser, ada: Actor) -> None:
        said = {"version": "2026-2", "until": "2020-01-01"}
        assert browser.post(of(ada, "clients/acme/certification/"), said).status_code == 422

    def it_certifies_nobody_without_a_seat(self, browser: Browser, bo: Actor, globex: BrandCard) -> None:
        assert browser.post(of(bo, "clients/globex/certification/"), {"version": "1"}).status_code == 404

    def it_is_not_there_for_who_is_no_agent(self, browser: Browser, outsider: Actor) -> None:
        assert browser.get(of(outsider)).status_code == 404
        for what in ("", "skills/", "welcome/", "leaving/", "return/", "clients/", "leaving/cancellation/"):
            assert browser.post(of(outsider, what)).status_code == 404


class DescribeNew:
    SAID = {"email": "Ines@example.test", "name": "Inês Caradec", "employee_no": "H1"}  # noqa: RUF012

    def it_adds_and_invites(self, browser: Browser) -> None:
        page = follow(browser, browser.post(f"{STAFF}new/", self.SAID | {"welcome": "1"}))
        assert "Invited" in page
        mail = SystemMail.objects.get(kind="welcome")
        assert mail.to == "ines@example.test"
        link = re.search(r"/welcome/[\w-]+/", mail.text)
        assert link
        fresh = Browser(headers={"host": "localhost:8000"})
        assert "Welcome" in text(fresh.get(link[0]))
        assert fresh.post(link[0], {"password": "short"}).status_code == 422
        assert fresh.post(link[0], {"password": "a long walk by the sea"}).status_code == 302
        assert fresh.get("/").status_code == 302
        user = User.objects.get(email="ines@example.test")
        assert user.check_password("a long walk by the sea")
        assert Browser(headers={"host": "localhost:8000"}).get(link[0]).status_code == 410
        assert "Active" in text(browser.get(f"{STAFF}{user.pk}/"))

    @pytest.mark.parametrize("where", ["site", "team"])
    def it_lets_them_read_times_by_the_clock_where_they_work(
        self, browser: Browser, team: Team, where: str
    ) -> None:
        place = {"site_id": team.site_id} if where == "site" else {"team_id": team.pk}
        follow(browser, browser.post(f"{STAFF}new/", self.SAID | place))
        fresh = User.objects.get(email="ines@example.test")
        actor = actor_for(fresh.pk)
        assert actor is not None
        assert actor.timezone == "Europe/Stockholm"

    def it_ends_the_older_link(self, browser: Browser) -> None:
        follow(browser, browser.post(f"{STAFF}new/", self.SAID | {"welcome": "1"}))
        user = User.objects.get(email="ines@example.test")
        follow(browser, browser.post(f"{STAFF}{user.pk}/welcome/"))
        links = [
            re.search(r"/welcome/[\w-]+/", row.text) for row in SystemMail.objects.order_by("pk") if row.text
        ]
        assert [browser.get(link[0]).status_code for link in links if link] == [200]

    def it_refuses_who_is_there(self, browser: Browser, ada: Actor) -> None:
        answer = browser.post(f"{STAFF}new/", self.SAID | {"email": "ADA@example.test"})
        assert answer.status_code == 422
        assert "already" in answer.content.decode()

    def it_refuses_links_that_nobody_sent(self, db: None) -> None:
        answer = Browser(headers={"host": "localhost:8000"}).get("/welcome/guessed/")
        assert answer.status_code == 410
        assert answer["Referrer-Policy"] == "no-referrer"

    def it_invites_all_who_wait(self, browser: Browser, ada: Actor) -> None:
        follow(browser, browser.post(f"{STAFF}new/", self.SAID))
        assert "Not invited yet" in text(browser.get(f"{STAFF}?state=uninvited"))
        answer = browser.post(f"{STAFF}welcomes/", {"all": "1", "asked": "state=uninvited"})
        assert "1 mail is on its way" in follow(browser, answer)
        assert "Nobody of them waits" in follow(
            browser, browser.post(f"{STAFF}welcomes/", {"ids": ada.user_id})
        )


class DescribeImport:
    CSV = "mail,name,employee number\nines@example.test,Inês,H1\n"

    def it_looks_then_imports(self, browser: Browser) -> None:
        answer = browser.post(f"{STAFF}import/", {"file": upload(self.CSV)})
        page = follow(browser, answer)
        assert "Import all of it" in page
        assert not User.objects.filter(email="ines@example.test").exists()
        page = follow(browser, browser.post(f"{answer['Location']}run/"))
        assert "Imported: 1 new" in page
        assert "The file itself is forgotten" in page
        assert "already" in follow(browser, browser.post(f"{answer['Location']}run/"))

    def it_reports_errors_by_line(self, browser: Browser) -> None:
        answer = browser.post(f"{STAFF}import/", {"file": upload(self.CSV + "x,@1+1,H1\n")})
        page = follow(browser, answer)
        assert "Not an e-mail address" in page
        assert "Import all of it" not in page
        report = b"".join(browser.get(f"{answer['Location']}report/")).decode()
        assert "3,x,error,mail,Not an e-mail address." in report
        assert "2,ines@example.test,create,name," in report
        assert "Nothing was imported" in follow(browser, browser.post(f"{answer['Location']}run/"))

    def it_refuses_what_is_no_file(self, browser: Browser) -> None:
        assert browser.post(f"{STAFF}import/").status_code == 422
        answer = browser.post(f"{STAFF}import/", {"file": upload("salary\n1\n")})
        assert answer.status_code == 422
        assert "Unknown column" in answer.content.decode()
        assert not StaffImport.objects.exists()

    def it_has_a_template_that_is_read(self, browser: Browser) -> None:
        answer = browser.get(f"{STAFF}import/template/")
        page = follow(browser, browser.post(f"{STAFF}import/", {"file": upload(answer.content.decode())}))
        assert "There is no team" not in page or "Night" in page

    def it_is_not_there_for_another_ref(self, browser: Browser) -> None:
        for what in ("", "report/"):
            assert browser.get(f"{STAFF}import/{new_ref()}/{what}").status_code == 404
        assert browser.post(f"{STAFF}import/{new_ref()}/run/").status_code == 404


class DescribeChange:
    def it_asks_shows_makes_and_undoes(self, browser: Browser, ada: Actor, bo: Actor, team: Team) -> None:
        page = text(browser.post(f"{STAFF}change/", {"ids": [ada.user_id, bo.user_id]}))
        assert "For 2 people" in page
        wish = {"who": f"{ada.user_id},{bo.user_id}", "team_id": team.pk}
        page = text(browser.post(f"{STAFF}change/", wish | {"step": "look"}))
        assert "Blue" in page
        assert Agent.objects.filter(team=team).count() == 0
        page = follow(browser, browser.post(f"{STAFF}change/", wish | {"step": "make"}))
        assert "2 people changed" in page
        assert "The last change together, of 2 people" in page
        row = bulk.last_change()
        assert row
        page = follow(browser, browser.post(f"{STAFF}change/{row.ref}/undo/"))
        assert "Undone for 2 people" in page
        assert Agent.objects.filter(team=team).count() == 0
        assert "can be undone, once" in follow(browser, browser.post(f"{STAFF}change/{row.ref}/undo/"))

    def it_takes_all_who_match(self, browser: Browser, ada: Actor, bo: Actor, team: Team) -> None:
        page = text(browser.post(f"{STAFF}change/", {"all": "1", "asked": "q=ada"}))
        assert "For 1 person" in page
        assert "Ada Berg" in page

    def it_says_what_is_missing(self, browser: Browser, ada: Actor) -> None:
        assert "Nobody is chosen" in text(browser.post(f"{STAFF}change/"))
        answer = browser.post(f"{STAFF}change/", {"who": ada.user_id, "step": "look"})
        assert answer.status_code == 422
        assert "Choose what is to change" in answer.content.decode()
        answer = browser.post(f"{STAFF}change/", {"who": "x,1e9", "step": "make", "team_id": "7"})
        assert answer.status_code == 422


class DescribeLeaving:
    def it_plans_and_cancels(self, browser: Browser, ada: Actor) -> None:
        day = (clock.now() + timedelta(days=9)).date().isoformat()
        assert "Leaves when" in follow(browser, browser.post(of(ada, "leaving/"), {"last_day": day}))
        assert "Ada Berg" in text(browser.get(f"{STAFF}?state=leaving"))
        assert "Cancelled" in follow(browser, browser.post(of(ada, "leaving/cancellation/")))

    def it_lets_them_leave_at_once_and_takes_them_back(
        self, browser: Browser, ada: Actor, acme: BrandCard
    ) -> None:
        page = follow(browser, browser.post(of(ada, "leaving/"), {"at_once": "1"}))
        assert "Left, last day" in page
        assert actor_for(ada.user_id) is None
        assert Departure.objects.get().state == "done"
        assert "Ada Berg" in text(browser.get(f"{STAFF}?state=left"))
        assert "Ada Berg" not in text(browser.get(STAFF))
        assert "They are back" in follow(browser, browser.post(of(ada, "return/")))
        actor = actor_for(ada.user_id)
        assert actor
        assert actor.has(Role.AGENT, acme.id)
        assert SystemMail.objects.filter(kind="welcome", to=ada.email).count() == 1

    @pytest.mark.parametrize(
        "said", [{}, {"last_day": "2020-01-01"}, {"last_day": "9999-12-31"}, {"last_day": "x"}]
    )
    def it_says_what_is_wrong(self, browser: Browser, ada: Actor, said: dict[str, str]) -> None:
        assert browser.post(of(ada, "leaving/"), said).status_code == 422
        assert not Departure.objects.exists()

    def it_refuses_to_change_who_has_left(self, browser: Browser, ada: Actor, acme: BrandCard) -> None:
        follow(browser, browser.post(of(ada, "leaving/"), {"at_once": "1"}))
        follow(browser, browser.post(of(ada, "clients/"), {"brand_id": acme.id}))
        assert not Membership.objects.valid(clock.now()).filter(user_id=ada.user_id).exists()


class DescribePlaces:
    def it_makes_changes_and_archives(self, browser: Browser, ada: Actor) -> None:
        site = {"name": "Porto", "timezone": "Europe/Lisbon"}
        follow(browser, browser.post(f"{STAFF}places/sites/", site))
        made = Site.objects.get()
        follow(browser, browser.post(f"{STAFF}places/sites/{made.pk}/", site | {"name": "Porto 2"}))
        team = {"name": "Night", "site_id": made.pk, "lead": "ADA@example.test"}
        assert "led by" in follow(browser, browser.post(f"{STAFF}places/teams/", team))
        row = Team.objects.get()
        assert row.lead_id == ada.user_id
        follow(browser, browser.post(f"{STAFF}places/teams/{row.pk}/", team | {"lead": ""}))
        Agent.objects.filter(pk=ada.user_id).update(team=row)
        url = f"{STAFF}places/teams/{row.pk}/archive/"
        assert "Move them first" in follow(browser, browser.post(url, {"archived": "1"}))
        Agent.objects.update(team=None)
        assert "Archived" in follow(browser, browser.post(url, {"archived": "1"}))
        assert "Brought back" in follow(browser, browser.post(url))
        assert "Archived" in follow(
            browser, browser.post(f"{STAFF}places/sites/{made.pk}/archive/", {"archived": "1"})
        )
        verbs = (
            AuditRow.objects.filter(verb__regex="^(site|team)[.]")
            .order_by("pk")
            .values_list("verb", flat=True)
        )
        assert list(verbs) == [
            "site.created", "site.changed", "team.created", "team.changed", "team.changed", "team.changed",
            "site.changed",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "said", "words"),
        [
            ("sites/", {"name": "Malmö", "timezone": "UTC"}, "already"),
            ("sites/", {"name": "X", "timezone": "Mars/Olympus"}, "valid choice"),
            ("teams/", {"name": "X", "site_id": "{site}", "lead": "x@example.test"}, "No agent of the pool"),
            ("teams/", {"name": "Blue", "site_id": "{site}"}, "already"),
            ("sites/{site}/", {"name": "", "timezone": "UTC"}, "required"),
        ],
    )
    def it_says_what_is_wrong(
        self, browser: Browser, team: Team, path: str, said: dict[str, str], words: str
    ) -> None:
        filled = {name: value.format(site=team.site_id) for name, value in said.items()}
        answer = browser.post(f"{STAFF}places/{path.format(site=team.site_id)}", filled)
        assert answer.status_code == 422
        assert words in answer.content.decode()

    def it_keeps_the_catalogue_of_skills(self, browser: Browser) -> None:
        follow(browser, browser.post(f"{STAFF}skills/new/", {"name": "Second line"}))
        made = Skill.objects.get()
        assert made.code == "second-line"
        follow(browser, browser.post(f"{STAFF}skills/{made.pk}/", {"name": "Tier 2"}))
        assert browser.post(f"{STAFF}skills/new/", {"name": "Second line"}).status_code == 422
        assert "keeps it" in follow(
            browser, browser.post(f"{STAFF}skills/{made.pk}/archive/", {"archived": "1"})
        )
        assert browser.post(f"{STAFF}skills/{made.pk + 1}/", {"name": "x"}).status_code == 404


PATHS = [
    "staff", "staff-new", "staff-import", "staff-places", "staff-skills", "staff-certifications",
    "staff-template",
]  # fmt: skip


class DescribeWho:
    @pytest.mark.parametrize("name", PATHS)
    def it_is_for_operators_alone(
        self, signed: Signed, ada: Actor, cy: Actor, outsider: Actor, name: str
    ) -> None:
        for actor in (ada, cy, outsider):
            assert signed(actor).get(reverse(f"console:{name}")).status_code == 404
        assert Browser(headers={"host": "localhost:8000"}).get(reverse(f"console:{name}")).status_code == 302

    def it_shows_nobody_elses_people_to_a_manager(self, signed: Signed, ada: Actor, cy: Actor) -> None:
        browser = signed(cy)
        for path in (of(ada), f"{STAFF}export/", of(ada, "leaving/"), f"{STAFF}change/", f"{STAFF}welcomes/"):
            answer = browser.post(path, {"at_once": "1"})
            assert answer.status_code == 404
            assert ada.email not in answer.content.decode()
        assert actor_for(ada.user_id) == ada

    @pytest.mark.parametrize("path", ["export/", "welcomes/", "change/", f"change/{new_ref()}/undo/"])
    def it_refuses_get_where_something_is_done(self, browser: Browser, path: str) -> None:
        assert browser.get(STAFF + path).status_code == 405


def it_costs_the_same_for_two_people_and_for_fifty(
    browser: Browser, acme: BrandCard, django_assert_max_num_queries: Any
) -> None:
    for n in range(50):
        person = make_person(f"p{n}@example.test", (Role.AGENT, acme))
        Agent.objects.create(user_id=person.user_id, employee_no=f"N{n}", hired_on=NOW.date())
    with django_assert_max_num_queries(20):
        assert "p7@example.test" in text(browser.get(STAFF))
