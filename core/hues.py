"""A client's look is one hue. The stylesheet gives each hue to the elements that name it by `data-hue`.

What is derived from it (text, soft fill, line, at fixed lightness) is written once, in static/css/tokens.css.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

PATH = "/t/brand.css"
MOST = 400
WANTED = re.compile(r"[0-9]{1,3}(,[0-9]{1,3})*")


def parse(text: str) -> tuple[int, ...] | None:
    """Read `148,62`: whole degrees 0-359, each once, ascending; None for anything else."""
    if not WANTED.fullmatch(text):
        return None
    hues = sorted({int(part) for part in text.split(",")})
    return tuple(hues) if len(hues) <= MOST and hues[-1] < 360 else None


def stylesheet(hues: Iterable[int]) -> str:
    return "".join(f'[data-hue="{hue}"]{{--bh:{hue}}}\n' for hue in hues)


def stylesheet_path(hues: Iterable[int]) -> str:
    """Return the address of those hues; it changes with the content, which may be kept for ever."""
    ordered = sorted({int(hue) % 360 for hue in hues})
    version = sha256(stylesheet(ordered).encode()).hexdigest()[:8]
    return f"{PATH}?h={','.join(map(str, ordered))}&v={version}"
