"""A sandbox: nothing in it counts, it is never opened, it is practised in and made anew."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.models import Membership
from core.errors import NotFound
from interactions.models import Interaction
from interactions.practice.actions import practise as go_on
from interactions.practice.actions import send_practice
from reporting.metrics import rows_behind
from routing.models import WorkItem
from tenants.cards import BrandCard, card_by_slug
from tenants.choices import BrandKind
from tenants.models import AuditRow, LabourEvent
from tenants.onboarding import actions
from tenants.onboarding.access import Stale, draft_of
from tenants.onboarding.files import onboard_plan, read_plan
from tenants.onboarding.shapes import Invalid
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.reporting.conftest import report_of_today
from tests.tenants.test_onboarding import WHO, Desk, agents, brand_data, card_of, converse, setup

__all__ = ["agents", "setup"]


@pytest.fixture
def sandbox(setup: Desk, agents: tuple[Actor, Actor]) -> BrandCard:
    draft = setup.save(setup.start(kind=BrandKind.SANDBOX), "brand", brand_data())
    draft = setup.save(draft, "people", {"agents": [agent.email for agent in agents]})
    return card_of(setup.build(draft))


def practise(card: BrandCard) -> None:
    with tenant_scope(card, TESTS):
        send_practice(uuid4(), count=3, minutes=0, actor=WHO, now=NOW)
        go_on(now=NOW)


class DescribeCounting:
    def it_counts_nowhere_whatever_a_caller_says(self, sandbox: BrandCard) -> None:
        assert sandbox.kind == BrandKind.SANDBOX
        with tenant_scope(sandbox, TESTS):
            converse(is_test=False)
            assert list(Interaction.objects.values_list("is_test", flat=True)) == [True]
            report = report_of_today("UTC", NOW + timedelta(minutes=1))
            assert not any(rows_behind(figure.metric, report.contacts()) for figure in report.figures)
        assert {one.metric.slug: one.text for one in report.figures}["offered"] == "0"
        assert WorkItem.objects.get(brand_id=sandbox.id).is_test
        assert LabourEvent.objects.get(kind="brand.onboarded", brand_id=sandbox.id).is_test

    def it_is_never_opened(self, setup: Desk, sandbox: BrandCard, cy: Actor) -> None:
        draft = draft_of(sandbox.id)
        assert draft is not None
        setup.save(draft, "manager", {"managers": [cy.email]})
        setup.tested(draft)
        with pytest.raises(actions.NotReady, match="training"):
            actions.go_live(sandbox, reasons={}, grant=TESTS, actor=WHO, now=NOW)


class DescribeReset:
    def it_is_as_it_was_set_up(
        self, sandbox: BrandCard, agents: tuple[Actor, Actor], acme: BrandCard
    ) -> None:
        with tenant_scope(acme, TESTS):
            before = Interaction.objects.count()
        practise(sandbox)
        draft = draft_of(sandbox.id)
        assert draft is not None
        anew = card_of(actions.reset(draft.ref, version=draft.version, grant=TESTS, actor=WHO, now=NOW))
        assert (anew.slug, anew.kind, anew.state) == (sandbox.slug, "sandbox", "onboarding")
        assert anew.id != sandbox.id
        assert card_by_slug("initech") == anew
        with tenant_scope(anew, TESTS):
            assert not Interaction.objects.exists()
        with tenant_scope(acme, TESTS):
            assert Interaction.objects.count() == before
        assert not WorkItem.objects.filter(brand_id=sandbox.id).exists()
        held = Membership.objects.filter(brand_id=anew.id).values_list("user_id", flat=True)
        assert set(held) == {agent.user_id for agent in agents}
        assert not Membership.objects.filter(brand_id=sandbox.id).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [sandbox.schema_name])
            assert cursor.fetchone() == (0,)
        assert AuditRow.objects.filter(verb="onboarding.reset", brand_id=anew.id).count() == 1

    def it_is_whole_or_not_at_all(
        self, sandbox: BrandCard, agents: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        practise(sandbox)
        draft = draft_of(sandbox.id)
        assert draft is not None

        def fail(*args: object, **kwargs: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(actions, "_build", fail)
        with pytest.raises(ZeroDivisionError):
            actions.reset(draft.ref, version=draft.version, grant=TESTS, actor=WHO, now=NOW)
        assert card_by_slug("initech") == sandbox
        with tenant_scope(sandbox, TESTS):
            assert Interaction.objects.count() == 3

    def it_is_for_sandboxes_alone(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        draft = setup.built(*agents)
        with pytest.raises(NotFound):
            actions.reset(draft.ref, version=draft.version, grant=TESTS, actor=WHO, now=NOW)
        assert card_by_slug("initech") == draft.brand

    def it_tells_who_comes_late(self, sandbox: BrandCard) -> None:
        draft = draft_of(sandbox.id)
        assert draft is not None
        with pytest.raises(Stale):
            actions.reset(draft.ref, version=draft.version - 1, grant=TESTS, actor=WHO, now=NOW)


class DescribeFile:
    SAID = {"key": "training-1", "kind": "sandbox", "blueprint": "retail", "brand": brand_data()}

    def it_makes_one(self, db: None) -> None:
        plan = read_plan(self.SAID)
        made = onboard_plan(plan, grant=TESTS, actor=WHO, now=NOW)
        assert card_of(made.draft).kind == "sandbox"
        assert not onboard_plan(plan, grant=TESTS, actor=WHO, now=NOW).fresh

    @pytest.mark.parametrize("kind", ["demo", "", 7, None, ["sandbox"]])
    def it_knows_no_other_kind(self, db: None, kind: object) -> None:
        with pytest.raises(Invalid) as caught:
            read_plan(self.SAID | {"kind": kind})
        assert list(caught.value.errors) == ["kind"]
