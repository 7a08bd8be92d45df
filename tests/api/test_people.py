"""The pool by programs: sites, teams, skills and agents, made and changed by the screens' verbs."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from accounts.models import Membership, User
from core.ids import new_ref
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.api.conftest import Make, Program
from tests.api.test_refusals import check
from tests.factories import NOW, TESTS
from workforce.models import Agent, AgentAlias, Certification, Skill, Team
from workforce.staff.leaving import carry_out, plan_leaving
from workforce.staff.places import save_site, save_skill, save_team

MALMO = {"name": "Malmö", "timezone": "Europe/Stockholm"}
INES = {
    "email": "Ines@Example.test",
    "name": "Inês Caradec",
    "employee_no": "H-1042",
    "languages": ["PT", "en"],
}


@pytest.fixture
def caller(program: Make) -> Program:
    return program()


@pytest.fixture
def site(db: None) -> Any:
    return save_site(name="Malmö", timezone="Europe/Stockholm", actor="test", now=NOW)


def ref_of(actor: Actor) -> Any:
    return Agent.objects.get(pk=actor.user_id).ref


def said(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


class DescribeRef:
    def it_is_a_uuid_of_the_time_it_was_made(self, ada: Actor, site: Any) -> None:
        assert {ref_of(ada).version, site.ref.version, new_ref().version} == {7}


class DescribeSites:
    def it_makes_one_once(self, caller: Program) -> None:
        first, again = (said(caller.post("sites/", MALMO, once="one"), 201) for _time in range(2))
        assert first == again
        assert caller.get("sites/").json()["results"] == [first]
        row = AuditRow.objects.get(verb="site.created")
        assert row.actor == f"key:{caller.secret[:13]}"

    def it_changes_one(self, caller: Program, site: Any) -> None:
        path = f"sites/{site.ref}/"
        body = {"name": "Lund", "timezone": "Europe/Stockholm"}
        assert said(caller.put(path, body), 200)["name"] == "Lund"
        said(caller.put(path, body), 200)
        assert AuditRow.objects.filter(verb="site.changed").count() == 1
        assert said(caller.get(path), 200)["name"] == "Lund"

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"timezone": "Mars/Olympus"}, "body.timezone"), ({"name": ""}, "body.name"),
            ({"name": "a\nb"}, "body.name"), ({"colour": 1}, "body.colour"),
        ],
    )  # fmt: skip
    def it_names_what_is_wrong(self, caller: Program, wrong: dict[str, Any], path: str) -> None:
        assert set(check(caller.post("sites/", MALMO | wrong), 422)["errors"]) == {path}

    def it_refuses_a_name_twice(self, caller: Program, site: Any) -> None:
        assert check(caller.post("sites/", MALMO), 422)["code"] == "name_taken"

    def it_archives_one_where_nobody_is(self, caller: Program, site: Any, ada: Actor) -> None:
        path = f"sites/{site.ref}/archive/"
        Agent.objects.update(site=site)
        assert check(caller.post(path), 409)["code"] == "in_use"
        Agent.objects.update(site=None)
        assert said(caller.post(path), 201)["archived_at"]
        assert caller.get("sites/").json()["results"] == []
        assert caller.delete(path).status_code == 204
        assert [row["name"] for row in caller.get("sites/").json()["results"]] == ["Malmö"]


class DescribeTeams:
    def it_makes_one_with_its_lead(self, caller: Program, site: Any, ada: Actor) -> None:
        body = {"name": "Blue", "site_ref": str(site.ref), "lead": "ADA@example.test"}
        row = said(caller.post("teams/", body), 201)
        assert (row["site"], row["site_ref"], row["lead"]) == ("Malmö", str(site.ref), ada.email)
        assert said(caller.put(f"teams/{row['ref']}/", body | {"lead": None}), 200)["lead"] is None

    def it_names_what_is_not_there(self, caller: Program, site: Any, outsider: Actor) -> None:
        body = {"name": "Blue", "site_ref": str(uuid4()), "lead": None}
        assert set(check(caller.post("teams/", body), 422)["errors"]) == {"body.site_ref"}
        body = {"name": "Blue", "site_ref": str(site.ref), "lead": outsider.email}
        assert set(check(caller.post("teams/", body), 422)["errors"]) == {"body.lead"}
        assert not Team.objects.exists()

    def it_archives_one(self, caller: Program, site: Any) -> None:
        team = save_team(name="Blue", site_id=site.pk, actor="test", now=NOW)
        assert said(caller.post(f"teams/{team.ref}/archive/"), 201)["archived_at"]
        assert caller.get("teams/").json()["results"] == []
        assert caller.delete(f"teams/{team.ref}/archive/").status_code == 204


class DescribeSkills:
    def it_keeps_the_code(self, caller: Program) -> None:
        row = said(caller.post("skills/", {"name": "Billing questions"}), 201)
        assert row["code"] == "billing-questions"
        again = said(caller.put(f"skills/{row['ref']}/", {"name": "Invoices"}), 200)
        assert (again["code"], again["name"]) == ("billing-questions", "Invoices")
        assert said(caller.post(f"skills/{row['ref']}/archive/"), 201)["archived_at"]
        assert caller.delete(f"skills/{row['ref']}/archive/").status_code == 204


class DescribeAgents:
    def it_adds_one_who_cannot_sign_in_yet(self, caller: Program, site: Any) -> None:
        body = INES | {"site_ref": str(site.ref), "hired_on": "2025-03-01"}
        first, again = (said(caller.post("people/", body, once="one"), 201) for _time in range(2))
        assert first == again
        assert (first["email"], first["languages"], first["site"], first["hired_on"]) == (
            "ines@example.test", ["pt", "en"], "Malmö", "2025-03-01",
        )  # fmt: skip
        assert not User.objects.get(email="ines@example.test").has_usable_password()
        assert AuditRow.objects.filter(verb="agent.created").count() == 1

    def it_begins_today_without_a_day(self, caller: Program) -> None:
        row = said(caller.post("people/", INES), 201)
        assert row["hired_on"] == Agent.objects.get().hired_on.isoformat()

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"email": "x"}, "body.email"), ({"languages": ["en", "xx"]}, "body.languages.1"),
            ({"team_ref": str(uuid4())}, "body.team_ref"), ({"hired_on": "1066-10-14"}, "body.hired_on"),
            ({"name": "a\rb"}, "body.name"),
        ],
    )  # fmt: skip
    def it_names_what_is_wrong(self, caller: Program, wrong: dict[str, Any], path: str) -> None:
        assert set(check(caller.post("people/", INES | wrong), 422)["errors"]) == {path}
        assert not Agent.objects.exists()

    def it_refuses_who_is_there(self, caller: Program, ada: Actor) -> None:
        number = Agent.objects.get().employee_no
        refused = check(caller.post("people/", INES | {"email": ada.email}), 422)
        assert refused["code"] == "already_there"
        assert check(caller.post("people/", INES | {"employee_no": number}), 422)["code"] == "number_taken"

    def it_changes_one_as_a_whole(self, caller: Program, ada: Actor, site: Any) -> None:
        path = f"people/{ref_of(ada)}/"
        before = said(caller.get(path), 200)
        body = {"email": ada.email, "name": "Ada Bergman", "employee_no": "X1", "site_ref": str(site.ref)}
        row = said(caller.put(path, body), 200)
        assert (row["name"], row["employee_no"], row["site"]) == ("Ada Bergman", "X1", "Malmö")
        assert row["hired_on"] == before["hired_on"]
        row = said(caller.put(path, body | {"site_ref": None, "hired_on": "2024-02-29"}), 200)
        assert (row["site_ref"], row["hired_on"]) == (None, "2024-02-29")

    def it_leaves_leavers_alone(self, caller: Program, ada: Actor) -> None:
        row = plan_leaving(ada.user_id, last_day=None, actor="test", now=NOW)
        carry_out(row.pk, entry=lambda _brand: TESTS, now=NOW)
        body = INES | {"email": ada.email}
        assert check(caller.put(f"people/{ref_of(ada)}/", body), 409)["code"] == "leaving_refused"

    def it_knows_nobody_of_another_ref(self, caller: Program, ada: Actor) -> None:
        check(caller.put(f"people/{uuid4()}/", INES), 404)


class DescribeWhatTheyCan:
    def it_says_all_of_it(self, caller: Program, ada: Actor) -> None:
        for name in ("Billing", "Portuguese", "Old"):
            save_skill(name=name, actor="test", now=NOW)
        path = f"people/{ref_of(ada)}/skills/"
        assert said(caller.put(path, {"skills": {"billing": 4, "old": 2}}), 200) == {
            "skills": {"billing": 4, "old": 2}
        }
        Skill.objects.filter(code="old").update(archived_at=NOW)
        said(caller.put(path, {"skills": {"portuguese": 5, "old": 1}}), 200)
        assert said(caller.get(path), 200) == {"skills": {"old": 1, "portuguese": 5}}
        said(caller.put(path, {"skills": {}}), 200)
        errors = check(caller.put(path, {"skills": {"old": 1, "none": 2}}), 422)["errors"]
        assert set(errors) == {"body.skills.old", "body.skills.none"}
        for strange in ("\0", "\ud800"):
            errors = check(caller.put(path, {"skills": {strange: 1}}), 422)["errors"]
            assert set(errors) == {f"body.skills.{strange}"}
        assert set(check(caller.put(path, {"skills": {"billing": 6}}), 422)["errors"]) == {
            "body.skills.billing"
        }


class DescribeWhomTheyWorkFor:
    def it_seats_and_certifies(self, caller: Program, bo: Actor, globex: BrandCard) -> None:
        path = f"people/{ref_of(bo)}/brands/"
        body = {"brand": str(globex.ref), "version": "2026-1"}
        first, again = (said(caller.post(path, body, once="one"), 201) for _time in range(2))
        assert first == again
        assert first == {
            "brand": str(globex.ref), "slug": "globex", "alias": "", "version": "2026-1", "valid_until": None,
        }  # fmt: skip
        assert Membership.objects.filter(user_id=bo.user_id, brand_id=globex.id).count() == 1
        assert {row["slug"] for row in caller.get(path).json()["results"]} == {"acme", "globex"}

    def it_knows_no_brand_of_another_ref(self, caller: Program, bo: Actor, globex: BrandCard) -> None:
        path = f"people/{ref_of(bo)}/brands/"
        assert set(check(caller.post(path, {"brand": str(uuid4())}), 422)["errors"]) == {"body.brand"}
        for more in ("", "certification/", "alias/"):
            check(caller.delete(f"{path}{globex.ref}/{more}"), 404)
        check(caller.put(f"{path}{globex.ref}/alias/", {"shown_name": "Bob"}), 404)
        assert not AgentAlias.objects.exists()

    def it_takes_the_seat_away(self, caller: Program, ada: Actor, acme: BrandCard, globex: BrandCard) -> None:
        path = f"people/{ref_of(ada)}/brands/"
        assert caller.delete(f"{path}{globex.ref}/").status_code == 204
        assert [row["slug"] for row in caller.get(path).json()["results"]] == ["acme"]

    def it_certifies_until_an_instant(self, caller: Program, ada: Actor, acme: BrandCard) -> None:
        path = f"people/{ref_of(ada)}/brands/{acme.ref}/"
        body = {"version": "2026-2", "valid_until": "2099-01-01T00:00:00Z"}
        row = said(caller.put(f"{path}certification/", body), 200)
        assert (row["version"], row["valid_until"]) == ("2026-2", "2099-01-01T00:00:00Z")
        said(caller.put(f"{path}certification/", body), 200)
        assert Certification.objects.filter(version="2026-2").count() == 1
        over = body | {"version": "3", "valid_until": "2020-01-01T00:00:00Z"}
        assert check(caller.put(f"{path}certification/", over), 422)["code"] == "bad_certification"
        assert caller.delete(f"{path}certification/").status_code == 204
        assert said(caller.get(path), 200)["version"] == ""
        check(caller.delete(f"{path}certification/"), 404)

    def it_names_them(self, caller: Program, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        path = f"people/{ref_of(ada)}/brands/{acme.ref}/alias/"
        assert said(caller.put(path, {"shown_name": "Amy"}), 200)["alias"] == "Amy"
        others = f"people/{ref_of(bo)}/brands/{acme.ref}/alias/"
        assert check(caller.put(others, {"shown_name": "AMY"}), 422)["code"] == "alias_taken"
        true = {"shown_name": "Ada  BERG"}
        assert set(check(caller.put(path, true), 422)["errors"]) == {"body.true_name"}
        assert said(caller.put(path, true | {"true_name": True}), 200)["alias"] == "Ada BERG"
        assert caller.delete(path).status_code == 204
        assert not AgentAlias.objects.filter(agent_id=ada.user_id).exists()
