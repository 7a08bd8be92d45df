"""An entry in words: the sentence, and what changed, as screens of both hosts show them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tenants.trail.reading import Entry
from tenants.trail.verbs import verb_of

NameOf = Callable[[str], str]
LISTS = frozenset({"fields", "filters"})  # values that are lists and no pair of before and after
MACHINERY = ("system", "test")
REF = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a diff. A pair has `before` and `after`; a fact, `is_fact`, only `after`."""

    field: str
    before: str
    after: str
    is_fact: bool


def sentence(entry: Entry, *, who: SafeString, name_of: NameOf) -> SafeString:
    """Say what happened; `name_of` turns what the row names (`user:7`) into what the reader may know."""
    return format_html(str(verb_of(entry.verb).sentence), who=who, object=named(entry.object, name_of))


def named(text: str, name_of: NameOf) -> SafeString:
    """Show a name in its own direction, out of translation's reach; nothing for nothing."""
    name = name_of(text) if text else ""
    return format_html('<bdi translate="no">{}</bdi>', name) if name else SafeString("")


def plain_name(text: str) -> str:
    """`queue:7 Orders` -> `Orders`, `day:2026-03-02` -> `2026-03-02`, a long ref -> its two ends."""
    kind, colon, rest = text.partition(":")
    if not colon or not kind.isidentifier():
        return text
    number, _space, name = rest.partition(" ")
    if REF.fullmatch(rest):
        return f"{rest[:8]}…{rest[-4:]}"
    return name if name and number.isdecimal() else rest


def machinery(actor: str) -> str:
    """Name an actor who is no person, "" for a person."""
    kind, _colon, rest = actor.partition(":")
    if kind == "key":
        return _("The API key %(beginning)s") % {"beginning": rest}
    if kind in MACHINERY:
        return _("The system")
    if kind == "visitor":
        return _("A visitor")
    return "" if kind == "user" else _("Somebody unknown")


def changes_of(diff: Mapping[str, Any]) -> list[Change]:
    """Return what a diff says, field by field."""
    return [_change(field, value) for field, value in diff.items()]


def _change(field: str, value: Any) -> Change:
    if isinstance(value, list) and len(value) == 2 and field not in LISTS:
        return Change(field, _shown(value[0]), _shown(value[1]), False)
    return Change(field, "", _shown(value), True)


def _shown(value: Any) -> str:
    """Write a value of JSON for people; null and empty are nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    return str(value)
