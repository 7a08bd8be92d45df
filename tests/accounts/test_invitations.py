"""Inviting, sending again, withdrawing, accepting: once, by the invited address, while it is good."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts import actions, invitations
from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.errors import (
    AlreadyInvited,
    AlreadySeated,
    InvitationClosed,
    InvitationExpired,
    InvitationForAnother,
    InvitationUnknown,
    InvitationUsed,
    InvitationWithdrawn,
    InvitedMayNotSignIn,
    TooManyInvitations,
    WrongRole,
)
from accounts.models import Invitation, Membership, User
from core.errors import NotFound, RoomError
from tenants.cards import BrandCard
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tests.accounts.conftest import Person
from tests.factories import NOW, PASSWORD

BY: dict[str, Any] = {"actor": "user:1", "now": NOW}
GOOD = timedelta(days=invitations.GOOD_DAYS)


def invite(email: str = "lena@example.test", *, brand: BrandCard | None, **changed: Any) -> Invitation:
    role = changed.pop("role", Role.MANAGER if brand else Role.OPERATOR)
    return invitations.invite(email, role=role, brand=brand, **BY | changed)


def token_of(invitation: Invitation) -> str:
    """Read the token out of the newest mail, as its reader does."""
    mail = SystemMail.objects.get(key=f"invitation:{invitation.ref}:{fresh(invitation).sent}")
    found = re.search(r"/invitations/([\w-]+)/", mail.text)
    assert found
    return found[1]


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


def accept_new(token: str, *, now: datetime = NOW) -> User:
    return invitations.accept_as_new(token, name="Lena Sandberg", password=PASSWORD, now=now)


class DescribeInviting:
    def it_promises_a_mail_in_the_brands_clothes(self, db: None, acme: BrandCard) -> None:
        made = invite("  Lena@Example.TEST ", brand=acme)
        mail = SystemMail.objects.get()
        assert (made.email, mail.to, made.mail_id) == ("lena@example.test", "lena@example.test", mail.pk)
        assert mail.subject == "Acme Outdoor invites you"
        assert "Client manager" in mail.text
        assert made.expires_at == NOW + GOOD

    def it_keeps_no_token(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        token = token_of(made)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT string_agg(row_to_json(i)::text, '') FROM accounts_invitation i)"
                " || (SELECT string_agg(row_to_json(m)::text, '') FROM tenants_systemmail m)"
            )
            assert token not in cursor.fetchone()[0]

    def it_is_written_down(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        row = AuditRow.objects.get(verb="invitation.sent")
        assert (row.brand_id, row.object, row.diff) == (
            acme.id,
            f"invitation:{made.ref}",
            {"role": "manager"},
        )

    def it_is_one_for_each_address_role_and_brand(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        invite(brand=acme)
        invite(brand=globex)
        invite("other@example.test", brand=acme)
        with pytest.raises(AlreadyInvited):
            invite("LENA@example.test", brand=acme)

    def it_replaces_one_that_has_expired(self, db: None, acme: BrandCard) -> None:
        old = invite(brand=acme)
        invite(brand=acme, now=NOW + GOOD)
        assert fresh(old).withdrawn_at == NOW + GOOD

    def it_refuses_who_has_the_role(self, cy: Actor, globex: BrandCard) -> None:
        with pytest.raises(AlreadySeated):
            invite(cy.email, brand=globex)

    @pytest.mark.parametrize("role", ["operator", "emperor"])
    def it_refuses_a_role_that_is_not_the_brands(self, db: None, acme: BrandCard, role: str) -> None:
        with pytest.raises(WrongRole):
            invite(brand=acme, role=role)

    def it_refuses_a_brands_role_with_the_provider(self, db: None) -> None:
        with pytest.raises(WrongRole):
            invite(brand=None, role=Role.MANAGER)

    def it_is_slowed_down(self, db: None, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(invitations, "PER_ACTOR", 1)
        invite(brand=acme)
        with pytest.raises(TooManyInvitations):
            invite("other@example.test", brand=acme)


class DescribeSendingAgain:
    def it_makes_a_new_link_and_ends_the_old_one(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        old, later = token_of(made), NOW + timedelta(days=3)
        invitations.resend(made.ref, brand_id=acme.id, actor="user:1", now=later)
        assert fresh(made).expires_at == later + GOOD
        with pytest.raises(InvitationUnknown):
            invitations.look_at(old, actor=None, now=later)
        assert invitations.look_at(token_of(made), actor=None, now=later).email == "lena@example.test"
        states = list(SystemMail.objects.order_by("pk").values_list("state", flat=True))
        assert states == [MailState.WITHDRAWN, MailState.QUEUED]

    def it_is_for_expired_ones_too(self, db: None, acme: BrandCard) -> None:
        made, later = invite(brand=acme), NOW + timedelta(days=30)
        invitations.resend(made.ref, brand_id=acme.id, actor="user:1", now=later)
        accept_new(token_of(made), now=later)

    def it_is_not_for_another_brand(self, db: None, acme: BrandCard, globex: BrandCard) -> None:
        made = invite(brand=acme)
        for brand_id in (globex.id, None):
            with pytest.raises(NotFound):
                invitations.resend(made.ref, brand_id=brand_id, **BY)
            with pytest.raises(NotFound):
                invitations.withdraw(made.ref, brand_id=brand_id, **BY)

    def it_is_slowed_down(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        for _ in range(invitations.PER_INVITATION):
            invitations.resend(made.ref, brand_id=acme.id, **BY)
        with pytest.raises(TooManyInvitations):
            invitations.resend(made.ref, brand_id=acme.id, **BY)


class DescribeWithdrawing:
    def it_ends_the_link_and_takes_the_mail_back(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        token = token_of(made)
        invitations.withdraw(made.ref, brand_id=acme.id, **BY)
        with pytest.raises(InvitationWithdrawn):
            invitations.look_at(token, actor=None, now=NOW)
        assert SystemMail.objects.get().state == MailState.WITHDRAWN
        assert AuditRow.objects.filter(verb="invitation.withdrawn").exists()

    def it_is_too_late_once_it_is_closed(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        accept_new(token_of(made))
        with pytest.raises(InvitationClosed):
            invitations.withdraw(made.ref, brand_id=acme.id, **BY)
        with pytest.raises(InvitationClosed):
            invitations.resend(made.ref, brand_id=acme.id, **BY)


class DescribeAccepting:
    def it_makes_a_person_with_the_seat(self, db: None, acme: BrandCard) -> None:
        made = invite(brand=acme)
        user = accept_new(token_of(made))
        actor = actor_for(user.pk, now=NOW)
        assert actor
        assert (actor.email, actor.name, actor.timezone) == (
            "lena@example.test",
            "Lena Sandberg",
            acme.timezone,
        )
        assert actor.has(Role.MANAGER, acme.id)
        assert user.check_password(PASSWORD)
        assert fresh(made).accepted_by_id == user.pk

    def it_seats_who_signs_in_already(self, outsider: Actor, acme: BrandCard) -> None:
        made = invite(outsider.email, brand=acme)
        invitations.accept_as(token_of(made), actor=outsider, now=NOW)
        actor = actor_for(outsider.user_id, now=NOW)
        assert actor
        assert actor.has(Role.MANAGER, acme.id)
        assert AuditRow.objects.get(verb="invitation.accepted").actor == outsider.who

    def it_works_once(self, db: None, acme: BrandCard) -> None:
        token = token_of(invite(brand=acme))
        accept_new(token)
        with pytest.raises(InvitationUsed):
            accept_new(token)

    def it_ends_on_the_instant(self, db: None, acme: BrandCard) -> None:
        token = token_of(invite(brand=acme))
        invitations.look_at(token, actor=None, now=NOW + GOOD - timedelta(microseconds=1))
        with pytest.raises(InvitationExpired):
            accept_new(token, now=NOW + GOOD)
        assert not User.objects.filter(email="lena@example.test").exists()

    def it_is_for_no_other_address(self, outsider: Actor, acme: BrandCard) -> None:
        token = token_of(invite(brand=acme))
        with pytest.raises(InvitationForAnother):
            invitations.accept_as(token, actor=outsider, now=NOW)
        assert not Membership.objects.filter(user_id=outsider.user_id).exists()

    def it_is_for_nobody_who_may_not_sign_in(self, person: Person, acme: BrandCard) -> None:
        former = person("former@example.test")
        User.objects.filter(pk=former.user_id).update(is_active=False)
        token = token_of(invite(former.email, brand=acme))
        with pytest.raises(InvitedMayNotSignIn):
            invitations.look_at(token, actor=None, now=NOW)

    def it_knows_no_other_token(self, db: None) -> None:
        with pytest.raises(InvitationUnknown):
            invitations.look_at("a guess", actor=None, now=NOW)

    def it_seats_an_operator_of_the_provider(self, db: None) -> None:
        user = accept_new(token_of(invite(brand=None)))
        actor = actor_for(user.pk, now=NOW)
        assert actor
        assert actor.is_operator


class DescribeRace:
    """Two who accept at the same instant: one gets in, the other is told that it was used."""

    @pytest.mark.parametrize("known", [False, True])
    def it_has_one_winner(self, transactional_db: None, acme: BrandCard, person: Person, known: bool) -> None:
        actor = person("lena@example.test") if known else None
        token = token_of(invite(brand=acme))
        gate, outcomes = threading.Barrier(2), []

        def accept() -> None:
            try:
                gate.wait(30)
                if actor:
                    invitations.accept_as(token, actor=actor, now=NOW)
                else:
                    accept_new(token)
                outcomes.append("in")
            except RoomError as error:
                outcomes.append(error.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=accept) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(outcomes) == ["in", "invitation_used"]
        assert User.objects.filter(email="lena@example.test").count() == 1
        assert Membership.objects.filter(brand_id=acme.id).count() == 1
        assert AuditRow.objects.filter(verb="invitation.accepted").count() == 1


def it_leaves_nothing_of_a_brand_that_goes(db: None, acme: BrandCard, globex: BrandCard) -> None:
    invite(brand=acme)
    kept = invite(brand=globex)
    invitations.forget_brand(acme.id)
    assert list(Invitation.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(SystemMail.objects.values_list("brand_id", flat=True)) == [globex.id]


def it_loses_nothing_when_the_seat_came_another_way(outsider: Actor, acme: BrandCard) -> None:
    token = token_of(invite(outsider.email, brand=acme))
    actions.grant_membership(outsider.user_id, role=Role.MANAGER, brand_id=acme.id, **BY)
    invitations.accept_as(token, actor=outsider, now=NOW)
    assert Membership.objects.filter(user_id=outsider.user_id).count() == 1
