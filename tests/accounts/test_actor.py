"""The frozen value that a request acts for."""

import dataclasses

import pytest

from accounts.actor import Actor, Seat
from accounts.choices import Role
from core.errors import NotFound
from tenants.cards import BrandCard

ACME, GLOBEX = 7, 9
ADA = Actor(
    1,
    "ada@example.test",
    "Ada Berg",
    (Seat(ACME, Role.AGENT), Seat(ACME, Role.MANAGER), Seat(GLOBEX, Role.AGENT)),
)
OPERATOR = Actor(2, "op@example.test", "Op Lund", (Seat(None, Role.OPERATOR),))


def it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ADA.user_id = 3  # type: ignore[misc]


def it_is_an_agent_only_with_an_agents_seat() -> None:
    assert ADA.agent_id == 1
    assert OPERATOR.agent_id is None


def it_names_its_brands_once_each() -> None:
    assert ADA.brand_ids() == (ACME, GLOBEX)
    assert ADA.brand_ids(Role.MANAGER) == (ACME,)
    assert OPERATOR.brand_ids() == ()


def it_makes_a_grant_for_a_seat() -> None:
    grant = ADA.grant_for(GLOBEX)
    assert (grant.kind, grant.brand_id, grant.who, grant.role) == ("member", GLOBEX, "user:1", Role.AGENT)


def it_makes_a_grant_for_the_role_that_is_asked_for() -> None:
    assert ADA.grant_for(ACME, role=Role.MANAGER).role == Role.MANAGER


@pytest.mark.parametrize("actor", [OPERATOR, ADA.only(GLOBEX)])
def it_makes_no_grant_without_a_seat(db: None, actor: Actor) -> None:
    with pytest.raises(NotFound):
        actor.grant_for(ACME)


def it_makes_no_grant_for_a_role_it_does_not_hold_there(db: None) -> None:
    with pytest.raises(NotFound):
        ADA.grant_for(GLOBEX, role=Role.MANAGER)


def it_keeps_nothing_of_other_brands_on_a_brands_host() -> None:
    assert ADA.only(GLOBEX).memberships == (Seat(GLOBEX, Role.AGENT),)


def it_lets_an_operator_enter_any_brand_to_set_it_up(acme: BrandCard) -> None:
    grant = OPERATOR.operator_grant(acme)
    assert (grant.kind, grant.brand_id, grant.who, grant.role) == (
        "member", acme.id, OPERATOR.who, Role.OPERATOR,
    )  # fmt: skip


def it_lets_nobody_else_enter_as_an_operator(db: None, acme: BrandCard) -> None:
    with pytest.raises(NotFound):
        ADA.operator_grant(acme)
