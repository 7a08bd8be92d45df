"""The second step: set up, asked for at the sign-in, lost, taken away."""

import json
import re
import time
from base64 import b64encode
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actor import Actor
from accounts.mfa import factors, totp
from accounts.mfa.errors import WrongCode
from accounts.models import User
from accounts.security import locks
from accounts.security.models import FactorSecret, SignIn, SignInLock
from core import clock
from core.secrets import current_prefix, new_key
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.factories import NOW, PASSWORD

HOME = "http://localhost:8000"
SECURITY = "/accounts/security/"
STEP = "/accounts/second-step/"
HOST = {"host": "localhost:8000"}
MADE_HERE = json.dumps(
    {"response": {"clientDataJSON": b64encode(b'{"origin": "http://localhost:8000"}').decode()}}
)


def post(browser: Browser, path: str, data: dict[str, Any] | None = None) -> Any:
    return browser.post(path, data or {}, headers=HOST)


def code_of(secret: str, *, ahead: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.PERIOD + ahead)


def secret_of(page: Any) -> str:
    return str(page.context["secret"]).replace(" ", "")


@pytest.fixture
def signed_in(browser: Browser, ada: Actor) -> Browser:
    browser.sign_in("ada@example.test")
    return browser


@pytest.fixture
def secret(ada: Actor) -> str:
    """Ada has an app; her last code was of a step long past."""
    secret = factors.new_secret()
    user = User.objects.get(pk=ada.user_id)
    factors.add_app(user, secret=secret, code=code_of(secret), now=NOW)
    Authenticator.objects.filter(type="totp").update(data={**_data(), "counter": 1})
    return secret


def _data() -> dict[str, Any]:
    found: dict[str, Any] = Authenticator.objects.get(type="totp").data
    return found


def trail(verb: str) -> list[str]:
    return list(AuditRow.objects.filter(verb=verb).order_by("pk").values_list("actor", flat=True))


