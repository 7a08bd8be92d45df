"""A client that is open to some visitors: begun when it is ready, changed, paused, ended by going live."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import NotFound
from tenants import cards
from tenants.actions import WrongState
from tenants.cards import BrandCard, all_cards, card_by_id, card_by_slug, endpoint_by_key
from tenants.choices import BrandKind, BrandState
from tenants.models import AuditRow, Brand, Endpoint, LabourEvent
from tenants.onboarding import actions
from tenants.onboarding.access import draft_of
from tenants.onboarding.models import SoftLaunch
from tenants.onboarding.shapes import Invalid, read
from tenants.onboarding.soft import SoftShape, soft_launch, soft_plan, soft_plans
from tenants.values import SoftPlan
from tests.factories import NOW, TESTS
from tests.tenants.test_onboarding import WHO, Desk, agents, card_of, setup

__all__ = ["agents", "setup"]

PLAN = {"share": "10", "opens": "09:00", "closes": "12:00", "most_open": "2"}
REASONS = {"manager": "comes on Monday"}


def now_of(card: BrandCard) -> BrandCard:
    found = card_by_id(card.id)
    assert found is not None
    return found


def launch(card: BrandCard, *, reasons: dict[str, str] | None = None, **changed: Any) -> BrandCard:
    plan = read(SoftShape, PLAN | changed, path="soft", context={})
    soft_launch(now_of(card), plan, reasons=reasons or {}, grant=TESTS, actor=WHO, now=NOW)
    return now_of(card)


@pytest.fixture
def ready(setup: Desk, agents: tuple[Actor, Actor], cy: Actor) -> BrandCard:
    """A client whose checklist has nothing red, and nothing amber."""
    return setup.tested(setup.built(*agents, managers=(cy.email,)))


class DescribeBeginning:
    def it_opens_the_entrances_as_far_as_the_plan_says(self, ready: BrandCard) -> None:
        card = launch(ready)
        assert card.state == BrandState.SOFT
        endpoint = endpoint_by_key(Endpoint.objects.filter(brand_id=card.id, state="active")[0].key)
        assert endpoint is not None
        assert (endpoint.is_active, endpoint.soft) == (True, SoftPlan(10, 540, 720, 2))
        assert card in all_cards()

    def it_is_written_down_and_told(self, ready: BrandCard) -> None:
        launch(ready)
        row = AuditRow.objects.get(verb="brand.soft")
        assert (row.actor, row.brand_id) == (WHO, ready.id)
        assert row.diff["state"] == ["onboarding", "soft"]
        assert row.diff["share"] == [None, 10]
        event = LabourEvent.objects.get(kind="brand.soft")
        assert (event.brand_id, event.data["most_open"]) == (ready.id, 2)

    def it_cannot_be_taken_back_any_more(self, setup: Desk, ready: BrandCard) -> None:
        launch(ready)
        draft = draft_of(ready.id)
        assert draft is not None
        with pytest.raises(NotFound):
            setup.undo(draft)

    def it_wants_what_going_live_wants(self, setup: Desk) -> None:
        card = card_of(setup.built())
        with pytest.raises(actions.NotReady):
            launch(card)
        assert now_of(card).state == BrandState.ONBOARDING
        assert not SoftLaunch.objects.exists()

    def it_wants_a_reason_for_what_is_amber(self, setup: Desk, agents: tuple[Actor, Actor]) -> None:
        card = setup.tested(setup.built(*agents))
        with pytest.raises(actions.NotReady):
            launch(card)
        launch(card, reasons=REASONS)
        assert AuditRow.objects.get(verb="brand.soft").reason == "manager: comes on Monday"

    def it_is_not_for_who_is_live(self, acme: BrandCard, db: None) -> None:
        with pytest.raises(WrongState):
            launch(acme)

    def it_is_not_for_a_sandbox(self, ready: BrandCard) -> None:
        Brand.objects.filter(pk=ready.id).update(kind=BrandKind.SANDBOX)
        cards._shelf.clear()
        with pytest.raises(actions.NotReady, match="training"):
            launch(ready)
        with pytest.raises(actions.NotReady, match="training"):
            actions.go_live(now_of(ready), reasons={}, grant=TESTS, actor=WHO, now=NOW)

    def it_touches_no_other_client(self, ready: BrandCard, acme: BrandCard) -> None:
        launch(ready)
        assert (card_by_slug("acme"), soft_plan(acme)) == (acme, None)
        assert list(soft_plans([ready.id, acme.id])) == [ready.id]


class DescribeChanging:
    def it_changes_how_far_and_says_what(self, ready: BrandCard) -> None:
        launch(ready)
        launch(ready, share=50, opens="", closes="")
        assert soft_plan(ready) == SoftPlan(50, None, None, 2)
        last = AuditRow.objects.filter(verb="brand.soft").latest("pk")
        assert last.diff == {"share": [10, 50], "opens": [540, None], "closes": [720, None]}

    def it_says_nothing_of_what_stays(self, ready: BrandCard) -> None:
        launch(ready)
        launch(ready)
        assert AuditRow.objects.filter(verb="brand.soft").count() == 1


class DescribeEnding:
    def it_goes_live(self, ready: BrandCard) -> None:
        actions.go_live(launch(ready), reasons={}, grant=TESTS, actor=WHO, now=NOW)
        assert (now_of(ready).state, soft_plan(ready)) == (BrandState.LIVE, None)

    def it_pauses_and_comes_back_as_it_was(self, ready: BrandCard) -> None:
        actions.pause(launch(ready), actor=WHO, now=NOW)
        card = now_of(ready)
        assert card.state == BrandState.PAUSED
        endpoint = endpoint_by_key(Endpoint.objects.filter(brand_id=card.id, state="active")[0].key)
        assert endpoint is not None
        assert not endpoint.is_active
        actions.resume(card, actor=WHO, now=NOW)
        assert (now_of(ready).state, soft_plan(ready)) == (BrandState.SOFT, SoftPlan(10, 540, 720, 2))

    def it_is_open_to_nobody_without_a_plan(self, ready: BrandCard) -> None:
        card = launch(ready)
        key = Endpoint.objects.filter(brand_id=card.id, state="active")[0].key
        SoftLaunch.objects.all().delete()
        endpoint = endpoint_by_key(key)
        assert endpoint is not None
        assert not endpoint.is_active


class DescribePlan:
    @pytest.mark.parametrize(
        ("changed", "path"),
        [
            ({"share": 0}, "soft.share"),
            ({"share": 101}, "soft.share"),
            ({"share": "some"}, "soft.share"),
            ({"most_open": 0}, "soft.most_open"),
            ({"opens": ""}, "soft.opens"),
            ({"closes": None}, "soft.closes"),
            ({"opens": "25:00"}, "soft.opens"),
            ({"closes": "09:00"}, "soft.closes"),
            ({"colour": "red"}, "soft.colour"),
        ],
    )
    def it_says_what_cannot_be(self, changed: dict[str, Any], path: str) -> None:
        with pytest.raises(Invalid) as caught:
            read(SoftShape, PLAN | changed, path="soft", context={})
        assert list(caught.value.errors) == [path]

    @pytest.mark.parametrize(
        "numbers",
        [{"share": 0}, {"share": 101}, {"most_open": 0}, {"opens": None}, {"opens": 720}, {"closes": 1441}],
    )
    def it_is_held_by_the_table_too(self, acme: BrandCard, db: None, numbers: dict[str, Any]) -> None:
        good = {"share": 10, "opens": 540, "closes": 720, "most_open": 2, "began_by": WHO, "began_at": NOW}
        with pytest.raises(IntegrityError), transaction.atomic():
            SoftLaunch.objects.create(brand_id=acme.id, **(good | numbers))

    def it_keeps_hours_of_the_clients_zone(self) -> None:
        plan = SoftPlan(10, 9 * 60, 12 * 60, 5)
        nine = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)  # 09:00 in Stockholm's summer
        assert not plan.takes_at(nine - timedelta(minutes=1), "Europe/Stockholm")
        assert plan.takes_at(nine, "Europe/Stockholm")
        assert not plan.takes_at(nine + timedelta(hours=3), "Europe/Stockholm")
        assert plan.takes_at(datetime(2026, 7, 1, 0, 0, tzinfo=UTC), "Australia/Adelaide")

    @given(opens=st.integers(0, 1439), closes=st.integers(1, 1440), minute=st.integers(0, 1439))
    def it_is_open_one_stretch_a_day(self, opens: int, closes: int, minute: int) -> None:
        plan = SoftPlan(10, opens, closes, 5)
        length = closes - opens if closes > opens else 1440 - opens + closes
        assert plan.is_open_at(minute) is ((minute - opens) % 1440 < length)
