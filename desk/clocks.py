"""The clocks of a conversation as the desk shows them: running, late, paused and why, in time, missed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.templatetags.ui import mmss, spell
from interactions.choices import ClockKind, ClockPause, ClockState, ClockTime
from interactions.clocks.values import ClockView

LATE, RUNNING, PAUSED, MISSED, MET = "late", "running", "paused", "missed", "met"
ICONS = {LATE: "circle-alert", RUNNING: "timer", PAUSED: "pause", MISSED: "circle-x", MET: "circle-check"}
URGENT = (LATE, RUNNING, PAUSED)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class ClockChip:
    """One clock. `until`: counts down to it; `since`: counts up from it, within `[start, stop)` alone; else
    `seconds` stand still.

    `face`: what it is; `words`: what it is in words; `hint`: what was agreed; `warns_by`: when it turns to a
    warning while nobody looks again.
    """

    name: str
    face: str
    words: str
    hint: str
    until: datetime | None = None
    since: datetime | None = None
    start: datetime | None = None
    stop: datetime | None = None
    seconds: int | None = None
    is_soon: bool = False
    warns_by: datetime | None = None

    @property
    def icon(self) -> str:
        return ICONS[PAUSED if self.stands_late else self.face]

    @property
    def stands_late(self) -> bool:
        """Whether it is late and gets no later now."""
        stands = self.since is None or self.start is not None
        return self.face == LATE and self.seconds is not None and stands

    @property
    def shown(self) -> str:
        """The time on it, as the page's script goes on to write it."""
        if self.seconds is None:
            return ""
        return str(spell(self.seconds) if self.seconds >= HOUR else mmss(self.seconds))

    @property
    def tone(self) -> str:
        if self.face in {LATE, MISSED}:
            return "bad"
        return "good" if self.face == MET else "warn" if self.is_soon else ""

    @property
    def urgency(self) -> tuple[int, float]:
        """The smaller the more urgent: late first, the longest so; then what is due next."""
        if self.face == RUNNING:
            return URGENT.index(RUNNING), self.until.timestamp() if self.until else float("inf")
        return URGENT.index(self.face), -(self.seconds or 0) if self.face == LATE else self.seconds or 0


def chips_of(clocks: Iterable[ClockView], now: datetime) -> tuple[ClockChip, ...]:
    """Return a chip for each clock that has anything to say."""
    return tuple(_chip(one, now) for one in clocks if one.is_shown)


def most_urgent(clocks: Iterable[ClockView], now: datetime) -> ClockChip | None:
    """Return the clock that goes on and needs somebody first."""
    goes_on = [_chip(one, now) for one in clocks if one.is_shown and one.is_live]
    return min(goes_on, key=lambda chip: chip.urgency, default=None)


def _chip(one: ClockView, now: datetime) -> ClockChip:
    name, hint = str(ClockKind(one.kind).label), _hint(one)
    if one.is_late:
        return _late(one, name, hint, now)
    if one.state == ClockState.RUNNING:
        return _running(one, name, hint, now)
    if one.state == ClockState.PAUSED:
        words = _("paused: %(why)s") % {"why": str(ClockPause(one.why).label).lower()}
        return ClockChip(name, PAUSED, words, hint, seconds=max(one.left_seconds, 0))
    if one.missed:
        words = _("%(missed)d of %(all)d missed") % {"missed": one.missed, "all": one.met + one.missed}
        return ClockChip(name, MISSED, words if one.met + one.missed > 1 else _("missed"), hint)
    return ClockChip(name, MET, _("in time"), hint)


def _late(one: ClockView, name: str, hint: str, now: datetime) -> ClockChip:
    """Say by how much of the time that counts it is late: no more while it stands still or is closed."""
    late = timedelta(microseconds=one.late_us(now))
    if late < timedelta():
        return ClockChip(name, LATE, _("missed"), hint)
    seconds = round(late.total_seconds())
    if one.state == ClockState.PAUSED:
        words = _("paused: %(why)s, late by") % {"why": str(ClockPause(one.why).label).lower()}
        return ClockChip(name, LATE, words, hint, seconds=seconds)
    counts = one.hours.stretch(now)
    if counts is None:
        return ClockChip(name, LATE, _("closed now, late by"), hint, seconds=seconds)
    start, stop = counts
    chip = ClockChip(name, LATE, _("late by"), hint, since=start - late, stop=stop, seconds=seconds)
    return replace(chip, words=_("closed now, late by"), start=start) if start > now else chip


def _running(one: ClockView, name: str, hint: str, now: datetime) -> ClockChip:
    """By opening hours it counts down to the instant at which it is due, whoever is there until then.

    It warns by what is left of the time that counts.
    """
    if one.due_at is None:
        return ClockChip(name, RUNNING, _("starts when it is open"), hint)
    left = round((one.due_at - now).total_seconds())
    return ClockChip(
        name, RUNNING, _("due in"), hint, until=one.due_at, seconds=left, is_soon=one.warns(now),
        warns_by=one.warns_by,
    )  # fmt: skip


def _hint(one: ClockView) -> str:
    time = _("opening hours") if one.counted == ClockTime.BUSINESS else _("all time counts")
    return _("Agreed: within %(time)s, %(counted)s.") % {"time": spell(one.target_seconds), "counted": time}
