"""A logo as uploaded becomes one that can be served to anybody: a PNG of our own making, or a plain SVG.

A bitmap is decoded and encoded anew, which leaves nothing of the file but its pixels. An SVG is built anew
from the elements and attributes listed here; what could run, load or hide something is refused by name.
"""

import hashlib
import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from core.lazy import LazyModule
from tenants.choices import LogoKind

PIL: Any = LazyModule("PIL")
Image: Any = LazyModule("PIL.Image")
ImageOps: Any = LazyModule("PIL.ImageOps")
MOST_BYTES = 512 * 1024
MOST_PIXELS = 2000  # on either side
SHOWN_PIXELS = 512
FORMATS = ("PNG", "JPEG", "WEBP")
SVG = "http://www.w3.org/2000/svg"
MOST_ELEMENTS = 4000
DEEPEST = 40
ELEMENTS = frozenset({
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask",
})  # fmt: skip
PAINT = frozenset({
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color",
    "stop-color", "stop-opacity", "clip-path", "clip-rule", "mask", "display", "visibility",
})  # fmt: skip
SHAPE = frozenset({
    "id", "viewBox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "fx",
    "fy", "d", "points", "transform", "offset", "gradientUnits", "gradientTransform", "spreadMethod",
    "clipPathUnits", "maskUnits", "maskContentUnits", "preserveAspectRatio", "pathLength", "vector-effect",
})  # fmt: skip
DROPPED = frozenset(
    {"style", "class", "version", "baseProfile", "enable-background", "role", "lang", "xmlns"}
)
"""Attributes that are left out; of `style` what paints is kept."""
LOCAL_URL = re.compile(r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
ALIEN = re.compile(r"url\s*\(|[\\<>&]|script:|data:|//|@import|expression", re.IGNORECASE)

ET.register_namespace("", SVG)


class BadLogo(RoomError):
    """The file can be no logo; the message says why."""

    status = 422
    code = "logo"


@dataclass(frozen=True, slots=True)
class Logo:
    """`body` is what is served, `digest` its SHA-256 in hex."""

    kind: str
    body: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def read_logo(data: bytes) -> Logo:
    """Return the uploaded file as a logo. Raises BadLogo."""
    if not data:
        raise BadLogo(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise BadLogo(_("The file is larger than 512 KB. Save a smaller one."))
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return Logo(LogoKind.SVG, _plain_svg(data))
    return Logo(LogoKind.PNG, _png(data))


def _png(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            image = Image.open(BytesIO(data), formats=FORMATS)
            _check_size(image)
            image.load()
            return _encoded(image)
    except (PIL.UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadLogo(_("This is no picture we can read. Use PNG, JPEG, WebP or SVG.")) from None
    except (OSError, ValueError, SyntaxError, MemoryError):
        raise BadLogo(_("This picture is damaged: it cannot be read to its end.")) from None


def _check_size(image: Any) -> None:
    if max(image.size) > MOST_PIXELS:
        words = _("The picture is %(width)d x %(height)d pixels. At most 2000 on either side.")
        raise BadLogo(words % {"width": image.width, "height": image.height})


def _encoded(image: Any) -> bytes:
    """Encode the first frame anew, upright, no larger than it is shown; no colour profile, no words."""
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright)
    out = BytesIO()
    plain.save(out, "PNG", optimize=True)
    return out.getvalue()


def _plain_svg(data: bytes) -> bytes:
    root = _parsed(data)
    if root.tag != f"{{{SVG}}}svg":
        raise BadLogo(_("This is no picture we can read. Use PNG, JPEG, WebP or SVG."))
    if sum(1 for _each in root.iter()) > MOST_ELEMENTS:
        raise BadLogo(_("This drawing has too many parts. Simplify it, or save it as PNG."))
    made = _rebuilt(root, DEEPEST)
    named = set(made.attrib) if made is not None else set()
    if made is None or not ("viewBox" in named or {"width", "height"} <= named):
        raise BadLogo(_("This drawing does not say how large it is: it needs a viewBox."))
    return bytes(ET.tostring(made, encoding="utf-8"))


def _parsed(data: bytes) -> ET.Element:
    """Parse it as UTF-8 without a document type: no entity, no other encoding gets to the parser."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadLogo(_("This drawing is not saved as UTF-8.")) from None
    if re.search(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", text, re.IGNORECASE):
        raise _refused("DOCTYPE")
    try:
        return ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - no DTD gets this far
    except (ET.ParseError, ValueError, RecursionError):
        raise BadLogo(_("This picture is damaged: it cannot be read to its end.")) from None


def _rebuilt(element: ET.Element, depth: int) -> ET.Element | None:
    """Return a copy of what is listed; None for what belongs to a drawing program. Raises BadLogo."""
    space, name = _split(element.tag)
    if space != SVG or name == "metadata":
        return None
    if name not in ELEMENTS or depth == 0:
        raise _refused(name)
    made = ET.Element(f"{{{SVG}}}{name}", dict(_attributes(element)))
    if name in {"title", "desc"}:
        made.text = element.text
    for child in element:
        if (kept := _rebuilt(child, depth - 1)) is not None:
            made.append(kept)
    return made


def _attributes(element: ET.Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for full, value in element.attrib.items():
        space, name = _split(full)
        if name == "href":
            if not value.startswith("#"):
                raise _refused("href")
            if space in ("", "http://www.w3.org/1999/xlink"):
                kept["href"] = value
        elif space:
            continue  # a drawing program's own
        elif name in SHAPE or name in PAINT:
            kept[name] = _harmless(name, value)
        elif not (name in DROPPED or name.startswith(("data-", "aria-"))):
            raise _refused(name)
    return kept | _styled(element.get("style", ""))


def _styled(style: str) -> dict[str, str]:
    """Return what a style attribute paints, as attributes."""
    pairs = (part.partition(":") for part in style.split(";"))
    said = {name.strip(): value.strip() for name, _colon, value in pairs}
    return {name: _harmless(name, value) for name, value in said.items() if name in PAINT}


def _harmless(name: str, value: str) -> str:
    """Return the value; refuse one that leads out of the file or is more than a value."""
    if ALIEN.search(LOCAL_URL.sub("", value)):
        raise _refused(name)
    return value


def _split(tag: Any) -> tuple[str, str]:
    """Return (namespace, name); a comment or an instruction has neither."""
    if not isinstance(tag, str):
        return "", ""
    space, brace, name = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return space, name


def _refused(name: str) -> BadLogo:
    words = _("This drawing holds “%(name)s”, which we do not serve. Save it as plain SVG, or as PNG.")
    return BadLogo(words % {"name": name[:40]})
