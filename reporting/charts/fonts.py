"""The fonts of what typst sets: one comes with us, so that a report looks alike on every machine.

Letters that it has not are taken from the machine's own, and from typst's.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

PACKAGE = "font_source_sans_pro"


@cache
def fonts() -> "typst.Fonts":
    """Return every font that may be used, looked up once in a process. Loads typst, which is heavy."""
    import typst

    found = find_spec(PACKAGE)
    places = [str(Path(found.origin).with_name("files"))] if found and found.origin else []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=places)
