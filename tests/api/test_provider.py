"""The provider's endpoints: clients from nothing to live and back, their hosts, agents and seats."""

from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.choices import Role
from accounts.keys.models import ApiKey
from accounts.models import Membership
from tenants.cards import BrandCard, card_by_slug
from tenants.models import AuditRow, Brand
from tests.api.conftest import Make, Program
from tests.api.test_refusals import check
from tests.factories import NOW
from workforce.models import Certification, Site
from workforce.staff.places import archive_site, save_site, save_team

NEW: dict[str, Any] = {
    "blueprint": "retail",
    "brand": {
        "name": "Initech", "slug": "initech", "timezone": "Europe/Stockholm", "locales": ["en"], "hue": 20,
    },
    "people": {"agents": ["ada@example.test"]},
    "manager": {"managers": ["lena@initech.example"]},
}  # fmt: skip


@pytest.fixture
def caller(program: Make) -> Program:
    return program()


class DescribeBrands:
    def it_lists_them(self, caller: Program, acme: BrandCard, globex: BrandCard) -> None:
        rows = caller.get("brands/").json()["results"]
        newest = sorted((acme, globex), key=lambda card: card.ref, reverse=True)
        assert [(row["slug"], row["host"]) for row in rows] == [
            (card.slug, f"{card.slug}.localhost") for card in newest
        ]

    def it_gives_one(self, caller: Program, acme: BrandCard) -> None:
        row = caller.get(f"brands/{acme.ref}/").json()
        assert (row["ref"], row["name"], row["state"]) == (str(acme.ref), acme.name, "live")
        assert "schema_name" not in row

    def it_lists_its_hosts(self, caller: Program, acme: BrandCard) -> None:
        rows = caller.get(f"brands/{acme.ref}/domains/").json()["results"]
        assert [(row["host"], row["kind"]) for row in rows] == [("acme.localhost", "base")]


class DescribeCreating:
    def it_sets_a_client_up(self, caller: Program, ada: Actor) -> None:
        answer = caller.post("brands/", NEW)
        assert answer.status_code == 201, answer.content
        row = answer.json()
        assert (row["slug"], row["state"]) == ("initech", "onboarding")
        assert caller.get(f"brands/{row['ref']}/").json() == row
        made = AuditRow.objects.get(verb="onboarding.built")
        assert made.actor == f"key:{caller.secret[:13]}"
        seats = caller.get(f"brands/{row['ref']}/seats/").json()["results"]
        assert [(one["email"], one["role"]) for one in seats] == [("ada@example.test", "agent")]

    def it_makes_one_of_a_call_that_is_repeated(self, caller: Program, ada: Actor) -> None:
        first, again = (caller.post("brands/", NEW, once="one") for _time in range(2))
        assert first.json() == again.json()
        assert Brand.objects.filter(slug="initech").count() == 1
        other = NEW | {"brand": NEW["brand"] | {"slug": "vandelay"}}
        assert check(caller.post("brands/", other, once="one"), 422)["code"] == "key_reused"

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"brand": NEW["brand"] | {"slug": "acme"}}, "brand.slug"),
            ({"brand": NEW["brand"] | {"hue": 400}}, "brand.hue"),
            ({"people": {"agents": ["nobody@example.test"]}}, "people.agents.0"),
            ({"blueprint": "circus"}, "blueprint"),
            ({"colour": 1}, "colour"),
            ({"key": "x"}, "key"),
            ({"queues": {"lines": [{"name": "A", "target_seconds": -1}]}}, "queues.lines.0.target_seconds"),
        ],
    )
    def it_names_the_path_of_what_is_wrong(
        self, caller: Program, ada: Actor, acme: BrandCard, wrong: dict[str, Any], path: str
    ) -> None:
        said = check(caller.post("brands/", NEW | wrong), 422)
        assert path in said["errors"], said
        assert not Brand.objects.filter(slug="initech").exists()


