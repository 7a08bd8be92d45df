"""Which queue a contact gets: rules of an inbox, asked in their order, the first that fits takes it. Pure.

A rule fits when all of its conditions hold; one without conditions fits always. What no rule takes waits in
the inbox's own queue. A condition is `{"kind": …, …}`, as it is kept:

    {"kind": "keyword", "words": ["refund", "money back"]}   one of them stands in the first message
    {"kind": "page", "parts": ["/checkout"]}                 the address of the page holds one of them
    {"kind": "language", "codes": ["sv", "fi"]}              the page's language is one of them
    {"kind": "hours", "calendar": "<ref>", "open": true}     the calendar is open (or closed) now

Answers of a form and segments of contacts are conditions like these, once there are forms and segments.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workforce.needs import NeedError, check

Condition = Mapping[str, Any]
Errors = dict[str, str]

MOST_RULES = 50
MOST_WORDS = 30
MOST_WORD = 60
PRIORITIES = range(11)
LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a contact when it comes. `open_now`: by the ref of a calendar, as text."""

    text: str = ""
    page: str = ""
    language: str = ""
    open_now: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is asked. `need`: what its agent must be able to do (workforce.needs)."""

    ref: UUID
    version: int
    name: str
    conditions: tuple[Condition, ...]
    queue_id: int
    need: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of condition: `fits` tells whether it holds, `errors` what is wrong with how it is written."""

    name: str
    title: Promise
    fits: Callable[[Condition, Facts], bool]
    errors: Callable[[Condition], str]


def first_fit(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """Return the first rule that takes the contact."""
    return next((rule for rule in rules if fits(rule.conditions, facts)), None)


def fits(conditions: Iterable[Condition], facts: Facts) -> bool:
    return all(KINDS[one["kind"]].fits(one, facts) if one["kind"] in KINDS else False for one in conditions)


def rule_errors(
    *, name: str, conditions: Sequence[Condition], need: str, priority: int, skills: Iterable[str]
) -> Errors:
    """Return what is wrong: `name`, `need`, `priority`, or the kind of a condition."""
    wrong: Errors = {}
    if not name.strip():
        wrong["name"] = _("Give the rule a name.")
    elif len(name.strip()) > 80:
        wrong["name"] = _("Use at most 80 characters.")
    if priority not in PRIORITIES:
        wrong["priority"] = _("Say 0 to 10.")
    try:
        check(need, frozenset(skills))
    except NeedError as error:
        wrong["need"] = str(error)
    kinds = [str(one.get("kind")) for one in conditions]
    for kind, one in zip(kinds, conditions, strict=True):
        if kind not in KINDS:
            wrong["conditions"] = _("A condition is of no known kind.")
        elif kinds.count(kind) > 1:
            wrong[kind] = _("Use each kind of condition once; what belongs together goes into one.")
        elif words := KINDS[kind].errors(one):
            wrong[kind] = words
    return wrong


def split(text: str) -> list[str]:
    """Return what stands between the commas, each once."""
    return list(dict.fromkeys(" ".join(part.split()) for part in text.split(",") if part.strip()))


def calendars_of(rules: Iterable[Rule]) -> set[str]:
    """Return the refs of the calendars that are asked for."""
    return {one["calendar"] for rule in rules for one in rule.conditions if one["kind"] == "hours"}


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words, whatever stands around them; a word may be several."""
    parts = "|".join(re.escape(" ".join(word.casefold().split())).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)")


def _has_word(one: Condition, facts: Facts) -> bool:
    return _pattern(tuple(one["words"])).search(facts.text.casefold()) is not None


def _is_on_page(one: Condition, facts: Facts) -> bool:
    page = facts.page.casefold()
    return any(part.casefold() in page for part in one["parts"])


def _speaks(one: Condition, facts: Facts) -> bool:
    return facts.language.split("-")[0].casefold() in one["codes"]


def _is_open(one: Condition, facts: Facts) -> bool:
    return (facts.open_now or {}).get(one["calendar"]) is one["open"]


def _list_errors(name: str) -> Callable[[Condition], str]:
    def errors(one: Condition) -> str:
        words = one.get(name)
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            return _("This is not a list of words.")
        if not any(word.strip() for word in words):
            return _("Say at least one.")
        if len(words) > MOST_WORDS:
            return _("Use at most %(count)d.") % {"count": MOST_WORDS}
        if any(not word.strip() or len(word) > MOST_WORD for word in words):
            return _("Each has 1 to %(count)d characters.") % {"count": MOST_WORD}
        return ""

    return errors


def _language_errors(one: Condition) -> str:
    codes = one.get("codes")
    if wrong := _list_errors("codes")(one):
        return wrong
    bad = [code for code in codes or () if not LANGUAGE.fullmatch(code)]
    return _("Write languages like sv or fi, not “%(code)s”.") % {"code": bad[0]} if bad else ""


def _hours_errors(one: Condition) -> str:
    try:
        UUID(str(one.get("calendar")))
    except ValueError:
        return _("Choose which hours.")
    return "" if isinstance(one.get("open"), bool) else _("Say open or closed.")


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("keyword", gettext_lazy("A word in the first message"), _has_word, _list_errors("words")),
        Kind("page", gettext_lazy("The page"), _is_on_page, _list_errors("parts")),
        Kind("language", gettext_lazy("The language"), _speaks, _language_errors),
        Kind("hours", gettext_lazy("The hours"), _is_open, _hours_errors),
    )
}
