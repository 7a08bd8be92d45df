"""Files that come with an answer: what is taken, under which name, and told by its bytes. Pure.

Taken are pictures, PDF, and plain text: what shows itself and carries no program that anything here would
run. A name is what its reader's system makes a file of, so it keeps no path, no sign that turns or hides
another, and an ending of its kind.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from interactions.errors import Refused

MOST_FILES = 3
MOST_BYTES = 5 * 1024 * 1024
MOST_NAME = 100
CODE = "files"
PDF, PNG, JPEG, WEBP, TEXT, CSV = (
    "application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain", "text/csv"
)  # fmt: skip
ENDINGS = {
    ".pdf": PDF, ".png": PNG, ".jpg": JPEG, ".jpeg": JPEG, ".webp": WEBP, ".txt": TEXT, ".csv": CSV,
}  # fmt: skip
BEGINNINGS = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff", WEBP: b"RIFF"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept."""

    name: str
    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_file(name: str, content: bytes) -> Upload:
    """Return the file as it may be kept. Raises Refused: of no kind that is taken, empty, too large."""
    plain = clean_name(name)
    kind = ENDINGS.get(PurePosixPath(plain).suffix.lower(), "")
    if not content:
        raise _refused(_("%(name)s is empty."), plain)
    if len(content) > MOST_BYTES:
        raise _refused(_("%(name)s is larger than 5 MB."), plain)
    if not kind or not _is_kind(kind, content):
        raise _refused(_("%(name)s is no PDF, picture (PNG, JPEG, WebP) or plain text (TXT, CSV)."), plain)
    return Upload(plain, kind, content)


def clean_name(name: str) -> str:
    """Return the last part of the path without control and format signs, at most MOST_NAME characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C"
    )
    seen = " ".join(seen.split()).strip(". ") or _("file")
    stem, ending = PurePosixPath(seen).stem, PurePosixPath(seen).suffix
    return stem[: MOST_NAME - len(ending)] + ending if len(ending) < MOST_NAME else seen[:MOST_NAME]


def _is_kind(kind: str, content: bytes) -> bool:
    if kind in (TEXT, CSV):
        return _is_text(content)
    is_so = content.startswith(BEGINNINGS[kind])
    return is_so and (kind != WEBP or content[8:12] == b"WEBP")


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _refused(words: str, name: str) -> Refused:
    return Refused(words % {"name": name}, code=CODE)
