"""Logos: what is a picture, what is none, and what a drawing may not hold."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tenants.look.logos import MOST_BYTES, BadLogo, read_logo

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"{}>{}</svg>'


def bitmap(kind: str = "PNG", size: tuple[int, int] = (20, 10), **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def svg(inner: str = '<path d="M0 0h10v10z" fill="#c00"/>', attributes: str = "") -> bytes:
    return SVG.format(attributes, inner).encode()


class DescribeBitmaps:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def it_becomes_a_png(self, kind: str) -> None:
        logo = read_logo(bitmap(kind))
        assert logo.kind == "png"
        made = Image.open(BytesIO(logo.body))
        assert (made.format, made.size) == ("PNG", (20, 10))

    def it_keeps_no_words_and_no_place(self) -> None:
        exif, text = Image.Exif(), PngImagePlugin.PngInfo()
        exif[0x010E] = "secret place"
        text.add_text("Comment", "secret place")
        for data in (bitmap("JPEG", exif=exif), bitmap("PNG", pnginfo=text)):
            assert b"secret" in data
            made = read_logo(data).body
            assert b"secret" not in made
            assert Image.open(BytesIO(made)).info == {}

    def it_stands_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        assert Image.open(BytesIO(read_logo(bitmap("JPEG", exif=exif)).body)).size == (10, 20)

    def it_is_no_larger_than_it_is_shown(self) -> None:
        assert Image.open(BytesIO(read_logo(bitmap(size=(2000, 1000))).body)).size == (512, 256)

    def it_is_the_same_each_time(self) -> None:
        assert read_logo(bitmap()).digest == read_logo(bitmap()).digest

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"GIF89a" + b"\0" * 40, "no picture we can read"),
            (b"%PDF-1.7", "no picture we can read"),
            (b"MZ" + b"\0" * 500, "no picture we can read"),
            (bitmap()[:45], "damaged"),
            (bitmap("JPEG")[:300], "no picture we can read|damaged"),
            (bitmap("GIF"), "no picture we can read"),
            (bitmap(size=(2001, 10)), "2001 x 10 pixels"),
            (b"\x89PNG\r\n\x1a\n" + b"x" * MOST_BYTES, "larger than 512 KB"),
        ],
    )
    def it_refuses_what_is_none(self, data: bytes, words: str) -> None:
        with pytest.raises(BadLogo, match=words):
            read_logo(data)


class DescribeDrawings:
    def it_stays_a_drawing(self) -> None:
        logo = read_logo(svg())
        assert logo.kind == "svg"
        assert b'd="M0 0h10v10z"' in logo.body

    def it_keeps_what_paints(self) -> None:
        inner = (
            '<defs><linearGradient id="a"><stop offset="0" style="stop-color:#fff;-x:1"/>'
            "</linearGradient></defs><title>Acme</title>"
            '<g transform="scale(2)"><rect width="5" height="5" fill="url(#a)" class="x"/></g>'
        )
        made = read_logo(svg(inner)).body.decode()
        assert 'fill="url(#a)"' in made
        assert 'stop-color="#fff"' in made
        assert "<title>Acme</title>" in made
        assert "class" not in made
        assert "style" not in made

    def it_leaves_out_what_is_a_drawing_programs(self) -> None:
        inner = (
            '<metadata>secret</metadata><x:view xmlns:x="http://x.example"/><!-- secret --><?secret x?>'
            '<path d="M0 0" x:label="secret" xmlns:x="http://x.example"/>'
        )
        made = read_logo(svg(inner)).body
        assert b"secret" not in made
        assert b"x.example" not in made

    @pytest.mark.parametrize(
        "inner",
        [
            "<script>alert(1)</script>",
            "<foreignObject><p/></foreignObject>",
            '<image href="https://x.example/a.png"/>',
            '<image href="data:image/png;base64,AAAA"/>',
            '<use href="#a"/>',
            '<a href="https://x.example"><path d="M0 0"/></a>',
            "<style>path{fill:url(https://x.example)}</style>",
            '<animate attributeName="d"/>',
            '<set attributeName="onload"/>',
            "<text>Acme</text>",
            "<iframe/>",
            '<path d="M0 0" onclick="alert(1)"/>',
            '<path d="M0 0" ONLOAD="alert(1)"/>',
            '<path d="M0 0" fill="url(https://x.example/#a)"/>',
            '<path d="M0 0" fill="url( //x.example )"/>',
            '<path d="M0 0" style="fill:url(https://x.example)"/>',
            '<path d="M0 0" fill="u\\72l(x)"/>',
            '<linearGradient id="a" href="https://x.example#a"/>',
            '<linearGradient id="a" xmlns:l="http://www.w3.org/1999/xlink" l:href="javascript:alert(1)"/>',
            '<path d="M0 0" filter="url(#a)"/>',
            '<h:script xmlns:h="http://www.w3.org/2000/svg">x</h:script>',
        ],
    )
    def it_refuses_what_could_run_or_load(self, inner: str) -> None:
        with pytest.raises(BadLogo, match="which we do not serve"):
            read_logo(svg(inner))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(), "DOCTYPE"),
            (svg(attributes=' onload="alert(1)"'), "onload"),
            (b"<html><body/></html>", "no picture"),
            (b"<svg><path/></svg>", "no picture"),
            (svg().replace(b'viewBox="0 0 10 10"', b""), "viewBox"),
            (b"<svg", "damaged"),
            (svg("<path></g>"), "damaged"),
            (svg("<g>" * 60 + "</g>" * 60), "which we do not serve"),
            (svg("<path/>" * 4001), "too many parts"),
            (b"<\xff\xfe", "UTF-8"),
        ],
    )
    def it_refuses_what_is_no_plain_drawing(self, data: bytes, words: str) -> None:
        with pytest.raises(BadLogo, match=words):
            read_logo(data)
