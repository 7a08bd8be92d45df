# ruff: noqa: F811 - a fixture of who looks on
"""A client's manager invites colleagues of the own side and ends their seats, and nobody else's."""

from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts import colleagues, invitations
from accounts.actions import grant_membership
from accounts.actor import Actor
from accounts.choices import MembershipState, Role
from accounts.models import Invitation, Membership
from core import clock
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import labour_scope
from tests.accounts.conftest import Browser
from tests.desk.test_budget import check, counted
from tests.factories import make_person
from tests.interactions.test_exactly_once import Job, at_once
from tests.portal.test_report import page, signed_in
from tests.portal.test_seeing import entered, op  # noqa: F401 - a fixture
from tests.routing.test_leaving_kill import somebody_waits, until

HOST = {"host": "acme.localhost:8000"}
INVITE = "/people/invitations/"


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    cache.clear()
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


@pytest.fixture
def vic(db: None, acme: BrandCard) -> Actor:
    return make_person("vic@example.test", (Role.VIEWER, acme), name="Vic Dahl")


def shown(browser: Browser, card: BrandCard) -> str:
    answer = page(browser, card, "/people/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def seat(who: Actor | str, card: BrandCard) -> Membership:
    email = who if isinstance(who, str) else who.email
    with labour_scope():
        found: Membership = Membership.objects.get(user__email=email, brand_id=card.id)
    return found


def post(browser: Browser, path: str, **form: str) -> int:
    return int(browser.post(path, form, headers=HOST).status_code)


def end(browser: Browser, one: Membership) -> int:
    return post(browser, f"/people/seats/{one.pk}/revocation/")


def is_seated(one: Membership) -> bool:
    with labour_scope():
        return bool(Membership.objects.filter(pk=one.pk, state=MembershipState.ACTIVE).exists())


def invited(role: str = Role.VIEWER, *, card: BrandCard, email: str = "new@example.test") -> UUID:
    row = invitations.invite(email, role=role, brand=card, actor="user:1", now=clock.now())
    return row.ref


def is_open(ref: UUID) -> bool:
    with labour_scope():
        return bool(Invitation.objects.open().filter(ref=ref).exists())


class DescribeInviting:
    def it_mails_a_colleague_who_stands_in_the_list(self, lena: Browser, acme: BrandCard) -> None:
        text = shown(lena, acme)
        assert text.index('<option value="viewer"') < text.index('<option value="manager"')
        assert "selected" not in text[text.index('name="role"') :].partition("</select>")[0]
        assert post(lena, INVITE, email="new@example.test", role="viewer") == 303
        assert "new@example.test" in shown(lena, acme)
        with labour_scope():
            row = Invitation.objects.get(email="new@example.test")
            mail = SystemMail.objects.get(kind="invitation")
        assert (row.brand_id, row.role, mail.brand_id) == (acme.id, "viewer", acme.id)
        sent = AuditRow.objects.get(verb="invitation.sent")
        assert (sent.brand_id, sent.actor) == (acme.id, f"user:{row.invited_by_id}")

    @pytest.mark.parametrize("role", ["agent", "supervisor", "lead", "qa", "operator", "owner", ""])
    def it_gives_no_role_but_the_clients(self, lena: Browser, role: str) -> None:
        assert post(lena, INVITE, email="new@example.test", role=role) == 422
        with labour_scope():
            assert not Invitation.objects.exists()

    def it_says_what_is_wrong_and_keeps_what_was_typed(self, lena: Browser, vic: Actor) -> None:
        assert post(lena, INVITE, email="new@example.test", role="viewer") == 303
        for email, words in (
            ("new@", "valid email"), ("new@example.test", "invited already"),
            (f"a@{'ü' * 60}.test", "No mail can be addressed so"),
            (vic.email, "has this role here already"),
        ):  # fmt: skip
            answer = lena.post(INVITE, {"email": email, "role": "viewer"}, headers=HOST)
            text = answer.content.decode()
            assert (answer.status_code, words in text, f'value="{email}"' in text) == (422, True, True)

    def it_is_sent_again_and_withdrawn(self, lena: Browser, acme: BrandCard) -> None:
        ref = invited(card=acme)
        assert post(lena, f"{INVITE}{ref}/mails/") == 303
        assert post(lena, f"{INVITE}{ref}/withdrawal/") == 303
        assert not is_open(ref)
        assert post(lena, f"{INVITE}{ref}/withdrawal/") == 303
        assert "accepted or withdrawn meanwhile" in shown(lena, acme)

    def it_touches_no_invitation_of_the_provider_or_another_brand(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        for ref in (invited(Role.LEAD, card=acme), invited(card=globex)):
            for what in ("mails", "withdrawal"):
                assert post(lena, f"{INVITE}{ref}/{what}/") == 404
            assert is_open(ref)


class DescribeEnding:
    def it_ends_a_colleagues_seat_once_and_writes_it_down(
        self, lena: Browser, vic: Actor, acme: BrandCard
    ) -> None:
        theirs = signed_in(vic.email, acme)
        assert page(theirs, acme, "/report/").status_code == 200
        assert f"/people/seats/{seat(vic, acme).pk}/" in shown(lena, acme)
        assert end(lena, seat(vic, acme)) == 303
        assert not is_seated(seat(vic, acme))
        assert page(theirs, acme, "/report/").status_code == 404
        assert end(lena, seat(vic, acme)) == 404
        (row,) = AuditRow.objects.filter(verb="membership.revoked")
        assert (row.brand_id, row.object) == (acme.id, vic.who)

    def it_ends_not_the_own(self, lena: Browser, acme: BrandCard) -> None:
        own = seat("lena@example.test", acme)
        assert f"/people/seats/{own.pk}/" not in shown(lena, acme)
        assert end(lena, own) == 303
        assert "This seat is your own" in shown(lena, acme)
        assert is_seated(own)

    def it_touches_nobody_of_the_provider(
        self, lena: Browser, ada: Actor, op: Actor, acme: BrandCard
    ) -> None:
        grant_membership(op.user_id, role=Role.VIEWER, brand_id=acme.id, actor="test", now=clock.now())
        for one in (seat(ada, acme), seat(op, acme)):
            assert f"/people/seats/{one.pk}/" not in shown(lena, acme)
            assert end(lena, one) == 404
            assert is_seated(one)
        with labour_scope():
            theirs = Membership.objects.get(user_id=op.user_id, brand__isnull=True)
        assert end(lena, theirs) == 404
        assert is_seated(theirs)

    def it_touches_no_other_brand(
        self, lena: Browser, vic: Actor, cy: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        grant_membership(vic.user_id, role=Role.VIEWER, brand_id=globex.id, actor="test", now=clock.now())
        assert end(lena, seat(cy, globex)) == 404
        assert end(lena, seat(vic, globex)) == 404
        assert end(lena, seat(vic, acme)) == 303
        assert is_seated(seat(vic, globex))

    def it_ends_the_ways_in_that_the_colleague_has_left_open(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        mia = make_person("mia@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        here, there = (
            colleagues.invite_colleague(
                "mia@private.test", role=Role.MANAGER, brand=card, actor=mia, now=clock.now()
            ).ref
            for card in (acme, globex)
        )
        others = invited(card=acme)
        assert end(lena, seat(mia, acme)) == 303
        assert [is_open(ref) for ref in (here, there, others)] == [False, True, True]

    def it_leaves_one_of_two_who_are_viewers_too(self, transactional_db: None, acme: BrandCard) -> None:
        pair = [
            make_person(email, (Role.MANAGER, acme), (Role.VIEWER, acme))
            for email in ("mia@example.test", "noa@example.test")
        ]
        with labour_scope():
            managers = {
                one.user_id: one for one in Membership.objects.filter(brand_id=acme.id, role=Role.MANAGER)
            }
        first, second = (managers[one.user_id].pk for one in pair)
        colleagues.end_seat(second, brand_id=acme.id, actor=pair[0], now=clock.now())
        with pytest.raises(NotFound):
            colleagues.end_seat(first, brand_id=acme.id, actor=pair[1], now=clock.now())

    def it_leaves_one_of_two_who_end_each_other(self, transactional_db: None, acme: BrandCard) -> None:
        mia = make_person("mia@example.test", (Role.MANAGER, acme))
        noa = make_person("noa@example.test", (Role.MANAGER, acme))
        ends: list[Job] = [
            partial(colleagues.end_seat, seat(two, acme).pk, brand_id=acme.id, actor=one, now=clock.now())
            for one, two in ((mia, noa), (noa, mia))
        ]
        outcomes = at_once(acme, ends)
        assert [type(one) for one in outcomes if one is not None] == [NotFound]
        assert [is_seated(seat(who, acme)) for who in (mia, noa)].count(True) == 1

    def it_leaves_no_way_in_that_is_opened_meanwhile(self, transactional_db: None, acme: BrandCard) -> None:
        mia = make_person("mia@example.test", (Role.MANAGER, acme))
        noa = make_person("noa@example.test", (Role.MANAGER, acme))

        def invite() -> None:
            at_once(acme, [partial(colleagues.invite_colleague, "mia@private.test", **said)])

        said: dict[str, Any] = {"role": Role.MANAGER, "brand": acme, "actor": mia, "now": clock.now()}
        inviting = Thread(target=invite)
        with labour_scope(), transaction.atomic():
            colleagues.end_seat(seat(mia, acme).pk, brand_id=acme.id, actor=noa, now=clock.now())
            inviting.start()
            until(lambda: somebody_waits() or not inviting.is_alive())
        inviting.join()
        with labour_scope():
            assert not Invitation.objects.open().exists()


def it_is_not_for_a_manager_whose_own_seat_ends(lena: Browser, vic: Actor, acme: BrandCard) -> None:
    own = seat("lena@example.test", acme)
    with labour_scope():
        Membership.objects.filter(pk=own.pk).update(valid_until=clock.now() + timedelta(days=1))
    assert INVITE not in shown(lena, acme)
    assert post(lena, INVITE, email="new@example.test", role="manager") == 422
    assert end(lena, seat(vic, acme)) == 404
    assert is_seated(seat(vic, acme))


def it_is_for_managers_of_the_brand_alone(
    lena: Browser, vic: Actor, cy: Actor, outsider: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    ref, one = invited(card=acme), seat(vic, acme)
    paths = [
        INVITE,
        f"{INVITE}{ref}/mails/",
        f"{INVITE}{ref}/withdrawal/",
        f"/people/seats/{one.pk}/revocation/",
    ]
    at_the_door = Browser()
    at_the_door.follow(at_the_door.sign_in(outsider.email, following="/handoff/acme/"))
    for path in paths:
        assert lena.get(path, headers=HOST).status_code == 405
        assert Browser().post(path, {}, headers=HOST).status_code == 401
        for who in (signed_in(vic.email, acme), at_the_door):
            assert post(who, path, email="x@example.test", role="viewer") in (401, 404)
        theirs = signed_in(cy.email, globex)
        other = theirs.post(path, {}, headers={"host": "globex.localhost:8000"})
        assert other.status_code == (422 if path == INVITE else 404)
    assert is_open(ref)
    assert is_seated(one)


def it_is_not_for_who_only_looks(op: Actor, vic: Actor, acme: BrandCard) -> None:
    browser = Browser()
    browser.sign_in(op.email)
    entered(browser)
    text = shown(browser, acme)
    assert "Vic Dahl" in text
    assert '<form class="fields invite"' not in text
    assert post(browser, INVITE, email="new@example.test", role="viewer") in (403, 404)
    assert end(browser, seat(vic, acme)) in (403, 404)
    assert is_seated(seat(vic, acme))


def it_asks_no_more_for_many(lena: Browser, vic: Actor, acme: BrandCard) -> None:
    shown(lena, acme)
    one = counted(lambda: shown(lena, acme))
    for n in range(3):
        make_person(f"more{n}@example.test", (Role.VIEWER, acme))
        invited(card=acme, email=f"asked{n}@example.test")
    assert counted(lambda: shown(lena, acme)) == one
    check("portal: people", one)
