"""Who came in, who was refused, who was given a seat: written down."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from accounts import actions
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import User
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.factories import NOW

REPORT = "http://globex.localhost:8000/report/"
HANDOFF = "http://localhost:8000/handoff/globex/?next=/report/"


def verbs(**where: object) -> list[str]:
    return list(AuditRow.objects.filter(**where).order_by("pk").values_list("verb", flat=True))


def it_notes_a_sign_in_and_a_sign_out(browser: Browser, ada: Actor) -> None:
    browser.sign_in("ada@example.test")
    browser.post("/accounts/logout/", headers={"host": "localhost:8000"})
    assert verbs(actor=ada.who) == ["session.opened", "session.closed"]


def it_notes_a_refused_sign_in_by_the_address_that_was_tried(browser: Browser) -> None:
    browser.sign_in("Nobody@Example.test")
    (row,) = AuditRow.objects.filter(verb="session.refused")
    assert (row.object, row.reason, row.brand_id) == ("nobody@example.test", "password", None)


def it_notes_an_entry_with_its_brand(browser: Browser, cy: Actor, globex: BrandCard) -> None:
    browser.follow(browser.sign_in("cy@example.test", following="/handoff/globex/?next=/report/"))
    assert verbs(actor=cy.who) == ["session.opened", "session.opened"]
    assert verbs(actor=cy.who, brand_id=globex.id) == ["session.opened"]


def it_notes_who_wanted_a_brand_without_a_seat(browser: Browser, outsider: Actor, globex: BrandCard) -> None:
    browser.sign_in("outsider@example.test")
    browser.at(HANDOFF)
    (row,) = AuditRow.objects.filter(verb="handoff.refused")
    assert (row.actor, row.brand_id, row.reason) == (outsider.who, globex.id, "no seat")


def it_notes_a_spent_code_with_its_owner(browser: Browser, cy: Actor, globex: BrandCard) -> None:
    browser.sign_in("cy@example.test")
    url = str(browser.at(HANDOFF)["Location"])
    browser.at(url)
    browser.at(url)
    (row,) = AuditRow.objects.filter(verb="handoff.refused")
    assert (row.actor, row.brand_id, row.reason) == (cy.who, globex.id, "code")


def it_notes_a_session_shown_on_another_host_once(browser: Browser, cy: Actor, globex: BrandCard) -> None:
    browser.sign_in("cy@example.test")
    browser.jars["globex.localhost"] = browser.jars["localhost"]
    for _ in range(3):
        assert browser.at(REPORT).status_code == 302
    (row,) = AuditRow.objects.filter(verb="session.refused")
    assert (row.actor, row.brand_id, row.object) == (cy.who, globex.id, "/report/")


def it_notes_it_whatever_the_address_holds(browser: Browser, cy: Actor, globex: BrandCard) -> None:
    browser.sign_in("cy@example.test")
    browser.jars["globex.localhost"] = browser.jars["localhost"]
    assert browser.at(REPORT.replace("report", "re%00port")).status_code == 404
    assert AuditRow.objects.get(verb="session.refused").object == "/report/"


class DescribeRefusedEntries:
    def rows(self, actor: Actor) -> list[tuple[int | None, str, str]]:
        rows = AuditRow.objects.filter(verb="entry.refused", actor=actor.who).order_by("pk")
        return [(row.brand_id, row.reason, row.object) for row in rows]

    def it_notes_a_page_for_another_role_once(self, browser: Browser, cy: Actor, globex: BrandCard) -> None:
        browser.follow(browser.sign_in("cy@example.test", following="/handoff/globex/?next=/report/"))
        actions.revoke_membership(cy.user_id, role=Role.MANAGER, brand_id=globex.id, actor="test", now=NOW)
        for _ in range(3):
            assert browser.at(REPORT).status_code == 404
        assert self.rows(cy) == [(globex.id, "no seat as manager", "/report/")]

    def it_notes_a_grant_that_is_not_theirs(self, cy: Actor, acme: BrandCard, globex: BrandCard) -> None:
        for wanted in ((acme, None), (acme, Role.AGENT), (globex, Role.AGENT), (globex, Role.AGENT)):
            with pytest.raises(NotFound):
                cy.grant_for(wanted[0], role=wanted[1])
        assert self.rows(cy) == [
            (acme.id, "no seat as anybody", ""),
            (acme.id, "no seat as agent", ""),
            (globex.id, "no seat as agent", ""),
        ]

    def it_keeps_the_note_when_the_rest_is_undone(self, cy: Actor, acme: BrandCard) -> None:
        with pytest.raises(NotFound), transaction.atomic():
            cy.grant_for(acme)
        assert self.rows(cy) == [(acme.id, "no seat as anybody", "")]


def it_notes_who_gave_and_who_took_a_seat(outsider: Actor, acme: BrandCard) -> None:
    until = NOW + timedelta(days=1)
    actions.grant_membership(
        outsider.user_id, role=Role.AGENT, brand_id=acme.id, valid_until=until, actor="user:1", now=NOW
    )
    actions.revoke_membership(outsider.user_id, role=Role.AGENT, brand_id=acme.id, actor="user:1", now=NOW)
    rows = AuditRow.objects.filter(object=outsider.who, verb__startswith="membership.").order_by("pk")
    assert [(row.verb, row.actor, row.brand_id, row.diff) for row in rows] == [
        ("membership.granted", "user:1", acme.id, {"role": "agent"}),
        ("membership.revoked", "user:1", acme.id, {"role": "agent"}),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "accounts/user/",
        "accounts/membership/",
        "accounts/membership/add/",
        "accounts/elevation/",
        "accounts/seeas/",
    ],
)
class DescribeAdmin:
    def it_is_open_to_staff(self, browser: Browser, ada: Actor, path: str) -> None:
        make_staff(ada)
        browser.sign_in("ada@example.test")
        assert browser.at(f"http://localhost:8000/admin/{path}").status_code == 200

    def it_is_closed_to_everybody_else(self, browser: Browser, ada: Actor, path: str) -> None:
        browser.sign_in("ada@example.test")
        assert browser.at(f"http://localhost:8000/admin/{path}").status_code in {302, 403}

    def it_is_not_on_a_brands_host(self, browser: Browser, ada: Actor, path: str) -> None:
        make_staff(ada)
        assert browser.at(f"http://acme.localhost:8000/admin/{path}").status_code == 404


def make_staff(actor: Actor) -> None:
    User.objects.filter(pk=actor.user_id).update(is_staff=True, is_superuser=True)


def it_gives_a_seat_from_the_admin_by_the_verb(
    browser: Browser, ada: Actor, outsider: Actor, acme: BrandCard
) -> None:
    make_staff(ada)
    browser.sign_in("ada@example.test")
    form = {"user": outsider.user_id, "brand": acme.id, "role": Role.MANAGER}
    answer = browser.post("/admin/accounts/membership/add/", form, headers={"host": "localhost:8000"})
    assert answer.status_code == 302
    (row,) = AuditRow.objects.filter(verb="membership.granted", object=outsider.who)
    assert (row.actor, row.brand_id) == (ada.who, acme.id)


@pytest.mark.parametrize(("role", "seated"), [(Role.OWNER, True), (Role.LEAD, False)])
def it_says_where_a_role_has_no_seat(
    browser: Browser, ada: Actor, outsider: Actor, acme: BrandCard, role: Role, seated: bool
) -> None:
    make_staff(ada)
    browser.sign_in("ada@example.test")
    form = {"user": outsider.user_id, "role": role, "brand": acme.id if seated else ""}
    answer = browser.post("/admin/accounts/membership/add/", form, headers={"host": "localhost:8000"})
    assert answer.status_code == 200
    assert "has no seat there" in answer.content.decode()


def it_takes_no_form_without_its_token(ada: Actor) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(
        "/accounts/login/", {"login": "ada@example.test"}, headers={"host": "localhost:8000"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["auth/group/", "account/emailaddress/"])
def it_has_one_place_for_rights_and_addresses(browser: Browser, ada: Actor, path: str) -> None:
    make_staff(ada)
    browser.sign_in("ada@example.test")
    assert browser.at(f"http://localhost:8000/admin/{path}").status_code == 404
