"""Rules by role in the console, and what operators see and do about a person's sign-in."""

from typing import Any

import pytest

from accounts import adapter
from accounts.actor import Actor
from accounts.keys.actions import create_key
from accounts.mfa import factors
from accounts.models import User
from accounts.security.models import SecurityPolicy, SignIn
from core import clock
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.accounts.test_second_step import code_of
from tests.accounts.test_sessions import OFFICE, at, put
from tests.console.conftest import Signed

CLIENT = "/clients/acme/security/"
PROVIDER = "/security/"
HOST = {"host": "localhost:8000"}


@pytest.fixture
def browser(signed: Signed, op: Actor, acme: BrandCard) -> Browser:
    return signed(op)


def rules(**other: Any) -> dict[str, Any]:
    return {"second_factor_from": "", "idle_minutes": "", "session_hours": "", "networks": ""} | other


class DescribeRules:
    def it_shows_a_card_for_each_role(self, browser: Browser) -> None:
        names = [one["role"] for one in browser.get(CLIENT).context["roles"]]
        assert names[-1] == "api"
        assert {"agent", "manager"} <= set(names)
        assert "operator" not in names
        assert "operator" in [one["role"] for one in browser.get(PROVIDER).context["roles"]]

    def it_saves_them(self, browser: Browser, op: Actor, acme: BrandCard) -> None:
        filled = rules(
            second_factor="on", second_factor_from="2027-01-15", idle_minutes="30", session_hours="12",
            networks="203.0.113.0/24\n\n2001:db8::/32\n",
        )  # fmt: skip
        assert browser.post(f"{CLIENT}roles/agent/", filled).status_code == 303
        row = SecurityPolicy.objects.get(brand_id=acme.id, role="agent")
        assert (row.idle_minutes, row.session_hours) == (30, 12)
        assert row.networks == ["203.0.113.0/24", "2001:db8::/32"]
        assert row.second_factor_from
        assert row.second_factor_from.isoformat() == "2027-01-15T00:00:00+00:00"
        shown = browser.get(CLIENT).content.decode()
        assert 'value="2027-01-15"' in shown
        assert "idle 30 min" in shown
        assert AuditRow.objects.get(verb="policy.changed").actor == op.who

    def it_takes_the_last_change_back(self, browser: Browser) -> None:
        browser.post(f"{CLIENT}roles/agent/", rules(idle_minutes="30"))
        browser.post(f"{CLIENT}roles/agent/", rules(idle_minutes="10"))
        assert browser.post(f"{CLIENT}roles/agent/restoration/").status_code == 303
        assert SecurityPolicy.objects.get().idle_minutes == 30
        assert browser.post(f"{CLIENT}roles/manager/restoration/").status_code == 303

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("networks", "the office", "the office: not a network"),
            ("networks", "0.0.0.0/0", "that is every address"),
            ("idle_minutes", "4", "greater than or equal to 5"),
            ("session_hours", "9999", "less than or equal to 336"),
            ("second_factor_from", "soon", "valid date"),
        ],
    )
    def it_says_what_is_wrong(self, browser: Browser, field: str, value: str, words: str) -> None:
        page = browser.post(f"{CLIENT}roles/agent/", rules(**{field: value}))
        assert page.status_code == 422
        assert words in page.content.decode()
        assert not SecurityPolicy.objects.exists()

    def it_locks_no_operator_out(self, browser: Browser) -> None:
        page = browser.post(f"{PROVIDER}roles/operator/", rules(networks="198.51.100.0/24"))
        assert page.status_code == 422
        assert "You are on 127.0.0.1" in page.content.decode()
        here = rules(networks="198.51.100.0/24\n127.0.0.0/8")
        assert browser.post(f"{PROVIDER}roles/operator/", here).status_code == 303

    def it_knows_no_other_role(self, browser: Browser) -> None:
        assert browser.post(f"{CLIENT}roles/operator/", rules()).status_code == 404
        assert browser.post(f"{PROVIDER}roles/agent/", rules()).status_code == 404
        assert browser.post(f"{CLIENT}roles/king/restoration/").status_code == 303

    def it_gives_programs_networks_alone(self, browser: Browser) -> None:
        filled = rules(networks="203.0.113.0/24", idle_minutes="30", second_factor="on")
        assert browser.post(f"{CLIENT}roles/api/", filled).status_code == 303
        row = SecurityPolicy.objects.get(role="api")
        assert (row.idle_minutes, row.second_factor_from) == (None, None)

    def it_holds_programs_to_their_networks(self, op: Actor, acme: BrandCard, globex: BrandCard) -> None:
        made = create_key("ERP", scopes=["brand:read"], brand_id=acme.id, actor="test", now=clock.now())
        put("api", acme, op, networks=["203.0.113.0/24"])
        shown = {"host": "acme.localhost:8000", "Authorization": f"Bearer {made.secret}"}
        for address, status in ((OFFICE, 200), ("198.51.100.1", 401)):
            assert at(address).get("/api/v1/brand/", headers=shown).status_code == status

    def it_is_for_operators(self, signed: Signed, cy: Actor, ada: Actor, acme: BrandCard) -> None:
        for actor in (cy, ada):
            browser = signed(actor)
            for path in (CLIENT, PROVIDER, f"/security/people/{cy.user_id}/"):
                assert browser.get(path).status_code == 404
            for path in ("roles/agent/", "roles/agent/restoration/"):
                assert browser.post(f"{CLIENT}{path}", rules()).status_code == 404
            for path in ("unlock/", "reset/", "sessions/end/"):
                assert (
                    browser.post(f"/security/people/{cy.user_id}/{path}", {"reason": "x"}).status_code == 404
                )
        assert not SecurityPolicy.objects.exists()


