"""The hue that a picture suggests: that of its strongest colour, in degrees of OKLCH as the stylesheet's are.

Only the hue is taken. Lightness and chroma are the tokens' (static/css/tokens.css), so contrast holds
for any.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

from core.lazy import LazyModule
from tenants.choices import LogoKind
from tenants.look.logos import Logo

Image: Any = LazyModule("PIL.Image")
ImageColor: Any = LazyModule("PIL.ImageColor")
LOOKED_AT = (48, 48)
OPAQUE = 128
GREY = 0.04  # chroma below which a colour has no hue worth naming
SECTOR = 20  # degrees
PAINTED = re.compile(
    r"(?:fill|stroke|stop-color|color)=\"\s*(#[0-9a-fA-F]{3,8}|rgb\([^)\"]*\)|hsl\([^)\"]*\)|[a-zA-Z]{3,20})\s*\""
)
Colour = tuple[int, int, int]


def hue_of(logo: Logo) -> int | None:
    """Return the suggested hue, 0 to 359; None for a picture without colour."""
    colours = _painted(logo.body) if logo.kind == LogoKind.SVG else _pixels(logo.body)
    return strongest(colours)


def strongest(colours: Iterable[tuple[int, Colour]]) -> int | None:
    """Return the hue of most weight among (how much of it, sRGB colour): amount times chroma, by sectors."""
    sectors: dict[int, list[tuple[float, float]]] = {}
    for amount, colour in colours:
        chroma, hue = _chroma_and_hue(colour)
        if chroma >= GREY:
            sectors.setdefault(int(hue // SECTOR), []).append((amount * chroma, hue))
    if not sectors:
        return None
    best = max(sectors, key=lambda one: (sum(weight for weight, _hue in sectors[one]), -one))
    return _mean(sectors[best])


def _mean(weighted: list[tuple[float, float]]) -> int:
    across = sum(weight * cos(radians(hue)) for weight, hue in weighted)
    up = sum(weight * sin(radians(hue)) for weight, hue in weighted)
    return round(degrees(atan2(up, across))) % 360


def _pixels(body: bytes) -> Iterable[tuple[int, Colour]]:
    """The picture made small; what is seen through does not count."""
    image = Image.open(BytesIO(body), formats=["PNG"]).convert("RGBA")
    image.thumbnail(LOOKED_AT)
    counted = image.getcolors(LOOKED_AT[0] * LOOKED_AT[1]) or []
    return [(count, colour[:3]) for count, colour in counted if colour[3] >= OPAQUE]


def _painted(body: bytes) -> Iterable[tuple[int, Colour]]:
    """Each colour that the drawing names, once for each time."""
    found = []
    for name in PAINTED.findall(body.decode()):
        try:
            found.append((1, ImageColor.getrgb(name)[:3]))
        except ValueError:  # none, currentColor, inherit
            continue
    return found


def _chroma_and_hue(colour: Colour) -> tuple[float, float]:
    """sRGB to OKLCH without its lightness (Ottosson, "A perceptual color space for image processing")."""
    red, green, blue = (_linear(part / 255) for part in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
