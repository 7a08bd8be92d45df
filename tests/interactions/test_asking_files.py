"""Files that come with an answer: what is taken, and under which name."""

import pytest

from interactions.asking.files import (
    CSV,
    JPEG,
    MOST_BYTES,
    MOST_NAME,
    PDF,
    PNG,
    TEXT,
    WEBP,
    clean_name,
    read_file,
)
from interactions.errors import Refused

WEBP_BYTES = b"RIFF\x10\0\0\0WEBPVP8 "


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Offer.PDF", b"%PDF-1.7 x", PDF), ("a.png", b"\x89PNG\r\n\x1a\nx", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0", JPEG), ("a.jpeg", b"\xff\xd8\xff\xe0", JPEG),
        ("a.webp", WEBP_BYTES, WEBP),
        ("a.txt", "Åsa".encode(), TEXT), ("a.csv", b"a;b", CSV),
    ],
)  # fmt: skip
def it_takes_what_its_ending_and_its_bytes_say(name: str, content: bytes, kind: str) -> None:
    taken = read_file(name, content)
    assert (taken.kind, taken.content, len(taken.digest)) == (kind, content, 64)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"), ("a", b"text"), ("a.html", b"<script>"), ("a.svg", b"<svg/>"), ("a.pdf", b"MZ"),
        ("a.png", b"%PDF-1.7"), ("a.webp", b"RIFF\x10\0\0\0WAVE"), ("a.txt", b"a\0b"), ("a.txt", b"\xff\xfe"),
        ("a.pdf.exe", b"%PDF-1.7"), ("a.txt", b""), ("a.txt", b"x" * (MOST_BYTES + 1)),
        ("a\u202efdp.exe", b"%PDF-1.7"),
    ],
)  # fmt: skip
def it_refuses_anything_else(name: str, content: bytes) -> None:
    with pytest.raises(Refused):
        read_file(name, content)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("offer.pdf", "offer.pdf"), ("../../etc/offer.pdf", "offer.pdf"),
        ("C:\\docs\\offer.pdf", "offer.pdf"),
        ("a\u202efdp.txt", "afdp.txt"), ("a\r\nX: y.pdf", "aX: y.pdf"),
        ("  two   words .pdf ", "two words .pdf"),
        ("a\0b.pdf", "ab.pdf"), ("", "file"), ("...", "file"), ("/", "file"), ("Å\u0308.txt", "Å\u0308.txt"),
    ],
)  # fmt: skip
def it_keeps_a_name_that_is_one(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def it_cuts_a_long_name_and_keeps_its_ending() -> None:
    name = clean_name("x" * 300 + ".pdf")
    assert (len(name), name.endswith("x.pdf")) == (MOST_NAME, True)
    assert len(clean_name("a." + "y" * 300)) == MOST_NAME
