"""What a visitor reads of the client's own words, in each language.

Beside the launcher's sign, as greeting, and when they are asked whether they are still there.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_supported_language_variant

from interactions.choices import Channel
from interactions.models import Inbox
from tenants.audit import LONGEST
from tenants.binding import LABOUR, Bound
from tenants.models import AuditRow

SPOKEN = ("greeting", "launcher", "nudge")
"""The fields of an inbox's config that hold {language: text}."""

Texts = dict[str, dict[str, str]]


def texts_of(languages: tuple[str, ...]) -> Texts:
    """Return {"greeting": {language: text}, "launcher": …} of the oldest web chat.

    One text for all languages stands under the first one.
    """
    row = first_chat()
    config = row.config if row else {}
    return {name: _by_language(config.get(name) or {}, languages) for name in SPOKEN}


def text_in(config: dict[str, Any], name: str, language: str) -> str:
    """Return the text in the language, else in the first that has one; "" without any."""
    said = config.get(name) or ""
    return said if isinstance(said, str) else str(said.get(language) or next(iter(said.values()), ""))


def language_of(wanted: str, locales: Iterable[str]) -> str:
    """Return the language of our texts: the wanted one if we have it, else the first of `locales` we have."""
    for candidate in (wanted, *locales):
        try:
            return get_supported_language_variant(candidate)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def first_chat() -> Inbox | None:
    """Return the oldest web chat, which the others of the brand speak like."""
    found: Inbox | None = Inbox.objects.filter(kind=Channel.WEBCHAT).order_by("pk").first()
    return found


def last_change_of_texts(brand_id: int) -> dict[str, Any] | None:
    """Return {"id", "at", "actor", "diff"} of the last change of what the brand's chat says.

    None without one, or if it cannot be taken back.
    """
    row = first_chat()
    if row is None:
        return None
    with Bound(LABOUR):
        rows = AuditRow.objects.filter(brand_id=brand_id, verb="inbox.changed")
        of_row = rows.filter(object__startswith=f"inbox:{row.pk} ").order_by("-at", "-id")
        last: Any = of_row.values("id", "at", "actor", "diff").first()
    return last if last and _can_restore(row.config, last["diff"]) else None


def before(config: dict[str, Any], diff: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the texts of the config as they were before that change."""
    return {name: _before(config.get(name, {}), name, diff) for name in SPOKEN}


def _before(said: Any, name: str, diff: dict[str, list[Any]]) -> Any:
    whole = f"config.{name}"
    if diff.get(whole, [None])[0] is not None:
        return diff[whole][0]  # one text for all languages
    olds = {
        path.removeprefix(f"{whole}."): old
        for path, (old, _new) in diff.items()
        if path.startswith(f"{whole}.")
    }
    texts = said if isinstance(said, dict) else {}
    kept = {code: text for code, text in texts.items() if code not in olds}
    return kept | {code: old for code, old in olds.items() if old is not None}


def _can_restore(config: dict[str, Any], diff: dict[str, Any]) -> bool:
    """Tell whether the change was of texts alone, is held whole by the trail, and is there still."""
    paths = [path.split(".", 2) for path in diff]
    if not paths or any(path[0] != "config" or len(path) < 2 or path[1] not in SPOKEN for path in paths):
        return False
    if any(isinstance(side, str) and len(side) > LONGEST for pair in diff.values() for side in pair):
        return False
    return all(
        _now_at(config, path) == after for path, (_old, after) in zip(paths, diff.values(), strict=True)
    )


def _now_at(config: dict[str, Any], path: list[str]) -> Any:
    """Return what stands there now, as the trail would have it."""
    found = config.get(path[1])
    if len(path) == 2:
        return None if isinstance(found, dict) else found
    return found.get(path[2]) if isinstance(found, dict) else None


def _by_language(said: Any, languages: tuple[str, ...]) -> dict[str, str]:
    if isinstance(said, str):
        return {languages[0]: said} if languages else {}
    return {str(code): str(text) for code, text in said.items()}
