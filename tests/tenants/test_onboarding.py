"""A client from draft to live: built whole or not at all, undone without a trace, opened when it is ready."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import Membership
from core.errors import NotFound
from interactions.actions import open_conversation
from interactions.models import Disposition, Inbox, Interaction, Queue
from interactions.trial import trial_key, trials
from routing.models import PoolQueue, QueuePlan, WorkItem
from tenants.actions import SlugTaken, WrongState
from tenants.cards import BrandCard, card_by_slug, endpoint_by_key
from tenants.choices import BrandKind, BrandState, DraftState
from tenants.look.logos import BadLogo
from tenants.look.models import BrandLogo
from tenants.models import AuditRow, Brand, Domain, Endpoint, SchemaState
from tenants.onboarding import actions, registry
from tenants.onboarding.access import Stale, draft_of, get_draft, get_logo, unbuilt_drafts
from tenants.onboarding.checklist import checklist
from tenants.onboarding.models import DraftLogo, OnboardingDraft
from tenants.onboarding.registry import Step, Work, steps
from tenants.onboarding.shapes import Invalid, Shape
from tenants.onboarding.values import DraftView
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS, make_agent
from tests.white.test_logos import bitmap
from workforce.models import Certification

WHO = "user:1"
LATER = NOW + timedelta(minutes=5)


def brand_data(**more: Any) -> dict[str, Any]:
    return {"name": "Initech", "slug": "initech", "timezone": "Europe/Oslo", "locales": ["en"], **more}


@dataclass
class Desk:
    """Somebody who sets clients up."""

    def start(self, name: str = "retail", **more: Any) -> DraftView:
        return actions.start(blueprint_name=name, grant=TESTS, actor=WHO, now=NOW, **more)

    def save(self, draft: DraftView, step: str, data: Any) -> DraftView:
        return actions.save_step(
            draft.ref, step, data, version=draft.version, grant=TESTS, actor=WHO, now=NOW
        )

    def build(self, draft: DraftView) -> DraftView:
        return actions.build(draft.ref, version=draft.version, grant=TESTS, actor=WHO, now=NOW)

    def undo(self, draft: DraftView) -> None:
        actions.undo(draft.ref, version=draft.version, actor=WHO, now=LATER)

    def built(self, *agents: Actor, managers: tuple[str, ...] = ()) -> DraftView:
        draft = self.save(self.start(), "brand", brand_data())
        draft = self.save(draft, "people", {"agents": [agent.email for agent in agents]})
        return self.build(self.save(draft, "manager", {"managers": list(managers)}))

    def with_logo(self, draft: DraftView, data: bytes | None = None) -> DraftView:
        return actions.keep_logo(draft.ref, data or bitmap(), version=draft.version, actor=WHO, now=NOW)

    def tested(self, draft: DraftView) -> BrandCard:
        """A conversation by the test entrance, answered."""
        card = card_of(draft)
        with tenant_scope(card, TESTS):
            converse(is_test=True)
            Interaction.objects.update(answered_at=NOW)
        return card


def card_of(draft: DraftView) -> BrandCard:
    assert draft.brand is not None
    return draft.brand


def converse(*, is_test: bool) -> None:
    inbox = Inbox.objects.select_related("queue").order_by("pk").first()
    assert inbox is not None
    open_conversation(
        uuid4().hex, inbox=inbox, client_id=uuid4(), body="Hello?", language="en", page="",
        expires_at=LATER, is_test=is_test, now=NOW,
    )  # fmt: skip


@pytest.fixture
def setup(db: None) -> Desk:
    return Desk()


@pytest.fixture
def agents(db: None) -> tuple[Actor, Actor]:
    return make_agent("one@example.test"), make_agent("two@example.test")


@pytest.fixture
def failing_step(setup: Desk) -> Iterator[None]:
    """A room whose step is applied last and fails."""

    def fail(work: Work) -> None:
        raise ZeroDivisionError

    known, _checks = registry._registered()
    known["last"] = Step(
        name="last", title=_("Last"), position=99, turn=99, shape=Shape, apply=fail,
        copy=lambda brand, grant: {}, needed=False,
    )  # fmt: skip
    yield
    del known["last"]


def errors_of(call: Callable[[], Any]) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        call()
    return caught.value.errors


class DescribeDrafts:
    def it_begins_with_what_the_blueprint_proposes(self, setup: Desk) -> None:
        draft = setup.start("utility")
        assert [line["name"] for line in draft.data["queues"]["lines"]] == ["Bills and moving", "Outages"]
        assert (draft.state, draft.brand, draft.saved, draft.share) == ("draft", None, (), 0)

    def it_lists_what_is_begun_the_last_first(self, setup: Desk) -> None:
        begun = [setup.start().ref for _ in range(3)]  # in the same instant
        shown, number = unbuilt_drafts(limit=2)
        assert ([draft.ref for draft in shown], number) == (begun[:0:-1], 3)

    def it_knows_no_other_blueprint(self, setup: Desk) -> None:
        with pytest.raises(NotFound):
            setup.start("nonsense")

    def it_copies_a_client_without_its_people(self, setup: Desk, acme: BrandCard, ada: Actor) -> None:
        draft = setup.start(like=acme)
        assert draft.data["brand"]["timezone"] == acme.timezone
        assert "name" not in draft.data["brand"]
        assert "people" not in draft.data
        assert "manager" not in draft.data

    def it_keeps_a_step_and_makes_no_brand(self, setup: Desk) -> None:
        draft = setup.save(setup.start(), "brand", brand_data(hue="12"))
        kept = get_draft(draft.ref)
        assert (kept.data["brand"]["hue"], kept.name, kept.saved) == (12, "Initech", ("brand",))
        assert card_by_slug("initech") is None

    def it_keeps_nothing_of_what_is_wrong_and_says_all_of_it(self, setup: Desk) -> None:
        draft = setup.start()
        data = brand_data(slug="Not A Slug", timezone="Mars/Base", hue=400, colour="red", locales=[])
        found = errors_of(lambda: setup.save(draft, "brand", data))
        assert set(found) == {"brand.slug", "brand.timezone", "brand.hue", "brand.colour", "brand.locales"}
        assert get_draft(draft.ref).version == draft.version

    @pytest.mark.parametrize("slug", ["acme", "www", "new", "acrne", "ac-me", "-a", "a" * 41])
    def it_refuses_names_taken_reserved_and_confusable(self, setup: Desk, acme: BrandCard, slug: str) -> None:
        found = errors_of(lambda: setup.save(setup.start(), "brand", brand_data(slug=slug)))
        assert list(found) == ["brand.slug"]

    @pytest.mark.parametrize("data", [None, [], "text", 7, {"name": {"a": 1}}])
    def it_says_what_is_wrong_with_any_data(self, setup: Desk, data: Any) -> None:
        for name in [step.name for step in steps() if step.needed and step.name != "webchat"]:
            draft = setup.start()
            assert errors_of(partial(setup.save, draft, name, data))

    def it_names_the_place_in_a_list(self, setup: Desk) -> None:
        lines = [{"name": "One", "target_seconds": 20}, {"name": "one", "target_seconds": -1}]
        data = {"lines": lines, "reasons": ["A", "a"], "outcomes": [{"label": "Done", "resolve": True}]}
        found = errors_of(lambda: setup.save(setup.start(), "queues", data))
        assert set(found) == {
            "queues.lines.1.target_seconds",
            "queues.reasons.1",
            "queues.outcomes.0.resolve",
        }

    def it_tells_who_saves_from_an_older_screen(self, setup: Desk) -> None:
        draft = setup.start()
        setup.save(draft, "brand", brand_data())
        with pytest.raises(Stale):
            setup.save(draft, "brand", brand_data(name="Other"))
        assert get_draft(draft.ref).name == "Initech"

    def it_knows_no_other_step(self, setup: Desk) -> None:
        with pytest.raises(NotFound):
            setup.save(setup.start(), "nonsense", {})


class DescribeBuilding:
    def it_makes_the_whole_brand(self, setup: Desk, agents: tuple[Actor, Actor], cy: Actor) -> None:
        card = card_of(setup.built(*agents, managers=(cy.email,)))
        assert card.state == BrandState.ONBOARDING
        with tenant_scope(card, TESTS):
            assert Queue.objects.count() == Inbox.objects.count() == 2
            assert Disposition.objects.filter(active=True).count() == 12
        assert QueuePlan.objects.filter(brand_id=card.id).count() == 2
        roles = Membership.objects.filter(brand_id=card.id).values_list("role", flat=True)
        assert sorted(roles) == ["agent", "agent", "manager"]
        assert Certification.objects.filter(brand_id=card.id).count() == 2

    def it_serves_nobody_but_its_test(self, setup: Desk) -> None:
        card = card_of(setup.built())
        test, public = endpoint_by_key(trial_key(card)), public_key(card)
        assert test is not None
        assert (test.is_active, test.is_test) == (True, True)
        assert not public.is_active

    def it_is_built_once(self, setup: Desk) -> None:
        draft = setup.built()
        assert setup.build(draft).brand == draft.brand
        assert Brand.objects.filter(slug="initech").count() == 1

    def it_says_what_is_missing_in_any_step(self, setup: Desk) -> None:
        draft = setup.start("blank")
        found = errors_of(lambda: setup.build(draft))
        assert set(found) == {"brand.name", "brand.slug", "brand.timezone"}

    def it_leaves_nothing_when_a_step_fails(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        draft = setup.save(setup.start(), "brand", brand_data())
        draft = setup.save(draft, "people", {"agents": [agents[0].email]})
        spares = schemas()
        gone = draft.data["people"] | {"agents": ["nobody@example.test"]}
        OnboardingDraft.objects.filter(ref=draft.ref).update(data=draft.data | {"people": gone})
        assert list(errors_of(lambda: setup.build(draft))) == ["people.agents.0"]
        assert not Brand.objects.filter(slug="initech").exists()
        assert schemas() == spares
        assert get_draft(draft.ref).state == DraftState.DRAFT

    @pytest.mark.usefixtures("failing_step")
    def it_leaves_nothing_when_a_verb_fails(self, setup: Desk) -> None:
        draft = setup.save(setup.start(), "brand", brand_data())
        draft = setup.save(draft, "last", {})
        with pytest.raises(ZeroDivisionError):
            setup.build(draft)
        assert not Brand.objects.filter(slug="initech").exists()
        assert get_draft(draft.ref).brand is None

    def it_takes_no_name_that_was_taken_meanwhile(self, setup: Desk) -> None:
        one = setup.save(setup.start(), "brand", brand_data())
        two = setup.save(setup.start(), "brand", brand_data())
        setup.build(one)
        with pytest.raises((SlugTaken, Invalid)):
            setup.build(two)

    def it_changes_a_built_brand_by_its_steps(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        draft = setup.built(agents[0])
        draft = setup.save(draft, "brand", brand_data(name="Initech Two", hue=5))
        draft = setup.save(draft, "people", {"agents": [agents[1].email]})
        card = card_by_slug("initech")
        assert card is not None
        assert (card.name, card.hue) == ("Initech Two", 5)
        held = Membership.objects.filter(brand_id=card.id, state="active").values_list("user_id", flat=True)
        assert list(held) == [agents[1].user_id]

    def it_adds_a_line_with_its_entrance_and_drops_none(self, setup: Desk) -> None:
        draft = setup.built()
        data = draft.data["queues"]
        more = data | {"lines": [*data["lines"], {"name": "Wholesale", "target_seconds": 90}]}
        draft = setup.save(draft, "queues", more)
        with tenant_scope(card_of(draft), TESTS):
            assert Inbox.objects.count() == 3
        fewer = data | {"lines": data["lines"][:1]}
        assert list(errors_of(lambda: setup.save(draft, "queues", fewer))) == ["queues.lines"]

    def it_keeps_the_short_name_once_built(self, setup: Desk) -> None:
        draft = setup.built()
        found = errors_of(lambda: setup.save(draft, "brand", brand_data(slug="other")))
        assert list(found) == ["brand.slug"]

    def it_touches_no_other_brand(self, setup: Desk, acme: BrandCard, agents: tuple[Actor, Actor]) -> None:
        before = (Endpoint.objects.filter(brand_id=acme.id).count(), acme)
        setup.built(*agents)
        with tenant_scope(acme, TESTS):
            assert not Queue.objects.filter(name="Product advice").exists()
        assert (Endpoint.objects.filter(brand_id=acme.id).count(), card_by_slug("acme")) == before


class DescribeLogo:
    def it_becomes_the_brands(self, setup: Desk) -> None:
        draft = setup.with_logo(setup.save(setup.start(), "brand", brand_data(hue=240)))
        assert draft.logo
        assert draft.logo.hue == 28
        built = setup.build(draft)
        card = card_of(built)
        assert (card.logo, card.hue) == (draft.logo.digest, 240), "a colour is suggested, never put"
        assert BrandLogo.objects.get(brand_id=card.id).digest == card.logo
        assert built.logo == draft.logo

    def it_is_another_on_a_brand_that_stands(self, setup: Desk) -> None:
        draft = setup.with_logo(setup.built())
        card = card_by_slug("initech")
        assert card
        assert draft.logo
        assert card.logo == draft.logo.digest
        draft = actions.forget_logo(draft.ref, version=draft.version, actor=WHO, now=NOW)
        card = card_by_slug("initech")
        assert card
        assert (card.logo, draft.logo) == ("", None)

    def it_is_with_a_sandbox_that_is_made_anew(self, setup: Desk) -> None:
        draft = setup.with_logo(setup.save(setup.start(kind=BrandKind.SANDBOX), "brand", brand_data()))
        draft = setup.build(draft)
        draft = actions.reset(draft.ref, version=draft.version, grant=TESTS, actor=WHO, now=LATER)
        assert draft.logo
        assert card_of(draft).logo == draft.logo.digest

    def it_is_refused_whole(self, setup: Desk) -> None:
        draft = setup.start()
        with pytest.raises(BadLogo):
            setup.with_logo(draft, b"<svg onload='x'/>")
        with pytest.raises(Stale):
            setup.with_logo(replace(draft, version=9))
        assert not DraftLogo.objects.exists()
        assert get_draft(draft.ref) == draft

    def it_is_found_by_its_own_draft_alone(self, setup: Desk) -> None:
        one, two = setup.with_logo(setup.start()), setup.start()
        assert one.logo
        assert get_logo(one.ref, one.logo.digest).kind == "png"
        for ref, digest in ((two.ref, one.logo.digest), (one.ref, "0" * 64)):
            with pytest.raises(NotFound):
                get_logo(ref, digest)

    def it_touches_no_other_brand(self, setup: Desk, acme: BrandCard) -> None:
        setup.with_logo(setup.built())
        assert card_by_slug("acme") == acme
        assert not BrandLogo.objects.filter(brand_id=acme.id).exists()


class DescribeUndoing:
    def it_leaves_no_trace(self, setup: Desk, agents: tuple[Actor, Actor], cy: Actor, boss: Any) -> None:
        draft = setup.with_logo(setup.built(*agents, managers=(cy.email,)))
        card = setup.tested(draft)
        assert BrandLogo.objects.filter(brand_id=card.id).exists()
        assert WorkItem.objects.filter(brand_id=card.id).exists()
        setup.undo(draft)
        assert not DraftLogo.objects.exists()
        held = (Domain, Endpoint, SchemaState, BrandLogo, Membership, Certification, QueuePlan, WorkItem)
        for model in held:
            assert not model.objects.filter(brand_id=card.id).exists(), model
        assert not PoolQueue.objects.filter(plan__brand_id=card.id).exists()
        assert card.schema_name not in schemas()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [card.role_name])
            assert cursor.fetchone() == (0,)
        assert card_by_slug("initech") is None
        assert OnboardingDraft.objects.get(ref=draft.ref).data == {}

    def it_frees_the_short_name(self, setup: Desk) -> None:
        setup.undo(setup.built())
        assert setup.built().brand is not None

    def it_takes_back_a_mere_draft(self, setup: Desk) -> None:
        draft = setup.with_logo(setup.start())
        setup.undo(draft)
        assert not DraftLogo.objects.exists()
        with pytest.raises(NotFound):
            get_draft(draft.ref)

    def it_undoes_nothing_live(self, setup: Desk, agents: tuple[Actor, Actor], cy: Actor) -> None:
        card = setup.tested(setup.built(*agents, managers=(cy.email,)))
        actions.go_live(card, reasons={}, grant=TESTS, actor=WHO, now=NOW)
        draft = draft_of(card.id)
        assert draft is not None
        with pytest.raises(NotFound):
            setup.undo(draft)
        assert card_by_slug("initech") is not None


class DescribeGoingLive:
    def it_says_what_is_red(self, setup: Desk) -> None:
        card = card_of(setup.built())
        found = {line.name: line.state for line in checklist(card, TESTS, now=NOW)}
        red = {name for name, state in found.items() if state == "bad"}
        assert red >= {"people", "served", "test"}
        assert found["channel"] == found["targets"] == found["words"] == "good"
        with pytest.raises(actions.NotReady):
            actions.go_live(card, reasons={"test": "we trust it"}, grant=TESTS, actor=WHO, now=NOW)
        assert Brand.objects.get(pk=card.id).state == BrandState.ONBOARDING

    def it_wants_a_reason_for_what_is_amber(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        card = setup.tested(setup.built(*agents))
        with pytest.raises(actions.NotReady):
            actions.go_live(card, reasons={"manager": "  "}, grant=TESTS, actor=WHO, now=NOW)
        actions.go_live(card, reasons=excused(card), grant=TESTS, actor=WHO, now=NOW)
        assert "comes on Monday" in AuditRow.objects.get(verb="brand.live").reason
        assert public_key(card).is_active

    def it_opens_a_client_once(self, setup: Desk, acme: BrandCard) -> None:
        with pytest.raises((WrongState, actions.NotReady)):
            actions.go_live(acme, reasons={}, grant=TESTS, actor=WHO, now=NOW)

    def it_pauses_and_resumes(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        card = setup.tested(setup.built(*agents))
        actions.go_live(card, reasons=excused(card), grant=TESTS, actor=WHO, now=NOW)
        actions.pause(card, actor=WHO, now=NOW)
        assert not public_key(card).is_active
        with pytest.raises(WrongState):
            actions.pause(card, actor=WHO, now=NOW)
        actions.resume(card, actor=WHO, now=NOW)
        assert public_key(card).is_active
        with pytest.raises(WrongState):
            actions.resume(card, actor=WHO, now=NOW)


class DescribeTrials:
    def it_shows_test_conversations_alone(self, setup: Desk, acme: BrandCard) -> None:
        card = setup.tested(setup.built())
        with tenant_scope(card, TESTS):
            converse(is_test=False)
        assert len(trials(card, TESTS)) == 1
        assert trials(acme, TESTS) == []


def excused(card: BrandCard) -> dict[str, str]:
    lines = checklist(card, TESTS, now=NOW)
    return {line.name: "comes on Monday" for line in lines if line.state == "warn"}


def public_key(card: BrandCard) -> Any:
    rows = Endpoint.objects.filter(brand_id=card.id, state="active").order_by("pk")
    return endpoint_by_key(rows.values_list("key", flat=True)[0])


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 's\\_%%'")
        return {row[0] for row in cursor.fetchall()}
