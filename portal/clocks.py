"""What became of a conversation's clocks, as its client reads it: of those with a target, once decided, and
of those that stand still until the client answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from events.values import EventView
from interactions.choices import ClockKind, ClockPause
from reporting.contacts import Contact

LOOKS = {
    "met": ("good", "circle-check"), "missed": ("bad", "circle-x"), "late": ("bad", "circle-alert"),
    "paused": ("", "pause"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClockResult:
    """`verdict`: met, missed, late (its target is used up, it goes on), or paused until its client answers.

    `words` say it; `requests` are what the client was asked, by refs.
    """

    name: str
    verdict: str
    words: str
    requests: tuple[str, ...] = ()

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


def stopped(events: Iterable[EventView], client: str) -> tuple[ClockResult, ...]:
    """Return a result for each clock in a conversation's log that stands still until the client answers."""
    last = {event.data["clock"]: event.data for event in events if event.kind.startswith("clock.")}
    words = _("paused: waiting for %(client)s") % {"client": client}
    return tuple(
        ClockResult(str(ClockKind(kind).label), "paused", words, tuple(data["requests"]))
        for kind, data in last.items()
        if data.get("why") == ClockPause.CLIENT and data["target"] is not None
    )


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
