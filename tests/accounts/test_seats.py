"""Giving and taking seats."""

from typing import Any

import pytest

from accounts import actions
from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import EmailTaken
from accounts.models import Membership
from tenants.cards import BrandCard
from tests.accounts.conftest import Person
from tests.factories import NOW

Published = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    sent: Published = []
    monkeypatch.setattr("accounts.actions.live.publish", lambda name, payload: sent.append((name, payload)))
    return sent


def it_refuses_a_second_user_of_an_address(ada: Actor) -> None:
    with pytest.raises(EmailTaken):
        actions.create_user("ADA@example.test", name="Ada Two", actor="test", now=NOW)
    assert actor_for(ada.user_id) == ada


def it_gives_a_seat_and_tells_the_open_sockets(
    outsider: Actor, acme: BrandCard, published: Published
) -> None:
    actions.grant_membership(outsider.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=NOW)
    actor = actor_for(outsider.user_id)
    assert actor
    assert actor.has(Role.AGENT, acme.id)
    assert published == [(f"access.{outsider.user_id}", {"kind": "access"})]


def it_takes_a_seat_and_tells_the_open_sockets(ada: Actor, acme: BrandCard, published: Published) -> None:
    assert actions.revoke_membership(ada.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=NOW)
    actor = actor_for(ada.user_id)
    assert actor
    assert not actor.has(Role.AGENT, acme.id)
    assert published == [(f"access.{ada.user_id}", {"kind": "access"})]


def it_says_so_when_there_is_no_seat_to_take(outsider: Actor, acme: BrandCard, published: Published) -> None:
    held = actions.revoke_membership(
        outsider.user_id, role=Role.AGENT, brand_id=acme.id, actor="test", now=NOW
    )
    assert not held
    assert published == []


def it_gives_a_revoked_seat_back_as_the_same_row(ada: Actor, acme: BrandCard) -> None:
    change: dict[str, Any] = {"role": Role.AGENT, "brand_id": acme.id, "actor": "test", "now": NOW}
    actions.revoke_membership(ada.user_id, **change)
    actions.grant_membership(ada.user_id, **change)
    assert Membership.objects.filter(user_id=ada.user_id, brand_id=acme.id).count() == 1
    assert actor_for(ada.user_id) == ada


def it_plants_many_users_with_one_hash(person: Person) -> None:
    user = actions.create_user(
        "bob@example.test", name="Bob", hashed_password="md5$x$y", actor="test", now=NOW
    )
    assert user.password == "md5$x$y"
    assert user.created_at == NOW
