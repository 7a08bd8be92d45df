"""What an agent must be able to do: an expression over skills that asks for less with time. Pure.

    swedish >= 4 [20s: 3, 60s: 0] and (billing or refunds >= 2) and not trainee

A skill alone asks for level 1. `[20s: 3]`: after 20 s of waiting level 3 is enough; 0 asks no more, and is
the only step a group or a `not` may have. Inside a `not` nothing is relaxed, so that time only ever opens the
way. The word `language` stands for the skill of the customer's language, `lang-sv`, bound before it is used.

A certification is no skill: it is asked for by every offer and never relaxed (routing.writes).
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

LANGUAGE = "language"
LANGUAGE_PREFIX = "lang-"
MOST_TEXT = 400
MOST_SKILLS = 20
MOST_DEPTH = 10
MOST_SECONDS = 86_400
LEVELS = range(1, 6)
TOKEN = re.compile(r"\s*(>=|[()\[\],:]|[A-Za-z0-9_-]+|\S)")
NAME = re.compile(r"[a-z][a-z0-9_-]*")
RESERVED = frozenset({"and", "or", "not"})

Skills = Mapping[str, int]
Test = Callable[[Skills], bool]
Steps = tuple[
    tuple[int, int], ...
]  # (seconds of waiting, level from then on), seconds rising, levels falling


class NeedError(ValueError):
    """The text is no expression; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Skill:
    """At least `level` of one skill."""

    code: str
    level: int = 1
    steps: Steps = ()

    def at(self, seconds: int) -> Test | None:
        """The test in force after so long a wait; None when nothing is asked any more."""
        level = next((level for after, level in reversed(self.steps) if after <= seconds), self.level)
        code = self.code
        return (lambda skills: skills.get(code, 0) >= level) if level else None

    def __str__(self) -> str:
        level = f" >= {self.level}" if self.level > 1 else ""
        return f"{self.code}{level}{_told(self.steps)}"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of `part`; never relaxed inside, forgotten as a whole."""

    part: "Node"
    steps: Steps = ()

    def at(self, seconds: int) -> Test | None:
        test = self.part.at(0)
        return None if _is_over(self.steps, seconds) or test is None else lambda skills: not test(skills)

    def __str__(self) -> str:
        return f"not {_inner(self.part)}{_told(self.steps)}"


@dataclass(frozen=True, slots=True)
class Group:
    """All of the parts (`and`), or one of them at least (`or`)."""

    word: str
    parts: "tuple[Node, ...]"
    steps: Steps = ()

    def at(self, seconds: int) -> Test | None:
        if _is_over(self.steps, seconds):
            return None
        tests = [part.at(seconds) for part in self.parts]
        if self.word == "and":
            asked = [test for test in tests if test]
            return _all(asked) if asked else None
        return None if None in tests else _any([test for test in tests if test])

    def __str__(self) -> str:
        text = f" {self.word} ".join(_inner(part) for part in self.parts)
        return f"({text}){_told(self.steps)}" if self.steps else text


Node = Skill | Not | Group


class Need:
    """An expression made ready to be asked of many agents. Make it by `need_of`, which keeps it.

    `stages`: the waits in seconds at which it asks for less; `stage` n is the time before `stages[n]`.
    """

    __slots__ = ("codes", "root", "stages", "text", "_tests")

    def __init__(self, root: Node) -> None:
        self.root, self.text = root, str(root)
        self.codes = frozenset(_wanted(root))
        self.stages = tuple(sorted({after for node in _walk(root) for after, _level in node.steps}))
        self._tests = tuple(root.at(seconds) for seconds in (0, *self.stages))

    def __repr__(self) -> str:
        return f"Need({self.text!r})"

    def stage(self, waited: float) -> int:
        """Return which stage holds after so many seconds of waiting."""
        return bisect_right(self.stages, waited)

    def is_met(self, skills: Skills, stage: int = 0) -> bool:
        """Tell whether who has these skills may be asked at the stage."""
        test = self._tests[stage]
        return test is None or test(skills)

    def proficiency(self, skills: Skills) -> int:
        """Return the sum of the levels in what is wanted: who has more is more proficient."""
        total = 0
        for code in self.codes:
            total += skills.get(code, 0)
        return total


def parse(text: str) -> Node:
    """Read an expression. Raises NeedError."""
    if len(text) > MOST_TEXT:
        raise NeedError(_("Use at most %(count)d characters.") % {"count": MOST_TEXT})
    return _Reader(text).whole()


def check(text: str, known: Mapping[str, str] | frozenset[str]) -> str:
    """Return the expression as it is kept, "" for none. Raises NeedError, also for a skill not in `known`."""
    if not text.strip():
        return ""
    root = parse(text)
    for node in _walk(root):
        if isinstance(node, Skill) and node.code != LANGUAGE and node.code not in known:
            raise NeedError(_("There is no skill “%(code)s”.") % {"code": node.code})
    return str(root)


def bind(text: str, language: str) -> str:
    """Put the customer's language for the word `language`; without one, that part is not asked."""
    if LANGUAGE not in text:
        return text
    bound = _bound(parse(text), language.split("-")[0].lower())
    return str(bound) if bound else ""


@lru_cache(maxsize=4096)
def need_of(text: str) -> Need | None:
    """Return the expression made ready, None for an empty one; each text is read once. Raises NeedError."""
    return Need(parse(text)) if text else None


