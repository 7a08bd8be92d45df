"""The look of a mail: inline styles and colours as mail programs understand them.

They know neither our stylesheets nor OKLCH. The hue's colours are those of static/css/tokens.css (light),
with the same fixed lightness, so that contrast holds for every hue.
Formula: B. Ottosson, "A perceptual color space for image processing" (2020).
"""

import math
from functools import lru_cache

FONT = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
PROVIDER_HUE = 196
INK, INK_2, LINE, CANVAS, SURFACE = "#161d26", "#55606c", "#dfe4e8", "#f4f6f7", "#ffffff"


@lru_cache(maxsize=512)
def styles(hue: int) -> dict[str, str]:
    """Return the inline style of each part of a mail in that hue (degrees)."""
    strong, soft = colour(0.50, 0.13, hue), colour(0.96, 0.025, hue)
    text = f"font-family:{FONT};color:{INK};font-size:16px;line-height:1.5"
    return {
        "body": f"margin:0;padding:0;background:{CANVAS};{text}",
        "canvas": f"width:100%;background:{CANVAS};padding:24px 12px",
        "card": f"width:100%;max-width:560px;margin:0 auto;background:{SURFACE};border:1px solid {LINE};"
        f"border-radius:12px;border-top:4px solid {strong}",
        "head": "padding:24px 28px 0",
        "name": f"{text};font-weight:700;color:{strong}",
        "logo": "padding:0 12px 0 0",
        "picture": "display:block;border:0",
        "gap": "width:12px;font-size:0;line-height:0",
        "tile": f"width:40px;height:40px;border-radius:8px;background:{strong};color:#ffffff;"
        f"font-family:{FONT};font-size:20px;line-height:40px;font-weight:700;text-align:center",
        "main": f"padding:12px 28px 28px;{text}",
        "title": f"margin:0 0 12px;{text};font-size:22px;line-height:1.3;font-weight:700",
        "p": f"margin:0 0 16px;{text}",
        "button": f"display:inline-block;padding:12px 20px;border-radius:8px;background:{strong};"
        f"color:#ffffff;font-family:{FONT};font-size:16px;font-weight:600;text-decoration:none",
        "box": f"margin:0 0 16px;padding:12px 16px;border-radius:8px;background:{soft};{text}",
        "small": f"margin:16px 0 0;font-family:{FONT};font-size:13px;line-height:1.5;color:{INK_2};"
        "overflow-wrap:anywhere",
        "foot": f"padding:16px 28px 20px;border-top:1px solid {LINE};font-family:{FONT};font-size:13px;"
        f"line-height:1.5;color:{INK_2}",
        "link": f"color:{strong}",
        "sheet": "width:100%;margin:0 0 16px;border-collapse:collapse",
        "cell": f"padding:8px 0;border-bottom:1px solid {LINE};text-align:left;font-weight:400;{text};"
        "font-size:15px",
        "figure": f"padding:8px 0 8px 12px;border-bottom:1px solid {LINE};text-align:right;font-weight:700;"
        f"white-space:nowrap;{text};font-size:15px",
        "fine": f"font-size:13px;color:{INK_2}",
        "wide": "display:block;width:100%;height:auto;border:0;margin:0 0 16px",
        "envelope": f"margin:0;padding:12px 16px;border-bottom:1px solid {LINE};background:{SURFACE};"
        f"font-family:{FONT};color:{INK};font-size:13px;line-height:1.6;overflow-wrap:anywhere",
    }


def colour(lightness: float, chroma: float, hue: float) -> str:
    """Return an OKLCH colour as #rrggbb; channels that sRGB cannot show are cut, as browsers do."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_byte(channel):02x}" for channel in linear)


def _byte(channel: float) -> int:
    """Turn a linear channel into one of sRGB, 0-255."""
    cut = min(1.0, max(0.0, channel))
    return round(255 * (12.92 * cut if cut <= 0.0031308 else 1.055 * cut ** (1 / 2.4) - 0.055))
