"""API keys in the console: made with the secret shown once, listed, revoked; by operators alone."""

import re
from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.keys.actions import create_key, digest_of
from accounts.keys.models import ApiKey
from core import clock
from core.ids import new_ref
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed

ADDRESS = "/clients/acme/keys/"
PROVIDER = "/keys/"
SECRET = re.compile(r"ak_[a-z0-9]{10}_[\w-]{43}")


@pytest.fixture
def browser(signed: Signed, op: Actor, acme: BrandCard) -> Browser:
    return signed(op)


@pytest.fixture
def key(db: None, acme: BrandCard) -> ApiKey:
    made = create_key("Warehouse", scopes=["brand:read"], brand_id=acme.id, actor="test", now=clock.now())
    return ApiKey.objects.get(ref=made.ref)


def form(**other: Any) -> dict[str, Any]:
    filled = {
        "name": "Data lake",
        "days": "30",
        "scopes": ["brand:read", "setup:read"],
        "call": str(new_ref()),
    }
    return filled | other


class DescribeKeys:
    def it_says_when_there_is_none(self, browser: Browser) -> None:
        assert "No key yet" in browser.get(ADDRESS).content.decode()
        assert "No key yet" in browser.get(PROVIDER).content.decode()

    def it_lists_them_without_any_secret(self, browser: Browser, key: ApiKey) -> None:
        text = browser.get(ADDRESS).content.decode()
        assert key.prefix in text
        assert "brand:read" in text
        assert key.digest not in text
        assert not SECRET.search(text)

    def it_shows_nothing_of_another_client(self, browser: Browser, key: ApiKey, globex: BrandCard) -> None:
        for address in ("/clients/globex/keys/", PROVIDER):
            assert key.prefix not in browser.get(address).content.decode()

    def it_marks_what_has_ended(self, browser: Browser, key: ApiKey) -> None:
        past = clock.now() - timedelta(days=1)
        ApiKey.objects.update(created_at=past - timedelta(days=1), expires_at=past)
        assert "Expired" in browser.get(ADDRESS).content.decode()
        ApiKey.objects.update(revoked_at=clock.now())
        assert "Revoked" in browser.get(ADDRESS).content.decode()

    def it_costs_the_same_for_many(
        self, browser: Browser, acme: BrandCard, op: Actor, django_assert_max_num_queries: Any
    ) -> None:
        for _place in range(10):
            create_key(
                "K", scopes=["brand:read"], brand_id=acme.id, created_by=op.user_id, actor="test",
                now=clock.now(),
            )  # fmt: skip
        browser.get(ADDRESS)
        with django_assert_max_num_queries(8):
            browser.get(ADDRESS)


class DescribeMaking:
    @pytest.mark.parametrize(
        ("address", "scopes"), [(ADDRESS, ["brand:read"]), (PROVIDER, ["brands:read", "brands:write"])]
    )
    def it_shows_the_secret_once(self, browser: Browser, op: Actor, address: str, scopes: list[str]) -> None:
        answer = browser.post(address, form(scopes=scopes))
        assert answer.status_code == 201
        assert "no-store" in answer.headers["Cache-Control"]
        found = SECRET.search(answer.content.decode())
        assert found
        row = ApiKey.objects.get()
        assert (row.digest, row.scopes, row.created_by_id) == (digest_of(found[0]), scopes, op.user_id)
        assert row.expires_at
        assert not SECRET.search(browser.get(address).content.decode())
        assert found[0] not in str(AuditRow.objects.get(verb="key.created").__dict__)

    def it_makes_one_of_a_form_that_is_sent_twice(self, browser: Browser) -> None:
        filled = form()
        browser.post(ADDRESS, filled)
        again = browser.post(ADDRESS, filled)
        assert again.status_code == 303
        assert "made already" in browser.get(again["Location"]).content.decode()
        assert ApiKey.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"name": ""}, "This field is required"),
            ({"name": "two\nlines"}, "Write it in one line"),
            ({"scopes": []}, "Choose at least one"),
            ({"scopes": ["brands:write"]}, "brands:write is not one of"),
            ({"days": "7"}, "7 is not one of"),
            ({"call": "x"}, "Load this page again"),
        ],
    )
    def it_refuses_bad_input(self, browser: Browser, wrong: dict[str, Any], words: str) -> None:
        answer = browser.post(ADDRESS, form(**wrong))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not ApiKey.objects.exists()

    def it_refuses_more_than_anybody_keeps_in_sight(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch, key: ApiKey
    ) -> None:
        monkeypatch.setattr("accounts.keys.actions.MOST_GOOD", 1)
        answer = browser.post(ADDRESS, form())
        assert answer.status_code == 422
        assert "Revoke one first" in answer.content.decode()

    def it_makes_one_without_an_end(self, browser: Browser) -> None:
        browser.post(ADDRESS, form(days=""))
        assert ApiKey.objects.get().expires_at is None


class DescribeRevoking:
    def it_ends_the_key(self, browser: Browser, key: ApiKey, op: Actor, acme: BrandCard) -> None:
        answer = browser.post(f"{ADDRESS}{key.ref}/revocation/")
        assert "opens nothing any more" in browser.get(answer["Location"]).content.decode()
        assert ApiKey.objects.get().revoked_at
        row = AuditRow.objects.get(verb="key.revoked")
        assert (row.actor, row.brand_id) == (op.who, acme.id)

    def it_says_when_that_was_done_meanwhile(self, browser: Browser, key: ApiKey) -> None:
        browser.post(f"{ADDRESS}{key.ref}/revocation/")
        answer = browser.post(f"{ADDRESS}{key.ref}/revocation/")
        assert "revoked meanwhile" in browser.get(answer["Location"]).content.decode()

    def it_is_absent_at_another_client(self, browser: Browser, key: ApiKey, globex: BrandCard) -> None:
        for address in (
            f"/clients/globex/keys/{key.ref}/",
            f"{PROVIDER}{key.ref}/",
            f"{ADDRESS}{new_ref()}/",
        ):
            assert browser.post(f"{address}revocation/").status_code == 404
        assert ApiKey.objects.get().revoked_at is None

    def it_changes_nothing_by_a_link(self, browser: Browser, key: ApiKey) -> None:
        assert browser.get(f"{ADDRESS}{key.ref}/revocation/").status_code == 405


@pytest.mark.parametrize("who", ["ada", "cy", "outsider"])
def it_hides_from_others(signed: Signed, request: pytest.FixtureRequest, key: ApiKey, who: str) -> None:
    other = signed(request.getfixturevalue(who))
    for address in (ADDRESS, PROVIDER):
        assert other.get(address).status_code == 404
        assert other.post(address, form()).status_code == 404
        assert other.post(f"{address}{key.ref}/revocation/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