class DescribeAPerson:
    def page(self, actor: Actor) -> str:
        return f"/security/people/{actor.user_id}/"

    def it_is_found(self, browser: Browser, ada: Actor, cy: Actor) -> None:
        found = browser.get(PROVIDER, {"q": "ada@"}).context["page"].object_list
        assert [one.email for one in found] == ["ada@example.test"]
        assert "Nobody is called that" in browser.get(PROVIDER, {"q": "nobody at all"}).content.decode()
        assert browser.get("/security/people/999999/").status_code == 404

    def it_has_its_sessions_ended(self, browser: Browser, ada: Actor, op: Actor) -> None:
        theirs = [at(OFFICE), at(OFFICE)]
        for one in theirs:
            one.sign_in("ada@example.test")
        assert OFFICE in browser.get(self.page(ada)).content.decode()
        ref = SignIn.objects.filter(user_id=ada.user_id).order_by("pk")[0].ref
        assert browser.post(f"{self.page(ada)}sessions/{ref}/end/").status_code == 303
        assert [one.get("/accounts/security/", headers=HOST).status_code for one in theirs] == [302, 200]
        assert browser.post(f"{self.page(op)}sessions/{ref}/end/").status_code == 404
        assert browser.post(f"{self.page(ada)}sessions/end/").status_code == 303
        assert theirs[1].get("/accounts/security/", headers=HOST).status_code == 302
        assert AuditRow.objects.filter(verb="session.ended", actor=op.who).count() == 2
        assert browser.post(f"{self.page(op)}sessions/end/").status_code == 303
        assert browser.get(self.page(op)).status_code == 200

    def it_is_unlocked(self, browser: Browser, ada: Actor, op: Actor) -> None:
        guesser = at(OFFICE)
        for _ in range(adapter.FAILURES_FROM_ADDRESS):
            guesser.sign_in("ada@example.test", password="a guess")
        assert "locked until" in browser.get(self.page(ada)).content.decode()
        assert browser.post(f"{self.page(ada)}unlock/").status_code == 303
        assert "locked until" not in browser.get(self.page(ada)).content.decode()
        assert guesser.sign_in("ada@example.test").status_code == 302
        assert AuditRow.objects.get(verb="session.unlocked").actor == op.who

    def it_has_the_second_step_reset_for_a_reason(self, browser: Browser, ada: Actor, op: Actor) -> None:
        user, secret = User.objects.get(pk=ada.user_id), factors.new_secret()
        factors.add_app(user, secret=secret, code=code_of(secret), now=clock.now())
        assert browser.post(f"{self.page(ada)}reset/", {"reason": " "}).status_code == 422
        assert factors.has_factor(ada.user_id)
        assert browser.post(f"{self.page(ada)}reset/", {"reason": "phone lost"}).status_code == 303
        assert not factors.has_factor(ada.user_id)
        row = AuditRow.objects.get(verb="factor.reset")
        assert (row.actor, row.reason) == (op.who, "phone lost")
