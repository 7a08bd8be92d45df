"""The stylesheet that gives brands their hue."""

import pytest
from django.test import RequestFactory

from core import hues, views


@pytest.mark.parametrize(("text", "found"), [("148", (148,)), ("148,62,148", (62, 148)), ("0,359", (0, 359))])
def it_reads_whole_degrees(text: str, found: tuple[int, ...]) -> None:
    assert hues.parse(text) == found


@pytest.mark.parametrize(
    "text", ["", "360", "-1", "1.5", "a", "148,", "148;62", "１", "1}body{", "9999", "1," * 400 + "1x"]
)
def it_reads_nothing_else(text: str) -> None:
    assert hues.parse(text) is None


def it_answers_with_a_stylesheet_to_keep_for_ever() -> None:
    response = views.brand_css(RequestFactory().get(hues.stylesheet_path([148, 62])))
    assert response.content.decode() == '[data-hue="62"]{--bh:62}\n[data-hue="148"]{--bh:148}\n'
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]


def it_refuses_anything_else() -> None:
    assert views.brand_css(RequestFactory().get("/t/brand.css?h=400")).status_code == 400
    assert views.brand_css(RequestFactory().get("/t/brand.css")).status_code == 400
    assert views.brand_css(RequestFactory().post("/t/brand.css?h=1")).status_code == 405


def it_has_one_address_per_set_of_hues() -> None:
    assert hues.stylesheet_path([62, 148]) == hues.stylesheet_path([148, 62, 148])
    assert hues.stylesheet_path([62]) != hues.stylesheet_path([63])


def it_draws_a_mark_that_cannot_carry_markup() -> None:
    drawn = views.mark(RequestFactory().get("/t/mark.svg", {"t": "<", "h": "148"}))
    assert drawn["Content-Type"] == "image/svg+xml"
    assert b"&lt;</text>" in drawn.content
    assert views.mark(RequestFactory().get("/t/mark.svg", {"t": "N", "h": "1,2"})).status_code == 400
