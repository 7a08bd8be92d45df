"""Users & roles: the matrix, seats with the provider, one person's rights, stronger seats, the rail."""

import re
from typing import Any

import pytest

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Invitation, Membership
from accounts.permissions import BRAND_ROLES, MATRIX, PROVIDER_ROLES, Permission
from accounts.timed import Elevation
from core import clock
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.desk.test_budget import check, counted
from tests.factories import make_agent, make_person

SEATS = "/roles/seats/"
INVITE = f"{SEATS}invitations/"
ELEVATIONS = "/elevations/"


@pytest.fixture
def owner(db: None) -> Actor:
    return make_person("owen@example.test", (Role.OWNER, None), name="Owen Hart")


def words(answer: Any) -> str:
    return str(answer.content.decode())


def seat_of(actor: Actor) -> Membership:
    return Membership.objects.get(user_id=actor.user_id)


class DescribeMatrix:
    def it_shows_every_permission_and_role(self, signed: Signed, op: Actor) -> None:
        answer = signed(op).get("/roles/")
        text = words(answer)
        for one in (*Permission, *Role):
            assert str(one.label).replace("'", "&#x27;") in text
        given = sum(len(some) for some in MATRIX.values())
        assert text.count('class="given"') == given

    def it_is_for_who_runs_the_platform(self, signed: Signed, ada: Actor) -> None:
        assert signed(ada).get("/roles/").status_code == 404


class DescribeProviderSeats:
    def it_lets_an_owner_invite_an_operator(self, signed: Signed, owner: Actor) -> None:
        answer = signed(owner).post(INVITE, {"email": "new@example.test", "role": "operator"})
        assert answer.status_code == 303
        row = Invitation.objects.get()
        assert (row.email, row.role, row.brand_id) == ("new@example.test", "operator", None)

    @pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR, Role.AGENT, Role.MANAGER])
    def it_lets_an_operator_invite_neither_nor_those_of_clients(
        self, signed: Signed, op: Actor, role: Role
    ) -> None:
        answer = signed(op).post(INVITE, {"email": "new@example.test", "role": role})
        assert answer.status_code == 422
        assert not Invitation.objects.exists()

    def it_lets_an_operator_invite_an_auditor(self, signed: Signed, op: Actor) -> None:
        browser = signed(op)
        assert browser.post(INVITE, {"email": "new@example.test", "role": "auditor"}).status_code == 303
        again = browser.post(INVITE, {"email": "new@example.test", "role": "auditor"})
        assert "is invited already" in words(again)

    def it_sends_and_withdraws_what_is_its_own_to_give(self, signed: Signed, owner: Actor, op: Actor) -> None:
        boss, browser = signed(owner), signed(op)
        boss.post(INVITE, {"email": "new@example.test", "role": "operator"})
        path = f"{INVITE}{Invitation.objects.get().ref}/"
        browser.post(f"{path}withdrawal/")
        assert Invitation.objects.open().count() == 1
        assert boss.post(f"{path}mails/").status_code == 303
        boss.post(f"{path}withdrawal/")
        assert Invitation.objects.open().count() == 0

    def it_takes_a_seat_away(self, signed: Signed, owner: Actor, op: Actor) -> None:
        browser = signed(owner)
        assert "Olu Park" in words(browser.get(SEATS))
        browser.post(f"{SEATS}{seat_of(op).pk}/revocation/")
        assert actor_for(op.user_id, now=clock.now()).memberships == ()  # type: ignore[union-attr]

    def it_ends_the_ways_in_that_they_have_left_open(
        self, signed: Signed, owner: Actor, op: Actor, acme: BrandCard
    ) -> None:
        boss = signed(owner)
        signed(op).post("/clients/acme/people/invitations/", {"email": "me@home.test", "role": "manager"})
        boss.post("/clients/acme/people/invitations/", {"email": "new@acme.test", "role": "manager"})
        assert Invitation.objects.open().count() == 2
        boss.post(f"{SEATS}{seat_of(op).pk}/revocation/")
        assert Invitation.objects.open().get().email == "new@acme.test"

    def it_keeps_the_last_owner_and_says_so(self, signed: Signed, owner: Actor) -> None:
        browser = signed(owner)
        answer = browser.post(f"{SEATS}{seat_of(owner).pk}/revocation/")
        assert "last platform owner" in words(browser.get(answer["Location"]))
        assert actor_for(owner.user_id, now=clock.now()).memberships  # type: ignore[union-attr]

    def it_knows_no_seat_of_a_client(self, signed: Signed, owner: Actor, cy: Actor) -> None:
        assert signed(owner).post(f"{SEATS}{seat_of(cy).pk}/revocation/").status_code == 404


