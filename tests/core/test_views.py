"""What is said when something is not there or broke, who sees the style guide, parts and pages."""

from datetime import UTC, datetime

import pytest
from django.http import Http404, HttpResponse
from django.template import loader
from django.test import RequestFactory

from core import clock, views
from core.context import PRODUCT, theme_of
from core.http import render_part, with_toast
from tests.design.pages import AMARA, NORTHWIND, request


class Htmx:
    boosted = False

    def __bool__(self) -> bool:
        return True


def it_names_the_product_on_the_providers_host_only() -> None:
    assert PRODUCT in views.not_found(request()).content.decode()
    page = views.not_found(request(host="northwind.localhost", brand=NORTHWIND)).content.decode()
    assert "Northwind Outdoors" in page
    assert PRODUCT not in page


def it_names_nobody_on_an_unknown_host() -> None:
    response = views.unknown_host(request(host="nobody.example"))
    assert response.status_code == 404
    assert PRODUCT not in response.content.decode()
    assert "Content-Security-Policy" in response.headers


def it_stands_a_malformed_host() -> None:
    assert views.unknown_host(request(host="bad host!")).status_code == 404


@pytest.mark.parametrize(
    ("view", "status"), [(views.not_found, 404), (views.forbidden, 403), (views.too_many, 429)]
)
def it_answers_in_words(view: object, status: int) -> None:
    response = view(request())  # type: ignore[operator]
    assert response.status_code == status
    assert "<h1>" in response.content.decode()


def it_gives_a_failure_a_reference_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = views.failed(request("/x/"))
    reference = caplog.messages[0].split("reference ")[1].split(":")[0]
    assert response.status_code == 500
    assert reference in response.content.decode()


def it_says_so_even_when_the_page_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no templates today")

    monkeypatch.setattr(loader, "get_template", broken)
    response = views.failed(request())
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/plain")


def it_shows_the_style_guide_in_a_demo_and_to_operators(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    settings.DEMO = True  # type: ignore[attr-defined]
    assert views.styleguide(request()).status_code == 200
    with pytest.raises(Http404):
        views.styleguide(request(brand=NORTHWIND))
    settings.DEMO = False  # type: ignore[attr-defined]
    assert views.styleguide(request(actor=AMARA)).status_code == 200
    with pytest.raises(Http404):
        views.styleguide(request())
    with pytest.raises(Http404):
        views.styleguide(request(actor=AMARA), "nothing")


def it_answers_the_health_check() -> None:
    assert views.healthz(request()).content == b"ok\n"


def it_gives_htmx_the_part_and_everybody_else_the_page() -> None:
    asked = request()
    assert "<html" in render_part(asked, "404.html", "elements/logo.html").content.decode()
    asked.htmx = Htmx()  # type: ignore[attr-defined]
    part = render_part(asked, "404.html", "elements/logo.html", status=422)
    assert "<html" not in part.content.decode()
    assert part.status_code == 422
    assert "HX-Request" in part["Vary"]


def it_adds_a_toast_to_what_is_triggered_already() -> None:
    response = with_toast(HttpResponse(headers={"HX-Trigger": '{"moved": 1}'}), "Note added.", "good")
    assert response["HX-Trigger"] == '{"moved": 1, "toast": {"text": "Note added.", "kind": "good"}}'


@pytest.mark.parametrize(("cookie", "profile", "theme"), [
    ("", "", ""), ("", "dark", "dark"), ("light", "dark", "light"), ("system", "dark", ""), ("<b>", "", ""),
])  # fmt: skip
def it_takes_the_theme_of_the_device_before_the_profiles(cookie: str, profile: str, theme: str) -> None:
    asked = RequestFactory().get("/")
    asked.COOKIES["theme"] = cookie
    asked.actor = type("Someone", (), {"theme": profile})  # type: ignore[attr-defined]
    assert theme_of(asked) == theme
