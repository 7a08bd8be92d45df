"""The page behind an invitation's link."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from accounts import accepting, invitations
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Invitation, Membership, User
from core import clock
from tenants.cards import BrandCard
from tests.accounts.conftest import Browser
from tests.accounts.test_invitations import token_of

NEW = {"name": "Lena Sandberg", "password": "a fjord at dusk"}


def invited(email: str, brand: BrandCard | None) -> str:
    """Invite the address now and return the path of its link."""
    role = Role.MANAGER if brand else Role.OPERATOR
    made = invitations.invite(email, role=role, brand=brand, actor="user:1", now=clock.now())
    return f"/invitations/{token_of(made)}/"


def get(browser: Browser, path: str) -> Any:
    return browser.at(f"http://localhost:8000{path}")


def post(browser: Browser, path: str, data: dict[str, str] | None = None) -> Any:
    return browser.post(path, data or {}, headers={"host": "localhost:8000"})


class DescribeNewPerson:
    def it_chooses_name_and_password(self, browser: Browser, acme: BrandCard) -> None:
        answer = get(browser, invited("lena@example.test", acme))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert answer.context["brand"] == acme
        assert "Client manager" in text
        assert "lena@example.test" in text
        assert answer["Referrer-Policy"] == "no-referrer"

    def it_is_signed_in_and_carried_to_the_portal(self, browser: Browser, acme: BrandCard) -> None:
        answer = post(browser, invited("lena@example.test", acme), NEW)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert browser.at("http://localhost:8000/")["Location"].startswith("/handoff/acme/")

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"name": ""}, "required"),
            ({"password": "short"}, "at least 10"),
            ({"password": "password1234567890" * 10}, "at most 128"),
            ({"password": "qwertyuiop"}, "too common"),
        ],
    )
    def it_is_told_what_is_wrong(
        self, browser: Browser, acme: BrandCard, wrong: dict[str, str], words: str
    ) -> None:
        path = invited("lena@example.test", acme)
        answer = post(browser, path, NEW | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not User.objects.filter(email="lena@example.test").exists()
        assert post(browser, path, NEW).status_code == 302

    def it_gives_the_way_in_to_no_reader_of_logs(
        self, browser: Browser, acme: BrandCard, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What was refused is written down with its address, and the link is good still."""
        caplog.set_level(logging.INFO)
        path = invited("lena@example.test", acme)
        assert post(browser, path, NEW | {"password": "short"}).status_code == 422
        assert "/invitations/…/" in caplog.text
        assert path not in caplog.text

    @pytest.mark.parametrize(
        ("host", "before"),
        [
            ("localhost:8000", "/welcome/"),
            ("localhost:8000", "/accounts/password/reset/key/1-"),
            ("acme.localhost:8000", "/enter/"),
        ],
    )
    def it_is_so_of_every_link_that_opens_something(
        self, browser: Browser, acme: BrandCard, host: str, before: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        assert browser.get(f"{before}s3cret/", headers={"host": host}).status_code in {404, 410}
        assert "/…/" in caplog.text
        assert "s3cret" not in caplog.text

    def it_wears_the_provider_without_a_brand(self, browser: Browser) -> None:
        answer = get(browser, invited("op@example.test", None))
        assert answer.context["brand"] is None
        assert "Operator" in answer.content.decode()


class DescribeSomebodyWhoSignsIn:
    def it_is_sent_to_the_sign_in_and_back(self, browser: Browser, outsider: Actor, acme: BrandCard) -> None:
        path = invited(outsider.email, acme)
        text = get(browser, path).content.decode()
        assert f"/accounts/login/?next={path.replace('/', '%2F')}" in text
        assert 'name="password"' not in text
        answer = browser.sign_in(outsider.email, following=path)
        assert answer["Location"] == path
        assert "You are signed in as" in get(browser, path).content.decode()
        assert post(browser, path)["Location"] == "/"
        assert Membership.objects.filter(user_id=outsider.user_id, brand_id=acme.id).exists()

    def it_cannot_be_made_anew(self, browser: Browser, outsider: Actor, acme: BrandCard) -> None:
        answer = post(browser, invited(outsider.email, acme), NEW)
        assert answer.status_code == 422
        assert User.objects.get(email=outsider.email).name != NEW["name"]

    def it_is_told_when_it_is_for_another(self, browser: Browser, outsider: Actor, acme: BrandCard) -> None:
        path = invited("lena@example.test", acme)
        browser.sign_in(outsider.email)
        for answer in (get(browser, path), post(browser, path)):
            assert answer.status_code == 403
            assert "another address" in answer.content.decode()
            assert "Sign out" in answer.content.decode()
        assert not Membership.objects.filter(user_id=outsider.user_id).exists()


class DescribeRefusal:
    def it_says_when_it_was_used(self, browser: Browser, acme: BrandCard) -> None:
        path = invited("lena@example.test", acme)
        post(Browser(), path, NEW)
        for answer in (get(browser, path), post(browser, path, NEW)):
            assert answer.status_code == 410
            assert "was accepted" in answer.content.decode()
            assert answer.context["brand"] == acme

    def it_says_when_it_has_expired(self, browser: Browser, acme: BrandCard) -> None:
        path = invited("lena@example.test", acme)
        Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        answer = get(browser, path)
        assert answer.status_code == 410
        assert "expired" in answer.content.decode()

    def it_says_when_it_was_withdrawn(self, browser: Browser, acme: BrandCard) -> None:
        path = invited("lena@example.test", acme)
        ref = Invitation.objects.get().ref
        invitations.withdraw(ref, brand_id=acme.id, actor="user:1", now=clock.now())
        answer = get(browser, path)
        assert answer.status_code == 410
        assert "withdrawn" in answer.content.decode()

    def it_knows_no_other(self, browser: Browser) -> None:
        assert get(browser, "/invitations/a-guess/").status_code == 404

    def it_is_not_on_a_brands_host(self, browser: Browser, acme: BrandCard) -> None:
        path = invited("lena@example.test", acme)
        assert browser.at(f"http://acme.localhost:8000{path}").status_code == 404

    def it_is_slowed_down(self, browser: Browser, acme: BrandCard, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(accepting, "PER_ADDRESS", 2)
        elsewhere = Browser(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
        answers = [get(elsewhere, "/invitations/a-guess/").status_code for _ in range(3)]
        assert answers == [404, 404, 429]
