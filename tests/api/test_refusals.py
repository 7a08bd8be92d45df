"""Every endpoint of both hosts, called with keys that are not good for it. Generated from the addresses."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import URLPattern

from accounts.keys.actions import forget_brand
from accounts.keys.models import ApiKey
from accounts.keys.scopes import scopes_for
from config.api import BRANDS_OWN, PROVIDER
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.api.conftest import Make, Program, expire, host_of, revoke
from tests.architecture.test_urls import addresses

METHODS = ("get", "post", "put", "delete")
ANY_KEY = ("schema", "absent")


def endpoints(patterns: list[URLPattern]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (method, route, the view's scopes) of each endpoint."""
    for pattern in patterns:
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        for method, scope in view.scopes.items():
            if pattern.name not in ANY_KEY:
                yield method.lower(), str(pattern.pattern), scope


ON_PROVIDER, ON_BRAND = list(endpoints(PROVIDER)), list(endpoints(BRANDS_OWN))
EVERY = [(True, *one) for one in ON_PROVIDER] + [(False, *one) for one in ON_BRAND]


def filled(route: str, ref: Any) -> str:
    route = route.replace("<uuid:ref>", str(ref)).replace("<uuid:brand_ref>", str(ref))
    route = route.replace("<int:seat_id>", "1").replace("<slug:step>", "brand")
    return re.sub("<uuid:(target|rule|inbox)_ref>", lambda _name: str(uuid4()), route)


def call(program: Program, method: str, path: str) -> Any:
    return getattr(program, method)(path)


def check(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    return said


@pytest.mark.parametrize(("provider", "method", "route", "scope"), EVERY)
class DescribeEndpoint:
    def it_refuses_keys_that_are_not_good(
        self, program: Make, acme: BrandCard, globex: BrandCard,
        provider: bool, method: str, route: str, scope: str,
    ) -> None:  # fmt: skip
        own = None if provider else acme
        host, path = host_of(own), filled(route, acme.ref)
        over, ended = program(own), program(own)
        expire(over)
        revoke(ended)
        others = [program(globex, host=host), program(acme if provider else None, host=host)]
        bad = [Program("", host), Program("ak_guessed", host), over, ended, *others]
        words = {check(call(one, method, path), 401)["detail"] for one in bad[1:]}
        assert words == {"This key opens nothing here."}
        assert check(call(bad[0], method, path), 401)["code"] == "not_authenticated"
        assert call(bad[0], method, path).headers["WWW-Authenticate"].startswith("Bearer")

    def it_refuses_a_key_without_the_scope(
        self, program: Make, acme: BrandCard, provider: bool, method: str, route: str, scope: str
    ) -> None:
        own = None if provider else acme
        others = [one for one in scopes_for(own.id if own else None) if one != scope]
        answer = check(call(program(own, scopes=others), method, filled(route, acme.ref)), 403)
        assert scope in answer["detail"]

    def it_knows_no_brand_of_another_ref(
        self, program: Make, acme: BrandCard, provider: bool, method: str, route: str, scope: str
    ) -> None:
        if "<uuid:ref>" not in route:
            return
        body = {"email": "a@example.test", "role": "agent"} if "seats" in route and method == "post" else {}
        caller, path = program(), filled(route, uuid4())
        answer = caller.post(path, body) if method == "post" else call(caller, method, path)
        check(answer, 404)


@pytest.mark.parametrize("conf", ["provider", "brand"])
def it_is_every_address_below_the_api(conf: str, program: Make, acme: BrandCard) -> None:
    """Nobody, over every method of every route: a sign-in is asked for, whatever the route."""
    host = host_of(acme if conf == "brand" else None)
    routes = [route for route, _pattern in addresses(conf) if route.startswith("api/v1/")]
    assert len(routes) == len(PROVIDER if conf == "provider" else BRANDS_OWN)
    for route in routes:
        path = filled(route.removeprefix("api/v1/").replace("^.*$", "nothing/"), acme.ref)
        for method in METHODS:
            check(Program("", host).ask(method, path), 401)


class DescribeKey:
    def it_is_counted_as_used_by_the_hour(self, program: Make, acme: BrandCard) -> None:
        program(acme).get("brand/")
        used = ApiKey.objects.get().last_used_at
        assert used
        assert (used.minute, used.second, used.microsecond) == (0, 0, 0)

    def it_is_written_down_where_it_does_not_belong_once(
        self, program: Make, acme: BrandCard, globex: BrandCard
    ) -> None:
        stray = program(acme, host=host_of(globex))
        stray.get("brand/")
        stray.get("queues/")
        row = AuditRow.objects.get(verb="key.refused")
        assert (row.brand_id, row.reason) == (acme.id, "another host")
        assert stray.secret not in str(row.__dict__)

    def it_is_no_cookie_and_in_no_address(self, program: Make) -> None:
        secret = program().secret
        bare = Program("", "localhost:8000")
        assert bare.get("brands/", key=secret, access_token=secret).status_code == 401
        basic = bare.ask("get", "brands/", headers={"Authorization": f"Basic {secret}"})
        assert basic.status_code == 401

    def it_stands_in_no_log(
        self, program: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caller = program()
        monkeypatch.setattr("accounts.api.brands.card_of", lambda row: 1 / 0)
        said = check(caller.get("brands/"), 500)
        assert said["reference"] in caplog.text
        assert "ZeroDivisionError" in caplog.text
        assert "ZeroDivisionError" not in str(said)
        assert caller.secret not in caplog.text

    def it_goes_with_its_brand(self, program: Make, acme: BrandCard) -> None:
        program(acme)
        program()
        forget_brand(acme.id)
        assert [row.brand_id for row in ApiKey.objects.all()] == [None]


def it_is_served_on_known_hosts_alone(program: Make) -> None:
    assert program(host=f"nobody.{settings.BASE_HOST}").get("brands/").status_code == 404
