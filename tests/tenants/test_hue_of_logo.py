"""The hue that a logo suggests: of the strongest colour, as the stylesheet counts hues."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from tenants.look.hue import hue_of, strongest
from tenants.look.logos import read_logo
from tests.white.test_logos import bitmap, svg


@pytest.mark.parametrize(
    ("colour", "hue"),
    [
        ((255, 0, 0), 29), ((0, 255, 0), 142), ((0, 0, 255), 264), ((255, 255, 0), 110),
        ((0, 255, 255), 195), ((255, 0, 255), 328),
    ],
)  # fmt: skip
def it_is_the_hue_of_oklch(colour: tuple[int, int, int], hue: int) -> None:
    assert strongest([(1, colour)]) == hue


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (120, 124, 128)])
def it_is_none_without_colour(colour: tuple[int, int, int]) -> None:
    assert strongest([(9, colour)]) is None


def it_weighs_how_much_there_is_and_how_strong_it_is() -> None:
    assert strongest([(90, (128, 128, 128)), (2, (0, 0, 255)), (1, (255, 0, 0))]) == 264
    assert strongest([(9, (122, 110, 110)), (8, (0, 0, 255))]) == 264


def it_reads_pictures_and_passes_over_what_is_seen_through() -> None:
    image = Image.new("RGBA", (80, 80), (0, 160, 60, 0))
    ImageDraw.Draw(image).rectangle((20, 20, 60, 60), fill=(0, 0, 255, 255))
    out = BytesIO()
    image.save(out, "PNG")
    assert hue_of(read_logo(out.getvalue())) == 264
    assert hue_of(read_logo(bitmap())) == 28


@pytest.mark.parametrize(
    ("inner", "hue"),
    [
        ('<path d="M0 0h10v10z" fill="#00f"/><path d="M0 0h1v1z" fill="#222"/>', 264),
        ('<path d="M0 0h10v10z" style="fill: blue"/><rect width="2" height="2" fill="none"/>', 264),
        ('<rect width="2" height="2" fill="rgb(0, 0, 255)" stroke="currentColor"/>', 264),
        ('<rect width="2" height="2" fill="#000"/>', None),
        ('<rect width="2" height="2"/>', None),
    ],
)
def it_reads_drawings(inner: str, hue: int | None) -> None:
    assert hue_of(read_logo(svg(inner))) == hue
