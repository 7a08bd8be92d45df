"""What a seal is computed over, to the byte. Pure: a copy of the chain can be checked with nothing else.

Form 1. The columns of a row in the order of COLUMNS, each as the text that TEXTS makes of it: four bytes of
its length in UTF-8, big-endian, then these bytes; four bytes FF and nothing more for null.

    digest = SHA-256(01 + columns)
    hash   = SHA-256(01 + hash of the seal before + position, eight bytes big-endian + digest)

The first seal of a chain stands on 32 bytes of zero. The digest alone lets a copy leave a row's content out
and still be checked. `diff` is PostgreSQL's own text of jsonb, so that no number is rounded on the way.
"""

from collections.abc import Sequence
from hashlib import sha256

FORM = 1
START = bytes(32)
NULL = b"\xff\xff\xff\xff"
MARK = 4

TEXTS = {
    "id": "id::text",
    "at": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "actor": "actor",
    "brand_id": "brand_id::text",
    "verb": "verb",
    "object": "object",
    "diff": "diff::text",
    "reason": "reason",
    "era": "era::text",
    "txid": "txid::text",
}
COLUMNS = tuple(TEXTS)
SELECTED = ", ".join(f"{text} AS c_{name}" for name, text in TEXTS.items())

Texts = Sequence[str | None]


def digest_of(texts: Texts, *, form: int = FORM) -> bytes:
    """Return the 32 bytes that stand for a row; `texts` in the order of COLUMNS."""
    return sha256(bytes([form]) + b"".join(map(_framed, texts))).digest()


def link(before: bytes, position: int, digest: bytes, *, form: int = FORM) -> bytes:
    """Return the hash of the seal at `position` (from 1) that stands on the hash `before`."""
    return sha256(bytes([form]) + before + position.to_bytes(8, "big") + digest).digest()


def marks_of(texts: Texts) -> bytes:
    """Return four bytes for each column, by which a changed one is found."""
    return b"".join(sha256(_framed(text)).digest()[:MARK] for text in texts)


def differing(texts: Texts, marks: bytes) -> list[str]:
    """Return the columns whose marks are not these."""
    now = marks_of(texts)
    places = range(0, len(now), MARK)
    return [
        name for name, at in zip(COLUMNS, places, strict=True) if now[at : at + MARK] != marks[at : at + MARK]
    ]


def _framed(text: str | None) -> bytes:
    if text is None:
        return NULL
    data = text.encode()
    return len(data).to_bytes(4, "big") + data
