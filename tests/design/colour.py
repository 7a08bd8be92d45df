"""OKLCH to sRGB and the contrast of two colours, and the tokens of static/css/tokens.css by theme and hue.

Formulas: B. Ottosson, "A perceptual color space for image processing" (2020); WCAG 2.2, relative luminance.
"""

import math
import re
from dataclasses import dataclass

Rgb = tuple[float, float, float]

TOKEN = re.compile(r"(--[\w-]+)\s*:\s*([^;]+);")
OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+|var\(--bh, \d+\))(?: / [\d.]+)?\)$")
REFERENCE = re.compile(r"var\((--[\w-]+)\)$")
THEMES = ("light", "dark")


def srgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """Return linear sRGB, channels cut to 0..1 as browsers do for what sRGB cannot show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return _cut(red), _cut(green), _cut(blue)


def _cut(channel: float) -> float:
    return min(1.0, max(0.0, channel))


def luminance(colour: Rgb) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Rgb, other: Rgb) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def hexadecimal(colour: Rgb) -> str:
    coded = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in colour]
    return "#" + "".join(f"{round(c * 255):02x}" for c in coded)


@dataclass(frozen=True)
class Tokens:
    """The values of a stylesheet: `--name` -> what stands behind it, the first one written."""

    values: dict[str, str]

    @classmethod
    def read(cls, css: str) -> "Tokens":
        bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
        values: dict[str, str] = {}
        for name, value in TOKEN.findall(bare):
            values.setdefault(name, " ".join(value.split()))
        return cls(values)

    def colour(self, name: str, *, theme: str, hue: int = 0) -> Rgb:
        """Return the token's colour in that theme, for a brand of that hue."""
        value = self.values[name]
        if reference := REFERENCE.match(value):
            return self.colour(reference[1], theme=theme, hue=hue)
        found = OKLCH.match(_side(value, theme))
        if found is None:
            raise ValueError(f"{name}: {value}")
        angle = hue if found[3].startswith("var") else float(found[3])
        return srgb(float(found[1]) / 100, float(found[2]), angle)


def _side(value: str, theme: str) -> str:
    """Cut `light-dark(a, b)` at its outer comma."""
    if not value.startswith("light-dark("):
        return value
    inner, depth = value[len("light-dark(") : -1], 0
    for place, sign in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            return (inner[:place] if theme == "light" else inner[place + 1 :]).strip()
    raise ValueError(value)
