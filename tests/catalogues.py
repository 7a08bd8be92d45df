"""Catalogues of translations as they are written and as they are compiled."""

import gettext
import re
from pathlib import Path
from typing import Any

ENTRY = re.compile(r'(?:^msgctxt "(.*)"\n)?^msgid "(.+)"\nmsgstr "(.*)"$', re.M)
PLURAL = re.compile(r'^msgid "(.+)"\nmsgid_plural ".+"\nmsgstr\[0\] "(.*)"\nmsgstr\[1\] "(.*)"$', re.M)


def compiled(po: Path) -> dict[Any, str]:
    """Return what programs read: {text: translation}; a plural's key is (text, form)."""
    with po.with_suffix(".mo").open("rb") as file:
        catalogue: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


def written(po: Path) -> dict[Any, str]:
    """Return what people write, by the same keys."""
    return entries(po) | plurals(po)


def entries(po: Path) -> dict[Any, str]:
    found = ENTRY.findall(po.read_text())
    return {f"{context}\4{text}" if context else text: translation for context, text, translation in found}


def plurals(po: Path) -> dict[Any, str]:
    found = PLURAL.findall(po.read_text())
    return {(text, n): forms[n] for text, *forms in found for n in (0, 1)}
