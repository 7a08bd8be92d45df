"""A brand's logo inside its mails: part of the mail, so nothing is loaded and nobody learns who reads.

Mail programs show no SVG; a brand whose logo is one has its letter on its hue there.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from core.lazy import LazyModule
from tenants.binding import LABOUR, Bound
from tenants.choices import LogoKind
from tenants.look.models import BrandLogo
from tenants.values import BrandCard

Image: Any = LazyModule("PIL.Image")
HIGH, WIDE = 40, 160  # pixels as shown
SHARP = 2  # pixels of the picture for each of those
CID = re.compile(r"cid:(logo\.([0-9a-f]{64})@[\w.-]+)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo as a mail carries it: `width` and `height` as shown, `body` a PNG."""

    width: int
    height: int
    body: bytes

    @property
    def data_url(self) -> str:
        return f"data:image/png;base64,{b64encode(self.body).decode()}"


def picture_of(brand_id: int | None, digest: str) -> Picture | None:
    """Return the brand's logo of that digest; None if there is none any more, or it is no bitmap."""
    if not digest or brand_id is None:
        return None
    with Bound(LABOUR):
        rows = BrandLogo.objects.filter(brand_id=brand_id, digest=digest, kind=LogoKind.PNG)
        body = rows.values_list("body", flat=True).first()
    return _small(bytes(body)) if body else None


def source_of(brand: BrandCard, domain: str) -> str:
    """Return what an `img` of the brand's mails has for its source."""
    return f"cid:logo.{brand.logo}@{domain}"


def pictures_in(html: str, brand_id: int | None) -> dict[str, Picture]:
    """Return {content id: picture} of what the mail's HTML shows."""
    found = {cid: picture_of(brand_id, digest) for cid, digest in CID.findall(html)}
    return {cid: picture for cid, picture in found.items() if picture}


def with_pictures(html: str, brand_id: int | None) -> str:
    """Return the HTML with its pictures in it, for a page that shows the mail."""
    for cid, picture in pictures_in(html, brand_id).items():
        html = html.replace(f"cid:{cid}", picture.data_url)
    return html


@lru_cache(maxsize=64)
def _small(body: bytes) -> Picture:
    image = Image.open(BytesIO(body), formats=["PNG"])
    image.thumbnail((WIDE * SHARP, HIGH * SHARP))
    scale = min(WIDE / image.width, HIGH / image.height, 1)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return Picture(max(1, round(image.width * scale)), max(1, round(image.height * scale)), out.getvalue())
