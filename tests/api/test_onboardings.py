"""Onboardings step by step by API: the wizard's checks, whole or not at all, once for each key of a call."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest

from accounts.actor import Actor
from tenants.cards import BrandCard, card_by_slug
from tenants.look.logos import read_logo
from tenants.models import AuditRow, Brand
from tenants.onboarding.models import DraftLogo, OnboardingDraft, SoftLaunch
from tests.api.conftest import Make, Program
from tests.api.test_provider import NEW
from tests.api.test_refusals import check
from tests.white.test_logos import bitmap


@pytest.fixture
def caller(program: Make) -> Program:
    return program()


def begun(caller: Program, **body: Any) -> dict[str, Any]:
    answer = caller.post("onboardings/", {"blueprint": "retail"} | body)
    assert answer.status_code == 201, answer.content
    said: dict[str, Any] = answer.json()
    return said


def saved(caller: Program, draft: dict[str, Any], step: str = "brand", data: Any = None) -> dict[str, Any]:
    body = {"version": draft["version"], "data": NEW["brand"] if data is None else data}
    answer = caller.put(f"onboardings/{draft['ref']}/steps/{step}/", body)
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    return said


class DescribeBeginning:
    def it_begins_with_a_blueprint_and_says_what_is_missing(self, caller: Program) -> None:
        said = begun(caller)
        assert (said["state"], said["version"], said["brand"], said["ready"]) == ("draft", 1, None, False)
        assert set(said["errors"]) == {"brand.name", "brand.slug", "brand.timezone"}
        assert [line["name"] for line in said["data"]["queues"]["lines"]] == [
            "Orders and returns",
            "Product advice",
        ]
        assert AuditRow.objects.get(verb="onboarding.started").actor == f"key:{caller.secret[:13]}"

    def it_begins_like_a_brand(self, caller: Program, acme: BrandCard) -> None:
        said = begun(caller, like=str(acme.ref))
        assert said["data"]["brand"]["timezone"] == acme.timezone

    def it_begins_once_for_a_key(self, caller: Program) -> None:
        first, again = (caller.post("onboardings/", {}, once="one").json() for _time in range(2))
        assert first["ref"] == again["ref"]
        assert OnboardingDraft.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"blueprint": "circus"}, "body.blueprint"), ({"like": str(uuid4())}, "body.like"),
            ({"like": "x"}, "body.like"), ({"kind": "demo"}, "body.kind"), ({"colour": 1}, "body.colour"),
        ],
    )  # fmt: skip
    def it_names_what_is_wrong(self, caller: Program, body: dict[str, Any], path: str) -> None:
        assert list(check(caller.post("onboardings/", body), 422)["errors"]) == [path]
        assert not OnboardingDraft.objects.exists()

    def it_lists_them_the_newest_first(self, caller: Program) -> None:
        refs = [begun(caller)["ref"] for _time in range(3)]
        first = caller.get("onboardings/", limit="2").json()
        assert [row["ref"] for row in first["results"]] == refs[:0:-1]
        assert first["next"]


class DescribeStep:
    def it_keeps_one(self, caller: Program) -> None:
        said = saved(caller, begun(caller))
        assert (said["version"], said["name"], said["ready"], said["errors"]) == (2, "Initech", True, {})
        assert [step["name"] for step in said["steps"] if step["saved"]] == ["brand"]
        assert caller.get(f"onboardings/{said['ref']}/").json() == said

    def it_checks_one_and_keeps_nothing(self, caller: Program) -> None:
        draft = begun(caller)
        path = f"onboardings/{draft['ref']}/steps/brand/"
        body = {"version": 1, "data": NEW["brand"], "keep": False}
        assert caller.put(path, body).json()["version"] == 1
        wrong = body | {"data": NEW["brand"] | {"slug": "www", "hue": 400}}
        assert set(check(caller.put(path, wrong), 422)["errors"]) == {"brand.slug", "brand.hue"}
        assert caller.get(f"onboardings/{draft['ref']}/").json() == draft

    def it_names_the_path_of_what_is_wrong(self, caller: Program) -> None:
        draft = begun(caller)
        data = {"lines": [{"name": "A", "target_seconds": -1}], "reasons": [], "outcomes": []}
        said = check(
            caller.put(f"onboardings/{draft['ref']}/steps/queues/", {"version": 1, "data": data}), 422
        )
        assert "queues.lines.0.target_seconds" in said["errors"]

    def it_tells_who_saves_from_an_older_one(self, caller: Program) -> None:
        draft = begun(caller)
        saved(caller, draft)
        path = f"onboardings/{draft['ref']}/steps/brand/"
        for keep in (True, False):
            body = {"version": 1, "data": NEW["brand"], "keep": keep}
            assert check(caller.put(path, body), 409)["code"] == "stale"

    @pytest.mark.parametrize("body", [[], {"data": {}}, {"version": 1}, {"version": 0, "data": {}}, "text"])
    def it_takes_no_other_body(self, caller: Program, body: Any) -> None:
        draft = begun(caller)
        check(caller.put(f"onboardings/{draft['ref']}/steps/brand/", body), 422)

    def it_knows_no_other_step(self, caller: Program) -> None:
        draft = begun(caller)
        check(caller.put(f"onboardings/{draft['ref']}/steps/rates/", {"version": 1, "data": {}}), 404)


class DescribeBuilding:
    def it_makes_the_brand_once(self, caller: Program, ada: Actor) -> None:
        draft = saved(caller, saved(caller, begun(caller)), "people", {"agents": [ada.email]})
        path = f"onboardings/{draft['ref']}/brand/"
        first, again = (caller.post(path, {"version": draft["version"]}, once="go") for _time in range(2))
        assert first.status_code == 201, first.content
        assert first.json() == again.json()
        assert first.json()["state"] == "onboarding"
        now = caller.get(f"onboardings/{draft['ref']}/").json()
        assert (now["state"], now["brand"]) == ("applied", first.json()["ref"])
        assert Brand.objects.filter(slug="initech").count() == 1

    def it_says_what_is_missing(self, caller: Program) -> None:
        draft = begun(caller)
        said = check(caller.post(f"onboardings/{draft['ref']}/brand/", {"version": 1}), 422)
        assert "brand.slug" in said["errors"]
        assert card_by_slug("initech") is None

    def it_makes_a_sandbox(self, caller: Program) -> None:
        draft = saved(caller, begun(caller, kind="sandbox"))
        answer = caller.post(f"onboardings/{draft['ref']}/brand/", {"version": draft["version"]})
        assert answer.json()["kind"] == "sandbox"
        check(caller.post(f"brands/{answer.json()['ref']}/live/"), 422)

    def it_takes_back_the_brand_too(self, caller: Program) -> None:
        draft = saved(caller, begun(caller))
        caller.post(f"onboardings/{draft['ref']}/brand/", {"version": draft["version"]})
        assert caller.delete(f"onboardings/{draft['ref']}/").status_code == 204
        assert card_by_slug("initech") is None
        check(caller.get(f"onboardings/{draft['ref']}/"), 404)
        check(caller.delete(f"onboardings/{draft['ref']}/"), 404)


class DescribeSoftLaunch:
    PLAN = {"share": 10, "opens": "09:00", "closes": "12:00", "most_open": 2}

    def it_opens_to_some(self, caller: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tenants.onboarding.actions.checklist", lambda brand, grant, now: [])
        ref = caller.post("brands/", {name: NEW[name] for name in ("blueprint", "brand")}).json()["ref"]
        assert caller.post(f"brands/{ref}/soft-launch/", self.PLAN).json()["state"] == "soft"
        assert SoftLaunch.objects.get().share == 10
        caller.post(f"brands/{ref}/soft-launch/", self.PLAN | {"share": 50})
        assert SoftLaunch.objects.get().share == 50
        assert caller.post(f"brands/{ref}/pause/").json()["state"] == "paused"
        assert caller.delete(f"brands/{ref}/pause/").status_code == 204
        assert caller.get(f"brands/{ref}/").json()["state"] == "soft"
        assert caller.post(f"brands/{ref}/live/").json()["state"] == "live"

    def it_refuses_what_cannot_be(self, caller: Program, acme: BrandCard) -> None:
        said = check(caller.post(f"brands/{acme.ref}/soft-launch/", self.PLAN | {"share": 0}), 422)
        assert list(said["errors"]) == ["body.share"]
        check(caller.post(f"brands/{acme.ref}/soft-launch/", self.PLAN), 409)


class DescribeLogo:
    """As base64 in `brand.logo`, of a step or of a brand that is made at once."""

    TEXT = b64encode(bitmap()).decode()

    def it_is_the_brands_at_once(self, caller: Program, ada: Actor) -> None:
        body = NEW | {"brand": NEW["brand"] | {"logo": self.TEXT}}
        first, again = (caller.post("brands/", body, once="one") for _time in range(2))
        assert first.status_code == 201, first.content
        assert first.json() == again.json()
        assert Brand.objects.get(slug="initech").logo == read_logo(bitmap()).digest

    def it_is_kept_with_the_step_and_taken_away(self, caller: Program, ada: Actor) -> None:
        draft = saved(caller, begun(caller), data=NEW["brand"] | {"logo": self.TEXT})
        assert DraftLogo.objects.get(draft__ref=draft["ref"]).digest == read_logo(bitmap()).digest
        assert "logo" not in draft["data"]["brand"]
        draft = saved(caller, draft)
        assert DraftLogo.objects.exists(), "a step that does not name it leaves it alone"
        saved(caller, draft, data=NEW["brand"] | {"logo": None})
        assert not DraftLogo.objects.exists()

    def it_is_only_looked_at_where_nothing_is_kept(self, caller: Program) -> None:
        draft = begun(caller)
        path = f"onboardings/{draft['ref']}/steps/brand/"
        body = {"version": 1, "data": NEW["brand"] | {"logo": self.TEXT}, "keep": False}
        assert caller.put(path, body).status_code == 200
        assert not DraftLogo.objects.exists()

    @pytest.mark.parametrize("logo", ["no base64!", b64encode(b"no picture").decode(), "", 7, ["x"]])
    @pytest.mark.parametrize("keep", [True, False])
    def it_names_the_path_of_what_is_wrong(self, caller: Program, logo: Any, keep: bool) -> None:
        wrong = NEW["brand"] | {"logo": logo}
        refused = check(caller.post("brands/", {"blueprint": "retail", "brand": wrong}), 422)
        assert set(refused["errors"]) == {"brand.logo"}
        draft = begun(caller)
        body = {"version": 1, "data": wrong, "keep": keep}
        answer = caller.put(f"onboardings/{draft['ref']}/steps/brand/", body)
        assert set(check(answer, 422)["errors"]) == {"brand.logo"}
        assert caller.get(f"onboardings/{draft['ref']}/").json()["version"] == 1
