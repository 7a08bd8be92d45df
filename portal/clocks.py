"""What became of a conversation's clocks, as its client reads it: of those with a target, once decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from interactions.choices import ClockKind
from reporting.contacts import Contact

LOOKS = {"met": ("good", "circle-check"), "missed": ("bad", "circle-x"), "late": ("bad", "circle-alert")}


@dataclass(frozen=True, slots=True)
class ClockResult:
    """`verdict`: met, missed, or late: it has used up its target and goes on. `words` say it."""

    name: str
    verdict: str
    words: str

    @property
    def tone(self) -> str:
        return LOOKS[self.verdict][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.verdict][1]


def results_of(contacts: Iterable[Contact]) -> tuple[ClockResult, ...]:
    """Return one result for each kind of clock that was decided, in their order."""
    ticked = [one for contact in contacts for one in contact.clocks]
    by_kind = [(kind, [one for one in ticked if one.kind == kind]) for kind in ClockKind]
    return tuple(_result(kind, [(one.is_missed, one.is_over) for one in of]) for kind, of in by_kind if of)


def _result(kind: ClockKind, decided: list[tuple[bool, bool]]) -> ClockResult:
    missed, times = sum(is_missed for is_missed, _over in decided), len(decided)
    if (True, False) in decided:
        return ClockResult(str(kind.label), "late", _("late, goes on"))
    if missed:
        words = (
            _("missed")
            if times == 1
            else _("%(missed)d of %(all)d missed") % {"missed": missed, "all": times}
        )
        return ClockResult(str(kind.label), "missed", words)
    return ClockResult(str(kind.label), "met", _("in time"))