class DescribeGoingLive:
    def it_shows_the_checklist(self, caller: Program, ada: Actor) -> None:
        ref = caller.post("brands/", NEW).json()["ref"]
        said = caller.get(f"brands/{ref}/onboarding/").json()
        assert said["state"] == "onboarding"
        assert found(said["checks"], "channel")["state"] == "good"
        assert "bad" in {line["state"] for line in said["checks"]}

    def it_refuses_what_is_not_ready(self, caller: Program, ada: Actor) -> None:
        ref = caller.post("brands/", NEW).json()["ref"]
        said = check(caller.post(f"brands/{ref}/live/", {"reasons": {}}), 422)
        assert said["code"] == "not_ready"
        assert Brand.objects.get(ref=ref).state == "onboarding"

    def it_opens_what_is(self, caller: Program, ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        ref = caller.post("brands/", NEW).json()["ref"]
        monkeypatch.setattr("tenants.onboarding.actions.checklist", lambda brand, grant, now: [])
        answer = caller.post(f"brands/{ref}/live/", once="go")
        assert (answer.status_code, answer.json()["state"]) == (201, "live")
        assert caller.post(f"brands/{ref}/live/", once="go").json()["state"] == "live"
        check(caller.delete(f"brands/{ref}/"), 404)

    def it_pauses_and_resumes(self, caller: Program, acme: BrandCard) -> None:
        assert caller.post(f"brands/{acme.ref}/pause/").json()["state"] == "paused"
        assert caller.delete(f"brands/{acme.ref}/pause/").status_code == 204
        assert caller.get(f"brands/{acme.ref}/").json()["state"] == "live"
        check(caller.delete(f"brands/{acme.ref}/pause/"), 409)

    def it_takes_back_what_was_never_live(self, caller: Program, program: Make, ada: Actor) -> None:
        ref = caller.post("brands/", NEW).json()["ref"]
        schema = Brand.objects.get(ref=ref).schema_name
        card = card_by_slug("initech")
        assert card
        its_own = program(card)
        assert its_own.get("brand/").json()["state"] == "onboarding"
        assert caller.delete(f"brands/{ref}/").status_code == 204
        check(caller.get(f"brands/{ref}/"), 404)
        assert not ApiKey.objects.filter(prefix=its_own.secret[:13]).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [schema])
            assert cursor.fetchone() == (0,)

    def it_takes_nothing_back_that_was_not_onboarded(self, caller: Program, acme: BrandCard) -> None:
        check(caller.delete(f"brands/{acme.ref}/"), 404)


def found(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if row["name"] == name)


class DescribePeople:
    def it_lists_the_agents_of_the_pool(self, caller: Program, ada: Actor, cy: Actor) -> None:
        rows = caller.get("people/").json()["results"]
        assert [(row["id"], row["email"], row["team"]) for row in rows] == [(ada.user_id, ada.email, "")]

    def it_lists_the_seats_of_one_brand(
        self, caller: Program, ada: Actor, cy: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card, people in ((acme, {ada.email}), (globex, {ada.email, cy.email})):
            rows = caller.get(f"brands/{card.ref}/seats/").json()["results"]
            assert {row["email"] for row in rows} == people

    def it_lists_sites_and_teams(self, caller: Program, ada: Actor) -> None:
        site = save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)
        save_site(name="Old", timezone="UTC", actor="test", now=NOW)
        save_team(name="Blue", site_id=site.pk, lead_id=ada.user_id, actor="test", now=NOW)
        archive_site(Site.objects.get(name="Old").pk, archived=True, actor="test", now=NOW)
        (row,) = caller.get("sites/").json()["results"]
        assert (row["ref"], row["name"], row["timezone"]) == (str(site.ref), "Malmö", "Europe/Stockholm")
        (row,) = caller.get("teams/").json()["results"]
        assert (row["name"], row["site"], row["lead"]) == ("Blue", "Malmö", ada.email)


class DescribeSeats:
    def it_seats_and_certifies_an_agent(self, caller: Program, bo: Actor, globex: BrandCard) -> None:
        for _time in range(2):
            answer = caller.post(
                f"brands/{globex.ref}/seats/", {"email": "BO@example.test", "role": "agent"}, once="one"
            )
            assert answer.status_code == 201, answer.content
        seat = Membership.objects.get(user_id=bo.user_id, brand_id=globex.id)
        assert answer.json() == {
            "id": seat.pk, "email": bo.email, "name": bo.name, "role": "agent", "valid_until": None,
        }  # fmt: skip
        assert Certification.objects.filter(agent_id=bo.user_id, brand_id=globex.id).count() == 1
        assert AuditRow.objects.filter(verb="membership.granted", brand_id=globex.id).count() == 1

    def it_seats_a_manager(self, caller: Program, cy: Actor, acme: BrandCard) -> None:
        answer = caller.post(f"brands/{acme.ref}/seats/", {"email": cy.email, "role": "manager"})
        assert answer.json()["role"] == "manager"
        assert Membership.objects.filter(user_id=cy.user_id, brand_id=acme.id, role=Role.MANAGER).exists()

    @pytest.mark.parametrize(
        ("email", "role"),
        [("cy@example.test", "agent"), ("nobody@example.test", "manager"), ("nobody@example.test", "agent")],
    )
    def it_refuses_who_cannot_sit_there(
        self, caller: Program, cy: Actor, acme: BrandCard, email: str, role: str
    ) -> None:
        said = check(caller.post(f"brands/{acme.ref}/seats/", {"email": email, "role": role}), 422)
        assert said["code"] == "unknown_person"

    def it_gives_no_operators_seat(self, caller: Program, ada: Actor, acme: BrandCard) -> None:
        said = check(caller.post(f"brands/{acme.ref}/seats/", {"email": ada.email, "role": "operator"}), 422)
        assert set(said["errors"]) == {"body.role"}

    def it_takes_a_seat_of_that_brand_alone(
        self, caller: Program, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        seat = Membership.objects.get(user_id=ada.user_id, brand_id=acme.id)
        check(caller.delete(f"brands/{globex.ref}/seats/{seat.pk}/"), 404)
        assert caller.delete(f"brands/{acme.ref}/seats/{seat.pk}/").status_code == 204
        assert caller.get(f"brands/{acme.ref}/seats/").json()["results"] == []