def _bound(node: Node, language: str) -> Node | None:
    if isinstance(node, Skill):
        if node.code != LANGUAGE:
            return node
        return replace(node, code=f"{LANGUAGE_PREFIX}{language}") if language else None
    if isinstance(node, Not):
        part = _bound(node.part, language)
        return replace(node, part=part) if part else None
    parts = tuple(part for part in (_bound(one, language) for one in node.parts) if part)
    if len(parts) < len(node.parts) and node.word == "or":
        return None
    if len(parts) == 1 and not node.steps:
        return parts[0]
    return replace(node, parts=parts) if parts else None


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for part in (node.part,) if isinstance(node, Not) else node.parts if isinstance(node, Group) else ():
        yield from _walk(part)


def _wanted(node: Node) -> Iterator[str]:
    """The codes that are asked for, those inside a `not` left out."""
    if isinstance(node, Skill):
        yield node.code
    elif isinstance(node, Group):
        for part in node.parts:
            yield from _wanted(part)


def _is_over(steps: Steps, seconds: int) -> bool:
    return bool(steps) and steps[0][0] <= seconds


def _all(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda skills: all(test(skills) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda skills: any(test(skills) for test in tests)


def _told(steps: Steps) -> str:
    return f" [{', '.join(f'{after}s: {level}' for after, level in steps)}]" if steps else ""


def _inner(node: Node) -> str:
    return f"({node})" if isinstance(node, Group) and not node.steps else str(node)


class _Reader:
    """A reader by recursive descent: `or` binds loosest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self.words = [word if word in RESERVED else word.lower() for word in TOKEN.findall(text)]
        self.place = self.skills = self.depth = 0

    @property
    def word(self) -> str:
        return self.words[self.place] if self.place < len(self.words) else ""

    def whole(self) -> Node:
        node = self.group("or")
        if self.word:
            raise NeedError(_("“%(word)s” is not expected here.") % {"word": self.word})
        return node

    def group(self, word: str) -> Node:
        part = self.group_of_and if word == "or" else self.single
        parts = [part()]
        while self.word == word:
            self.place += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(word, tuple(parts))

    def group_of_and(self) -> Node:
        return self.group("and")

    def single(self) -> Node:
        if self.word not in {"not", "("}:
            return self.skill()
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise NeedError(_("The expression is nested too deeply."))
        self.place += 1
        node = self.opposite(self.single()) if self.words[self.place - 1] == "not" else self.enclosed()
        self.depth -= 1
        return node

    def enclosed(self) -> Node:
        node = self.group("or")
        self.expect(")")
        steps = self.steps(LEVELS.stop)
        return self.forgotten(node, steps) if steps else node

    def opposite(self, part: Node) -> Node:
        """A step after `not x` is of the `not`, and drops it; there is none inside."""
        steps = part.steps if isinstance(part, Skill) else ()
        inner = replace(part, steps=()) if isinstance(part, Skill) else part
        if any(node.steps for node in _walk(inner)):
            raise NeedError(_("What stands inside a “not” cannot change with time."))
        _drop_only(steps)
        return Not(inner, steps)

    def forgotten(self, node: Node, steps: Steps) -> Node:
        _drop_only(steps)
        if isinstance(node, Group):
            return replace(node, steps=steps)
        return Group("and", (node,), steps)

    def skill(self) -> Skill:
        code = self.word
        if not NAME.fullmatch(code) or code in RESERVED:
            raise NeedError(
                _("A skill is expected where “%(word)s” stands.") % {"word": code}
                if code
                else _("The expression ends too early: a skill is missing.")
            )
        self.place += 1
        self.skills += 1
        if self.skills > MOST_SKILLS:
            raise NeedError(_("Use at most %(count)d skills.") % {"count": MOST_SKILLS})
        level = 1
        if self.word == ">=":
            self.place += 1
            level = self.number()
            if level not in LEVELS:
                raise NeedError(_("A level is a number from 1 to 5."))
        return Skill(code, level, self.steps(level))

    def steps(self, level: int = 1) -> Steps:
        """Read `[20s: 2, 60s: 0]`, if it stands here: later and lower each time."""
        if self.word != "[":
            return ()
        found: list[tuple[int, int]] = []
        while self.word in {"[", ","}:
            self.place += 1
            after = self.number("s")
            self.expect(":")
            lower = self.number()
            before, last = found[-1] if found else (0, level)
            if not before < after <= MOST_SECONDS:
                raise NeedError(_("Each step comes later than the one before, within a day."))
            if not lower < last:
                raise NeedError(_("Each step asks for a lower level than the one before; 0 asks no more."))
            found.append((after, lower))
        self.expect("]")
        return tuple(found)

    def number(self, unit: str = "") -> int:
        word = self.word
        digits = word.removesuffix(unit) if unit else word
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 7):
            raise NeedError(_("A number is expected where “%(word)s” stands.") % {"word": word or "…"})
        self.place += 1
        return int(digits)

    def expect(self, word: str) -> None:
        if self.word != word:
            raise NeedError(_("“%(word)s” is missing.") % {"word": word})
        self.place += 1


def _drop_only(steps: Steps) -> None:
    if len(steps) > 1 or (steps and steps[0][1]):
        raise NeedError(_("A group or a “not” can only be dropped: one step, to 0."))