class DescribePerson:
    def it_shows_what_is_in_force_place_by_place(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        who = make_person("mix@example.test", (Role.LEAD, acme), (Role.VIEWER, globex), name="Mix Ed")
        text = words(signed(op).get(f"/roles/people/{who.user_id}/"))
        acmes, globexes = text.split(globex.name)[0], text.split(globex.name)[1]
        assert str(Permission.CONVERSATIONS.label) in acmes
        assert str(Permission.CONVERSATIONS.label) not in globexes
        assert str(Permission.REPORT.label) in globexes
        assert "Supervisor" in text, "what may be taken for some hours"

    def it_says_that_nobody_is_there(self, signed: Signed, op: Actor) -> None:
        assert signed(op).get("/roles/people/999999/").status_code == 404


class DescribeElevation:
    @pytest.fixture
    def lead(self, db: None, acme: BrandCard) -> Actor:
        return make_person("lee@example.test", (Role.LEAD, acme), name="Lee Fox")

    def take(self, browser: Browser, card: BrandCard, **more: str) -> Any:
        form = {"rung": f"{card.id}:supervisor", "hours": "2", "reason": "Nadia is ill"}
        return browser.post(ELEVATIONS, form | more)

    def it_takes_and_ends_a_stronger_seat(self, signed: Signed, lead: Actor, acme: BrandCard) -> None:
        browser = signed(lead)
        assert browser.get("/clients/acme/access/").status_code == 404
        assert self.take(browser, acme).status_code == 303
        assert browser.get("/clients/acme/access/").status_code == 200
        listed = words(browser.get(ELEVATIONS))
        assert "Nadia is ill" in listed
        browser.post(f"{ELEVATIONS}{Elevation.objects.get().ref}/end/")
        assert browser.get("/clients/acme/access/").status_code == 404
        assert "ended early" in words(browser.get(ELEVATIONS))

    @pytest.mark.parametrize(
        "bad", [{"reason": ""}, {"hours": "3"}, {"rung": ":operator"}, {"reason": "a\nb"}]
    )
    def it_says_what_is_wrong(
        self, signed: Signed, lead: Actor, acme: BrandCard, bad: dict[str, str]
    ) -> None:
        answer = self.take(signed(lead), acme, **bad)
        assert answer.status_code == 422
        assert 'class="err"' in words(answer)
        assert not Elevation.objects.exists()

    def it_lists_only_the_own_to_who_may_not_see_all(
        self, signed: Signed, lead: Actor, op: Actor, ada: Actor, acme: BrandCard
    ) -> None:
        self.take(signed(lead), acme)
        assert "Lee Fox" not in words(signed(ada).get(ELEVATIONS))
        assert "Lee Fox" in words(signed(op).get(ELEVATIONS))

    def it_is_absent_for_a_client(self, signed: Signed, cy: Actor) -> None:
        assert signed(cy).get(ELEVATIONS).status_code == 404


PLACES = [(role, False) for role in PROVIDER_ROLES] + [(role, True) for role in BRAND_ROLES]


@pytest.mark.parametrize(("role", "seated"), PLACES, ids=lambda one: str(one))
class DescribeEverybodysWay:
    """Nobody is shown a door that is shut, nor lands before one."""

    def it_leads_to_pages_that_open(
        self, signed: Signed, acme: BrandCard, globex: BrandCard, role: Role, seated: bool
    ) -> None:
        browser = signed(somebody(role, acme if seated else None))
        landed = browser.follow(browser.at("http://localhost/"))
        assert landed.status_code == 200
        seen: set[tuple[str, str]] = set()
        wrong = []
        for host, path in links(landed):
            wrong += broken(browser, host, path, seen)
        assert wrong == []
        assert len(seen) >= 1

    def it_lists_the_clients_of_the_seat(
        self, signed: Signed, acme: BrandCard, globex: BrandCard, role: Role, seated: bool
    ) -> None:
        text = words(signed(somebody(role, acme if seated else None)).get("/clients/"))
        if role == Role.AGENT:
            assert "Nothing is open to you yet" in text
            return
        assert acme.name in text
        assert (globex.name in text) != seated


class DescribeTheRail:
    @pytest.mark.parametrize(
        ("path", "door"),
        [
            ("/clients/", "/clients/"),
            ("/clients/acme/security/", "/clients/"),
            ("/edits/new/", "/clients/"),
            ("/staff/import/", "/staff/"),
            ("/audit/", "/audit/"),
        ],
    )
    def it_marks_the_screen_one_is_in(
        self, signed: Signed, op: Actor, acme: BrandCard, path: str, door: str
    ) -> None:
        nav = words(signed(op).get(path)).split('<nav class="rail"')[1].split("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', nav) == [door]

    def it_draws_one_line_between_work_and_rules(self, signed: Signed, op: Actor) -> None:
        nav = words(signed(op).get("/clients/")).split('<nav class="rail"')[1].split("</nav>")[0]
        assert nav.count("<hr>") == 1
        assert nav.index("/days/") < nav.index("<hr>") < nav.index("/audit/")

    def it_draws_none_above_a_single_door(self, signed: Signed, ada: Actor) -> None:
        nav = words(signed(ada).get("/day/")).split('<nav class="rail"')[1].split("</nav>")[0]
        assert "/elevations/" in nav
        assert "<hr>" not in nav


def somebody(role: Role, card: BrandCard | None) -> Actor:
    if role == Role.AGENT and card:
        return make_agent("who@example.test", card)
    return make_person("who@example.test", (role, card))


def links(answer: Any) -> list[tuple[str, str]]:
    host = answer.wsgi_request.get_host().split(":")[0]
    found = re.findall(r'<a [^>]*href="(/[^"#]*)"', words(answer))
    return [(host, path.replace("&amp;", "&")) for path in found if not path.startswith(("/static", "/shop"))]


def broken(browser: Browser, host: str, path: str, seen: set[tuple[str, str]], depth: int = 2) -> list[str]:
    """Follow the links of a page, and those of the pages behind; tell which do not open."""
    if (host, path.partition("?")[0]) in seen or not depth:
        return []
    seen.add((host, path.partition("?")[0]))
    answer = browser.follow(browser.get(path, headers={"host": host}))
    if answer.status_code != 200:
        return [f"{host}{path}: {answer.status_code}"]
    if answer.streaming or "html" not in answer["Content-Type"]:
        return []
    return [one for where, onward in links(answer) for one in broken(browser, where, onward, seen, depth - 1)]


def it_costs_the_same_whatever_the_number_of_seats(signed: Signed, op: Actor, acme: BrandCard) -> None:
    browser = signed(op)
    browser.get("/clients/acme/access/")
    few = counted(lambda: browser.get("/clients/acme/access/"))
    for n in range(5):
        make_person(f"viewer{n}@example.test", (Role.VIEWER, acme))
    many = counted(lambda: browser.get("/clients/acme/access/"))
    assert few == many
    check("console: who can see what", many)


def it_notes_who_took_the_list_along(signed: Signed, op: Actor, acme: BrandCard) -> None:
    make_person("lena@example.test", (Role.MANAGER, acme), name="=Lena")
    answer = signed(op).post("/clients/acme/access/export/")
    lines = words(answer).splitlines()
    assert lines[0].lstrip("\ufeff").startswith("name,email,role,seat,since (UTC)")
    assert any(line.startswith("'=Lena,lena@example.test,manager,brand,") for line in lines)
    assert any(
        "op@example.test,operator,provider" in line and line.endswith("as_client,as_client,as_client,yes,yes")
        for line in lines
    )
    assert AuditRow.objects.filter(verb="access.exported", actor=op.who, brand_id=acme.id).count() == 1
