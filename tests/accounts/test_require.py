"""Who may open a page, and what everybody else is told."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.access import require, require_user
from accounts.actor import Actor, Seat
from accounts.choices import Role
from core.errors import NotFound

ACME = SimpleNamespace(id=7, slug="acme")
AGENT = Actor(1, "ada@example.test", "Ada", (Seat(7, Role.AGENT),))
MANAGER = Actor(2, "cy@example.test", "Cy", (Seat(9, Role.MANAGER),))
OPERATOR = Actor(3, "op@example.test", "Op", (Seat(None, Role.OPERATOR),))


@require(Role.AGENT)
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@require(Role.OPERATOR)
def console(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@require(Role.AGENT, Role.MANAGER)
def either(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


@require_user
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def ask(actor: Actor | None, brand: Any = None, *, method: str = "get", htmx: str | None = None) -> Any:
    host = f"{brand.slug}.localhost:8000" if brand else "localhost:8000"
    request: Any = getattr(RequestFactory(), method)("/some/page/?q=1", headers={"host": host})
    request.actor, request.brand = actor, brand
    request.htmx = SimpleNamespace(current_url_abs_path=htmx) if htmx else False
    return request


@pytest.mark.parametrize(
    ("view", "actor", "brand"),
    [
        (desk, AGENT, None),
        (desk, AGENT, ACME),
        (console, OPERATOR, None),
        (either, MANAGER, None),
        (anybody, MANAGER, ACME),
    ],
)
def it_lets_the_role_in(view: Any, actor: Actor, brand: Any) -> None:
    assert view(ask(actor, brand)).content == b"in"


@pytest.mark.parametrize(
    ("view", "actor", "brand"),
    [(desk, MANAGER, None), (desk, OPERATOR, None), (console, AGENT, None), (either, MANAGER, ACME)],
)
def it_shows_nothing_to_another_role(db: None, view: Any, actor: Actor, brand: Any) -> None:
    with pytest.raises(NotFound):
        view(ask(actor, brand))


@pytest.mark.parametrize("view", [desk, console, either, anybody])
class DescribeNobody:
    def it_goes_to_the_sign_in_and_back(self, view: Any) -> None:
        answer = view(ask(None))
        assert (answer.status_code, answer["Location"]) == (
            302,
            "/accounts/login/?next=%2Fsome%2Fpage%2F%3Fq%3D1",
        )

    def it_goes_by_the_hand_off_from_a_brands_host(self, view: Any) -> None:
        answer = view(ask(None, ACME))
        assert answer["Location"].startswith(
            "http://localhost:8000/accounts/login/?next=%2Fhandoff%2Facme%2F%3Fnext%3D%252Fsome"
        )

    def it_tells_a_script_where_without_losing_the_page(self, view: Any) -> None:
        answer = view(ask(None, method="post", htmx="/desk/acme/"))
        assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/?next=%2Fdesk%2Facme%2F")

    def it_never_comes_back_to_a_command(self, view: Any) -> None:
        answer = view(ask(None, method="post"))
        assert answer.status_code == 401
        assert "Location" not in answer