class DescribeSettingUpAnApp:
    def it_shows_the_key_as_picture_and_as_text(self, signed_in: Browser) -> None:
        page = signed_in.at(f"{HOME}{SECURITY}app/")
        text = page.content.decode()
        assert page.status_code == 200
        assert page.context["secret"] in text
        assert f'd="{page.context["path"]}"' in text
        assert "style=" not in text
        assert "no-store" in page["Cache-Control"]

    def it_shows_the_same_key_again(self, signed_in: Browser) -> None:
        first, second = (secret_of(signed_in.at(f"{HOME}{SECURITY}app/")) for _ in range(2))
        assert first == second

    def it_keeps_the_waiting_key_sealed(self, signed_in: Browser) -> None:
        secret = secret_of(signed_in.at(f"{HOME}{SECURITY}app/"))
        kept = signed_in.jars["localhost"]["sid"].value
        from django.contrib.sessions.models import Session

        session = Session.objects.get(session_key=kept).get_decoded()
        assert secret not in str(session)
        assert session["second_step"].startswith(current_prefix())

    def it_adds_it_and_shows_recovery_codes_once(self, signed_in: Browser, ada: Actor) -> None:
        secret = secret_of(signed_in.at(f"{HOME}{SECURITY}app/"))
        done = post(signed_in, f"{SECURITY}app/", {"code": code_of(secret)})
        assert done.status_code == 201
        assert len(done.context["codes"]) == 10
        assert all(code in done.content.decode() for code in done.context["codes"])
        assert 'download="recovery-codes.txt"' in done.content.decode()
        after = signed_in.at(f"{HOME}{SECURITY}").content.decode()
        assert not any(code in after for code in done.context["codes"])
        assert "10 of 10 are left" in after
        assert trail("factor.added") == [ada.who]

    def it_refuses_a_wrong_code(self, signed_in: Browser) -> None:
        signed_in.at(f"{HOME}{SECURITY}app/")
        assert post(signed_in, f"{SECURITY}app/", {"code": "000000"}).status_code == 422
        assert not Authenticator.objects.exists()

    def it_adds_one(self, signed_in: Browser, secret: str) -> None:
        assert signed_in.at(f"{HOME}{SECURITY}app/")["Location"] == SECURITY

    def it_keeps_nothing_readable(self, signed_in: Browser, secret: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            rows = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT secret FROM accounts_factorsecret")
            sealed = [row[0] for row in cursor.fetchall()]
        assert len(rows) == len(sealed) == 2
        assert not any(secret in row for row in rows + sealed)
        assert all(row.startswith(current_prefix()) for row in sealed)

    def it_is_sealed_anew_with_a_new_key(self, secret: str, settings: Any, ada: Actor) -> None:
        settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
        call_command("rotate_secrets", stdout=StringIO())
        settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
        user = User.objects.get(pk=ada.user_id)
        assert factors.use_code(user, code_of(secret), now=clock.now()) == "totp"

    def it_asks_for_the_password_once_more(self, signed_in: Browser, monkeypatch: Any) -> None:
        monkeypatch.setattr("accounts.mfa.fresh.MINUTES", 0)
        for path in ("app/", "keys/"):
            asked = signed_in.at(f"{HOME}{SECURITY}{path}")
            assert asked["Location"].startswith(f"{SECURITY}confirm/?next=")
        for path in ("app/removal/", "codes/", "keys/1/removal/", "keys/1/name/"):
            assert post(signed_in, f"{SECURITY}{path}")["Location"].startswith(f"{SECURITY}confirm/?next=")

    def it_goes_on_after_the_password(self, signed_in: Browser, ada: Actor) -> None:
        data = {"password": "wrong", "next": f"{SECURITY}app/"}
        assert post(signed_in, f"{SECURITY}confirm/", data).status_code == 422
        data["password"] = PASSWORD
        assert post(signed_in, f"{SECURITY}confirm/", data)["Location"] == f"{SECURITY}app/"
        data["next"] = "//evil.test"
        assert post(signed_in, f"{SECURITY}confirm/", data)["Location"] == SECURITY

    def it_is_for_who_is_signed_in(self, browser: Browser, ada: Actor) -> None:
        for path in ("", "app/", "keys/", "confirm/"):
            assert "/accounts/login/" in browser.at(f"{HOME}{SECURITY}{path}")["Location"]
        for path in ("app/removal/", "codes/", "keys/1/removal/", "sessions/others/end/"):
            assert post(browser, f"{SECURITY}{path}").status_code == 401

    def it_is_not_on_a_brands_host(self, signed_in: Browser, acme: BrandCard) -> None:
        assert signed_in.at(f"http://acme.localhost:8000{SECURITY}").status_code == 404


class DescribeTheSignIn:
    def it_stops_after_the_password(self, browser: Browser, secret: str) -> None:
        answer = browser.sign_in("ada@example.test", following="/desk/")
        assert answer["Location"] == STEP
        assert browser.at(f"{HOME}/desk/").status_code in {302, 404}
        assert "/accounts/login/" in browser.at(f"{HOME}{SECURITY}")["Location"]

    def it_goes_on_with_a_code_of_the_app(self, browser: Browser, secret: str, ada: Actor) -> None:
        browser.sign_in("ada@example.test", following="/desk/")
        assert browser.at(f"{HOME}{STEP}").status_code == 200
        assert post(browser, STEP, {"code": code_of(secret)})["Location"] == "/desk/"
        assert browser.at(f"{HOME}{SECURITY}").status_code == 200
        assert SignIn.objects.get().second_factor == "totp"
        row = AuditRow.objects.get(verb="session.opened")
        assert (row.actor, row.diff) == (ada.who, {"second_factor": "totp"})

    def it_takes_a_code_once(self, browser: Browser, secret: str) -> None:
        code = code_of(secret)
        for status in (302, 422):
            other = Browser()
            other.sign_in("ada@example.test")
            assert post(other, STEP, {"code": code}).status_code == status

    def it_takes_a_recovery_code_once(self, browser: Browser, secret: str, ada: Actor) -> None:
        codes = factors.renew_codes(User.objects.get(pk=ada.user_id), now=NOW)
        for status in (302, 422):
            other = Browser()
            other.sign_in("ada@example.test")
            written = f"{codes[3][:4]} {codes[3][4:]}"
            assert post(other, STEP, {"code": written}).status_code == status
        assert factors.factors_of(ada.user_id).codes_left == 9

    def it_takes_the_codes_beside_now_and_none_further(
        self, ada: Actor, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        user, now = User.objects.get(pk=ada.user_id), time.time()
        monkeypatch.setattr(time, "time", lambda: now)  # else the next step may begin before the answer
        for ahead in (-2, 2):
            with pytest.raises(WrongCode):
                factors.use_code(user, code_of(secret, ahead=ahead), now=NOW)
        assert factors.use_code(user, code_of(secret, ahead=1), now=NOW) == "totp"

    def it_needs_a_sign_in_under_way(self, browser: Browser, ada: Actor) -> None:
        assert browser.at(f"{HOME}{STEP}")["Location"] == "/accounts/login/"
        assert post(browser, STEP, {"code": "123456"})["Location"] == "/accounts/login/"

    def it_stops_who_guesses(self, browser: Browser, secret: str, ada: Actor) -> None:
        browser.sign_in("ada@example.test")
        for _ in range(locks.SECOND_STEP_TRIES):
            assert post(browser, STEP, {"code": "000000"}).status_code == 422
        answer = post(browser, STEP, {"code": code_of(secret)})
        assert answer.status_code == 429
        assert "Wait 1 minute" in answer.content.decode()
        browser.sign_in("ada@example.test")  # the right password does not begin the count anew
        assert post(browser, STEP, {"code": code_of(secret)}).status_code == 429
        assert AuditRow.objects.get(verb="session.locked").object == ada.who
        SignInLock.objects.update(locked_until=clock.now() - timedelta(seconds=1))
        assert post(browser, STEP, {"code": code_of(secret)}).status_code == 302

    def it_does_not_ask_who_has_none(self, browser: Browser, ada: Actor) -> None:
        assert browser.sign_in("ada@example.test")["Location"] == "/"

    @pytest.mark.parametrize(
        "answer", ["", "7", "[" * 1000, MADE_HERE, MADE_HERE.replace("{", '{"id": "AA",', 1)]
    )
    def it_takes_no_key_that_says_nothing(self, browser: Browser, secret: str, answer: str) -> None:
        browser.sign_in("ada@example.test")
        browser.at(f"{HOME}{STEP}")
        assert post(browser, STEP, {"credential": answer}).status_code == 422
        assert "/accounts/login/" in browser.at(f"{HOME}{SECURITY}")["Location"]

    def it_wears_the_brand_it_leads_to(self, browser: Browser, cy: Actor, globex: BrandCard) -> None:
        user, secret = User.objects.get(pk=cy.user_id), factors.new_secret()
        factors.add_app(user, secret=secret, code=code_of(secret), now=NOW)
        browser.sign_in("cy@example.test", following="/handoff/globex/?next=/report/")
        page = browser.at(f"{HOME}{STEP}")
        assert page.context["brand"] == globex
        assert "Trunkline" not in page.content.decode()


class DescribeTakingAway:
    def it_removes_the_app_and_then_the_codes(self, browser: Browser, secret: str, ada: Actor) -> None:
        browser.sign_in("ada@example.test")
        post(browser, STEP, {"code": code_of(secret)})
        assert post(browser, f"{SECURITY}app/removal/").status_code == 303
        assert not Authenticator.objects.exists()
        assert not FactorSecret.objects.exists()
        assert post(browser, f"{SECURITY}app/removal/").status_code == 404
        assert trail("factor.removed") == [ada.who]

    def it_hides_anothers_key(self, signed_in: Browser, cy: Actor) -> None:
        row = Authenticator.objects.create(
            user_id=cy.user_id, type="webauthn", data={"name": "Cy's", "credential": {}}
        )
        assert post(signed_in, f"{SECURITY}keys/{row.pk}/removal/").status_code == 404
        assert post(signed_in, f"{SECURITY}keys/{row.pk}/name/", {"name": "mine"}).status_code == 404
        assert factors.factors_of(cy.user_id).keys[0].name == "Cy's"

    def it_makes_new_codes(self, browser: Browser, secret: str, ada: Actor) -> None:
        user = User.objects.get(pk=ada.user_id)
        old = factors.renew_codes(user, now=NOW)
        browser.sign_in("ada@example.test")
        post(browser, STEP, {"code": code_of(secret)})
        done = post(browser, f"{SECURITY}codes/")
        assert done.status_code == 201
        assert not set(old) & {code.replace(" ", "") for code in done.context["codes"]}
        with pytest.raises(WrongCode):
            factors.use_code(user, old[0], now=NOW)

    def it_is_reset_by_command(self, signed_in: Browser, secret: str, ada: Actor) -> None:
        out = StringIO()
        call_command("reset_mfa", "ADA@example.test", "--reason", "phone lost, called back", stdout=out)
        assert re.search(r"1 second step", out.getvalue())
        assert not factors.has_factor(ada.user_id)
        assert "/accounts/login/" in signed_in.at(f"{HOME}{SECURITY}")["Location"]
        row = AuditRow.objects.get(verb="factor.reset")
        assert (row.reason, row.object) == ("phone lost, called back", ada.who)
        with pytest.raises(CommandError):
            call_command("reset_mfa", "nobody@example.test", "--reason", "x")
        with pytest.raises(CommandError):
            call_command("reset_mfa", "ada@example.test", "--reason", " ")


class DescribePureParts:
    def it_finds_the_step_of_a_code(self) -> None:
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - of RFC 6238
        assert totp.counter_of(secret, "287082", after=0, at=59) == 1
        assert totp.counter_of(secret, "287082", after=1, at=59) is None
        assert totp.counter_of(secret, "081804", after=0, at=1111111109) == 37037036

    def it_names_issuer_and_person(self) -> None:
        assert totp.address_of_secret("ABC", label="a@b.test", issuer="Globex Ltd") == (
            "otpauth://totp/Globex%20Ltd%3Aa%40b.test?secret=ABC&issuer=Globex%20Ltd"
        )

    @pytest.mark.parametrize(
        ("failures", "seconds"), [(4, 0), (5, 60), (6, 120), (10, 1920), (11, 3600), (500, 3600)]
    )
    def it_doubles_the_wait(self, failures: int, seconds: int) -> None:
        assert locks.wait_after(failures, 5) == seconds
