"""The tiles of a period: each figure with what was agreed for it, and what became of that. Values only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.choices import Verdict
from reporting.commitments import Commitments, Line, Measured
from reporting.figures import Figure
from reporting.promises import worst

TONES = {Verdict.MET: "good", Verdict.MISSED: "warn", Verdict.UNDER: "bad"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the windows that the period touches; `words` say of how many, and if one goes on."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Tile:
    """`targets`: what was agreed of the figure for all queues; `result`: None without anything to judge."""

    figure: Figure
    targets: tuple[str, ...] = ()
    result: Result | None = None


def tiles(figures: Iterable[Figure], promised: Commitments | None) -> list[Tile]:
    """Return the figures in their order. A target of some queues alone is not the figure's of all of them."""
    lines = [line for line in promised.lines if line.is_of_all] if promised else []
    return [_tile(one, [line for line in lines if line.key == one.key]) for one in figures]


def _tile(one: Figure, lines: Sequence[Line]) -> Tile:
    targets = tuple(dict.fromkeys(line.brief for line in lines))
    return Tile(one, targets, _result([window for line in lines for window in line.windows]))


def _result(windows: Sequence[Measured]) -> Result | None:
    judged = [one for one in windows if one.verdict != Verdict.NOTHING]
    if not judged:
        return None
    verdict = worst([one.verdict for one in judged])
    return Result(TONES[verdict], _words(verdict, judged))


def _words(verdict: Verdict, judged: Sequence[Measured]) -> str:
    missed = sum(one.verdict != Verdict.MET for one in judged)
    if missed and len(judged) > 1:
        return _("%(missed)d of %(all)d missed") % {"missed": missed, "all": len(judged)}
    word = str(verdict.label).lower()
    return word if all(one.is_over for one in judged) else _("%(result)s so far") % {"result": word}
