"""A stronger seat for some hours: by rule, with a reason, over by itself, and gone with what it stood on."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import elevating
from accounts.access import actor_for
from accounts.actions import grant_membership, revoke_membership
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import CannotElevate, LastOwner, MayNotAppoint
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.seats import appointable, revoke_provider_seat
from accounts.timed import Elevation
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.factories import NOW, make_person

WHY = "Nadia is ill"


def at(actor: Actor, hours: float = 0) -> Actor:
    """The same person as they are some hours later."""
    found = actor_for(actor.user_id, now=NOW + timedelta(hours=hours))
    assert found
    return found


@pytest.fixture
def lead(db: None, acme: BrandCard) -> Actor:
    return make_person("lee@example.test", (Role.LEAD, acme), name="Lee Fox")


@pytest.fixture
def op(db: None) -> Actor:
    return make_person("op@example.test", (Role.OPERATOR, None), name="Olu Park")


@pytest.fixture
def owner(db: None) -> Actor:
    return make_person("owen@example.test", (Role.OWNER, None), name="Owen Hart")


def take(
    actor: Actor, card: BrandCard | None, role: Role, *, hours: int = 2, now: datetime = NOW
) -> Elevation:
    key = f"{card.id if card else ''}:{role}"
    return elevating.elevate(key, hours=2, reason=WHY, actor=actor, now=now)


class DescribeTaking:
    def it_gives_the_stronger_seat_until_its_time_is_over(self, lead: Actor, acme: BrandCard) -> None:
        assert not at(lead).can(Permission.ACCESS_READ, acme.id)
        take(lead, acme, Role.SUPERVISOR)
        assert at(lead, 1.99).can(Permission.ACCESS_READ, acme.id)
        assert at(lead, 1.99).seats_end_at == NOW + timedelta(hours=2)
        assert not at(lead, 2).can(Permission.ACCESS_READ, acme.id)
        assert at(lead, 2).can(Permission.REPORT, acme.id)

    def it_is_written_down_with_its_reason(self, lead: Actor, acme: BrandCard) -> None:
        take(lead, acme, Role.SUPERVISOR)
        (row,) = AuditRow.objects.filter(verb="elevation.started")
        assert (row.actor, row.brand_id, row.object, row.reason, row.diff) == (
            lead.who, acme.id, "role:supervisor", WHY, {"from": "lead", "hours": 2},
        )  # fmt: skip

    def it_is_for_the_place_of_the_seat_alone(self, lead: Actor, acme: BrandCard, globex: BrandCard) -> None:
        for card in (globex, None):
            with pytest.raises(CannotElevate):
                take(lead, card, Role.SUPERVISOR)

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.OWNER, Role.LEAD, Role.MANAGER])
    def it_is_by_rule_alone(self, lead: Actor, acme: BrandCard, role: Role) -> None:
        with pytest.raises(CannotElevate):
            take(lead, acme, role)
        assert not Elevation.objects.exists()

    def it_is_no_ladder(self, db: None) -> None:
        """An elevated seat is no step to the next one."""
        sue = make_person("sue@example.test", (Role.SUPERVISOR, None))
        take(sue, None, Role.OPERATOR)
        assert [rung.role for rung in elevating.rungs_of(sue.user_id, now=NOW)] == []
        with pytest.raises(CannotElevate):
            take(sue, None, Role.OWNER)

    def it_refuses_a_seat_that_is_held(self, lead: Actor, acme: BrandCard) -> None:
        take(lead, acme, Role.SUPERVISOR)
        with pytest.raises(CannotElevate):
            take(lead, acme, Role.SUPERVISOR)

    @pytest.mark.parametrize(("hours", "reason"), [(3, WHY), (0, WHY), (24, WHY), (2, ""), (2, "  ")])
    def it_wants_hours_and_a_reason(self, lead: Actor, acme: BrandCard, hours: int, reason: str) -> None:
        with pytest.raises(CannotElevate):
            elevating.elevate(f"{acme.id}:supervisor", hours=hours, reason=reason, actor=lead, now=NOW)

    def it_can_be_taken_again_after_its_end(self, lead: Actor, acme: BrandCard) -> None:
        first = take(lead, acme, Role.SUPERVISOR)
        later = NOW + timedelta(hours=5)
        take(lead, acme, Role.SUPERVISOR, now=later)
        first.refresh_from_db()
        assert first.ended_at == first.ends_at
        assert Elevation.objects.open(later).count() == 1

    def it_stands_once_in_the_database(self, lead: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        with pytest.raises(IntegrityError, match="open_once"), transaction.atomic():
            Elevation.objects.create(
                user_id=lead.user_id, brand_id=acme.id, role=row.role, from_role=row.from_role, reason="x",
                started_at=NOW, ends_at=row.ends_at,
            )  # fmt: skip


class DescribeEnding:
    def it_ends_early_by_the_person(self, lead: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        soon = NOW + timedelta(minutes=10)
        assert elevating.end(row.ref, actor=at(lead), now=soon)
        assert not at(lead, 0.5).can(Permission.ACCESS_READ, acme.id)
        assert not elevating.end(row.ref, actor=at(lead), now=soon)
        assert AuditRow.objects.filter(verb="elevation.ended").count() == 1

    def it_ends_early_by_who_gives_seats(self, lead: Actor, op: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        assert elevating.end(row.ref, actor=op, now=NOW)
        row.refresh_from_db()
        assert row.ended_by_id == op.user_id

    def it_is_absent_for_everybody_else(self, lead: Actor, ada: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        with pytest.raises(NotFound):
            elevating.end(row.ref, actor=ada, now=NOW)

    def it_leaves_a_seat_that_was_given_for_good_meanwhile(self, lead: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        grant_membership(lead.user_id, role=Role.SUPERVISOR, brand_id=acme.id, actor="test", now=NOW)
        elevating.end(row.ref, actor=at(lead), now=NOW)
        assert at(lead, 9).can(Permission.ACCESS_READ, acme.id)

    def it_goes_with_the_seat_it_was_taken_from(self, lead: Actor, acme: BrandCard) -> None:
        take(lead, acme, Role.SUPERVISOR)
        revoke_membership(lead.user_id, role=Role.LEAD, brand_id=acme.id, actor="test", now=NOW)
        assert at(lead).memberships == ()
        assert not Elevation.objects.open(NOW).exists()

    def it_is_over_when_its_seat_is_taken_away(self, lead: Actor, acme: BrandCard) -> None:
        row = take(lead, acme, Role.SUPERVISOR)
        revoke_membership(lead.user_id, role=Role.SUPERVISOR, brand_id=acme.id, actor="test", now=NOW)
        row.refresh_from_db()
        assert row.ended_at == NOW
        assert at(lead).can(Permission.REPORT, acme.id)


class DescribeAppointing:
    def it_is_not_for_who_is_an_owner_for_some_hours(self, op: Actor) -> None:
        take(op, None, Role.OWNER)
        assert Role.OPERATOR not in appointable(at(op), None)
        assert Role.AUDITOR in appointable(at(op), None)

    def it_keeps_a_last_owner(self, owner: Actor) -> None:
        seat = Membership.objects.get(user_id=owner.user_id)
        with pytest.raises(LastOwner):
            revoke_provider_seat(seat.pk, actor=owner, now=NOW)
        make_person("second@example.test", (Role.OWNER, None))
        revoke_provider_seat(seat.pk, actor=owner, now=NOW)
        assert at(owner).memberships == ()

    def it_lets_no_operator_take_an_owners_seat(self, owner: Actor, op: Actor) -> None:
        seat = Membership.objects.get(user_id=owner.user_id)
        with pytest.raises(MayNotAppoint):
            revoke_provider_seat(seat.pk, actor=op, now=NOW)
