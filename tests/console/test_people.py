"""The tab People: client managers are invited, seats are looked at and taken away; by operators alone."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts import invitations
from accounts.access import actor_for
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Invitation, Membership
from core import clock
from core.ids import new_ref
from tenants.cards import BrandCard
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed

PEOPLE = "/clients/acme/people/"
INVITE = f"{PEOPLE}invitations/"
LENA = {"email": "lena@example.test", "role": "manager"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def browser(signed: Signed, op: Actor, acme: BrandCard) -> Browser:
    return signed(op)


@pytest.fixture
def invitation(db: None, acme: BrandCard) -> Invitation:
    return invitations.invite(
        "lena@example.test", role=Role.MANAGER, brand=acme, actor="user:1", now=clock.now()
    )


def one(invitation: Invitation, what: str, slug: str = "acme") -> str:
    return f"/clients/{slug}/people/invitations/{invitation.ref}/{what}/"


def page(browser: Browser, answer: Any) -> str:
    """Follow the redirect that answers a form, and return what the page says."""
    assert answer.status_code == 303
    return str(browser.get(answer["Location"]).content.decode())


class DescribePage:
    def it_shows_seats_and_open_invitations(
        self, browser: Browser, ada: Actor, invitation: Invitation
    ) -> None:
        text = browser.get(PEOPLE).content.decode()
        assert "Ada Berg" in text
        assert "lena@example.test" in text
        assert "Waiting" in text

    def it_offers_first_who_can_do_least(self, browser: Browser) -> None:
        for path, least, most in (
            (PEOPLE, "viewer", "supervisor"),
            ("/roles/seats/", "auditor", "supervisor"),
        ):
            text = browser.get(path).content.decode()
            first, last = (text.index(f'<option value="{role}"') for role in (least, most))
            assert text.index("<option") == first < last

    def it_says_when_there_is_nobody(self, browser: Browser) -> None:
        text = browser.get(PEOPLE).content.decode()
        assert "Nobody has a seat here yet" in text
        assert "None is open" in text

    def it_shows_why_a_mail_did_not_arrive(self, browser: Browser, invitation: Invitation) -> None:
        refused = {"state": MailState.REFUSED, "answer": "550 No such person"}
        SystemMail.objects.filter(key=f"invitation:{invitation.ref}:1").update(**refused)
        text = browser.get(PEOPLE).content.decode()
        assert "Refused" in text
        assert "550 No such person" in text

    def it_marks_what_has_expired(self, browser: Browser, invitation: Invitation) -> None:
        Invitation.objects.update(expires_at=clock.now())
        assert "Expired" in browser.get(PEOPLE).content.decode()

    def it_shows_nothing_of_another_client(
        self, browser: Browser, cy: Actor, invitation: Invitation, globex: BrandCard
    ) -> None:
        assert cy.email not in browser.get(PEOPLE).content.decode()
        assert "lena@example.test" not in browser.get("/clients/globex/people/").content.decode()

    def it_is_cut_into_pages(self, browser: Browser, acme: BrandCard) -> None:
        for place in range(26):
            invitations.invite(
                f"{place:02}@example.test", role=Role.MANAGER, brand=acme, actor="user:1", now=clock.now()
            )
        assert "00@example.test" not in browser.get(PEOPLE).content.decode()
        assert "00@example.test" in browser.get(f"{PEOPLE}?invited=2").content.decode()

    def it_asks_the_database_as_often_for_many_as_for_one(
        self, browser: Browser, acme: BrandCard, invitation: Invitation, django_assert_max_num_queries: Any
    ) -> None:
        for place in range(10):
            invitations.invite(
                f"{place}@example.test", role=Role.MANAGER, brand=acme, actor="user:1", now=clock.now()
            )
        browser.get(PEOPLE)
        with django_assert_max_num_queries(8):
            browser.get(PEOPLE)


class DescribeInviting:
    def it_invites_a_client_manager(self, browser: Browser, op: Actor, acme: BrandCard) -> None:
        text = page(browser, browser.post(INVITE, LENA))
        made = Invitation.objects.get()
        assert (made.email, made.role, made.brand_id) == ("lena@example.test", Role.MANAGER, acme.id)
        assert made.invited_by_id == op.user_id
        assert "The mail is on its way" in text

    @pytest.mark.parametrize("email", ["", "lena", "lena@"])
    def it_refuses_what_is_no_address(self, browser: Browser, email: str) -> None:
        answer = browser.post(INVITE, {"email": email, "role": "manager"})
        assert answer.status_code == 422
        assert 'aria-describedby="id_email_helptext id_email_error"' in answer.content.decode()
        assert not Invitation.objects.exists()

    def it_refuses_who_is_invited_already(self, browser: Browser, invitation: Invitation) -> None:
        answer = browser.post(INVITE, LENA)
        assert answer.status_code == 422
        assert "invited already" in answer.content.decode()

    def it_refuses_who_has_the_seat(self, browser: Browser, cy: Actor, globex: BrandCard) -> None:
        answer = browser.post("/clients/globex/people/invitations/", {"email": cy.email, "role": "manager"})
        assert answer.status_code == 422
        assert "has this role" in answer.content.decode()


class DescribeInvitation:
    def it_is_sent_again(self, browser: Browser, invitation: Invitation) -> None:
        assert "Sent again" in page(browser, browser.post(one(invitation, "mails")))
        assert Invitation.objects.get().sent == 2

    def it_is_withdrawn(self, browser: Browser, invitation: Invitation) -> None:
        assert "Withdrawn" in page(browser, browser.post(one(invitation, "withdrawal")))
        assert Invitation.objects.get().withdrawn_at

    @pytest.mark.parametrize("what", ["mails", "withdrawal"])
    def it_says_when_it_was_closed_meanwhile(
        self, browser: Browser, invitation: Invitation, what: str
    ) -> None:
        Invitation.objects.update(withdrawn_at=clock.now())
        assert "accepted or withdrawn meanwhile" in page(browser, browser.post(one(invitation, what)))

    @pytest.mark.parametrize("what", ["mails", "withdrawal"])
    def it_is_absent_at_another_client(
        self, browser: Browser, invitation: Invitation, globex: BrandCard, what: str
    ) -> None:
        assert browser.post(one(invitation, what, "globex")).status_code == 404
        assert browser.post(f"{INVITE}{new_ref()}/{what}/").status_code == 404
        assert Invitation.objects.get().sent == 1


class DescribeSeat:
    def seat(self, actor: Actor, brand: BrandCard) -> str:
        pk = Membership.objects.get(user_id=actor.user_id, brand_id=brand.id).pk
        return f"{PEOPLE}seats/{pk}/revocation/"

    def it_is_taken_away(self, browser: Browser, ada: Actor, acme: BrandCard) -> None:
        assert "taken away" in page(browser, browser.post(self.seat(ada, acme)))
        left = actor_for(ada.user_id)
        assert left
        assert not left.has(Role.AGENT, acme.id)

    def it_is_absent_at_another_client(
        self, browser: Browser, ada: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        assert browser.post(self.seat(ada, globex)).status_code == 404
        assert browser.post(f"{PEOPLE}seats/1/revocation/").status_code == 404
        left = actor_for(ada.user_id)
        assert left
        assert left.has(Role.AGENT, globex.id)


@pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
def it_hides_from_others(
    signed: Signed, request: pytest.FixtureRequest, invitation: Invitation, who: str
) -> None:
    other = signed(request.getfixturevalue(who))
    assert other.get(PEOPLE).status_code == 404
    for path in (
        INVITE,
        one(invitation, "mails"),
        one(invitation, "withdrawal"),
        f"{PEOPLE}seats/1/revocation/",
    ):
        assert other.post(path, LENA).status_code == 404
    assert Invitation.objects.get().sent == 1


@pytest.mark.parametrize("path", [INVITE, f"{PEOPLE}seats/1/revocation/"])
def it_changes_nothing_by_a_link(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 405
