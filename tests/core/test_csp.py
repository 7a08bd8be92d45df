"""The policy on every answer, and how a view widens it."""

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.csp import HEADER, ContentSecurityPolicyMiddleware, policy
from tests.design.pages import NORTHWIND


def ask(host: str = "localhost:8000", *, brand: object = None, secure: bool = False) -> HttpRequest:
    made = RequestFactory().get("/", headers={"host": host}, secure=secure)
    made.brand = brand  # type: ignore[attr-defined]
    return made


def answer(response: HttpResponse, request: HttpRequest | None = None) -> HttpResponse:
    passed = ContentSecurityPolicyMiddleware(lambda _: response)(request or ask())
    assert isinstance(passed, HttpResponse)
    return passed


def it_runs_and_styles_nothing_but_our_files() -> None:
    found = policy(ask())
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"
    assert not any("unsafe" in sources for sources in found.values())


def it_reaches_the_live_server_of_the_same_name(settings: object) -> None:
    settings.LIVE_PORT = 8001  # type: ignore[attr-defined]
    assert policy(ask())["connect-src"] == "'self' ws://localhost:8001"
    assert policy(ask("acme.localhost:8000"))["connect-src"] == "'self' ws://acme.localhost:8001"
    assert policy(ask("acme.example", secure=True))["connect-src"] == "'self' wss://acme.example:8001"


def it_lets_a_form_lead_from_one_kind_of_host_to_the_other() -> None:
    assert policy(ask())["form-action"] == "'self' http://*.localhost:8000"
    assert (
        policy(ask("acme.localhost:8000", brand=NORTHWIND))["form-action"] == "'self' http://localhost:8000"
    )


def it_takes_a_views_changes_by_directive() -> None:
    response = HttpResponse(headers={"X-Frame-Options": "DENY"})
    response.csp = {"frame-ancestors": "https://shop.example"}  # type: ignore[attr-defined]
    passed = answer(response)
    assert "frame-ancestors https://shop.example" in passed.headers[HEADER]
    assert "script-src 'self';" in passed.headers[HEADER]
    assert "X-Frame-Options" not in passed.headers


def it_leaves_a_views_own_header_alone() -> None:
    assert (
        answer(HttpResponse(headers={HEADER: "default-src 'none'"})).headers[HEADER] == "default-src 'none'"
    )


def it_sets_the_neighbours() -> None:
    headers = answer(HttpResponse()).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]


def it_stands_a_malformed_host() -> None:
    assert policy(ask("bad host!"))["connect-src"] == "'self'"
