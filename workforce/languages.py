"""The languages that agents speak: codes as web pages have them, and their names in the reader's words."""

from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext

KNOWN = frozenset(code for code, info in LANG_INFO.items() if "name" in info)


def known_language(code: str) -> str | None:
    """Return the code as it is stored (`pt-br`), or None for none that we know."""
    plain = code.strip().lower().replace("_", "-")
    return plain if plain in KNOWN else None


def language_name(code: str) -> str:
    """Return the language's name in the reader's language; an unknown code speaks for itself."""
    name = LANG_INFO.get(code, {}).get("name")
    return gettext(name) if name else code


def spell_languages(codes: Iterable[str]) -> str:
    """Return the names, separated by commas, the main one first."""
    return ", ".join(language_name(code) for code in codes)


def language_choices() -> list[tuple[str, str]]:
    """Return (code, name) of every language, by name."""
    return sorted(((code, language_name(code)) for code in KNOWN), key=lambda pair: pair[1].casefold())
