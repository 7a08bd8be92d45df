"""The strip of a report: its bars, what happened meanwhile, what it shows in words. Values only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.shares import percent
from reporting.catalogue import SERVICE_LEVEL
from reporting.charts import SCREEN, Bar, Mark, Palette, State, StripWords, two_strip
from reporting.charts.findings import finding
from reporting.happenings import HOLIDAY, Happening
from reporting.measures import Sums
from reporting.steps import Slot

RowsAt = Callable[[Slot], str]
"""The address of the rows of an interval."""


@dataclass(frozen=True)
class Timeline:
    """`notes` say of each interval what is to be known beside its figures; `final` until when they stand."""

    bars: tuple[Bar, ...]
    target: int | None
    words: StripWords
    marks: tuple[Mark, ...]
    happenings: tuple[Happening, ...]
    notes: tuple[str, ...]
    final: str

    @property
    def goes_on(self) -> bool:
        return any(bar.state == State.OPEN for bar in self.bars)

    def drawn(self, palette: Palette = SCREEN) -> SafeString:
        """Return the picture, for a page, or for paper and mail."""
        return two_strip(
            self.bars, target=self.target, words=self.words, chart_id="strip", marks=self.marks,
            palette=palette,
        )  # fmt: skip


def timeline(
    intervals: Sequence[Slot],
    states: Sequence[Sums],
    *,
    target: int | None,
    happened: Sequence[Happening],
    now: datetime,
    rows_at: RowsAt | None = None,
) -> Timeline:
    """Put the intervals and their sums together; `target` in percent, null where there is not one for all."""
    bars = tuple(
        _bar(*pair, target=target, happened=happened, now=now, rows_at=rows_at)
        for pair in zip(intervals, states, strict=True)
    )
    marks = tuple(_mark(one, intervals) for one in happened)
    said = finding([bar.point for bar in bars], said=percent, target=target, marks=marks)
    words = StripWords(
        title=_("Service level and contacts over time"),
        description=said,
        rate=_("Service level"),
        volume=_("Contacts"),
        target="" if target is None else _("Target %(target)s") % {"target": percent(target)},
    )
    notes = tuple(_note(*pair, happened) for pair in zip(intervals, bars, strict=True))
    return Timeline(bars, target, words, marks, tuple(happened), notes, _final(intervals, bars))


def state_of(interval: Slot, now: datetime) -> State:
    """Return whether the interval is over, goes on or is to come."""
    if interval.end <= now:
        return State.OVER
    return State.OPEN if interval.start <= now else State.AHEAD


def _bar(
    interval: Slot,
    sums: Sums,
    *,
    target: int | None,
    happened: Sequence[Happening],
    now: datetime,
    rows_at: RowsAt | None,
) -> Bar:
    count, rate = sums.numbers, SERVICE_LEVEL.value(sums).number
    late = count["answered"] - count["in_target"]
    missed = target is not None and rate is not None and rate < target
    return Bar(
        label=interval.label,
        in_target=count["in_target"],
        late=late,
        abandoned=count["abandoned"],
        waiting=count["offered"] - count["answered"] - count["abandoned"] - count["flowed"],
        rate=None if rate is None else float(rate),
        tip=_tip(interval, sums, state_of(interval, now)),
        cause=_cause(interval, happened, late=late, left=count["abandoned"]) if missed else "",
        state=state_of(interval, now),
        rows=rows_at(interval) if rows_at and count["offered"] else "",
    )


def _tip(interval: Slot, sums: Sums, state: State) -> str:
    """Say the interval in words: one that is to come has no numbers."""
    if state == State.AHEAD:
        return _("%(label)s: to come") % {"label": interval.label}
    count, level = sums.numbers, SERVICE_LEVEL.value(sums).number
    tip = _("%(label)s: %(offered)d offered, %(answered)d answered, %(abandoned)d abandoned") % {
        "label": interval.label, "offered": count["offered"], "answered": count["answered"],
        "abandoned": count["abandoned"],
    }  # fmt: skip
    share = "" if level is None else _("In time: %(share)s") % {"share": percent(level)}
    return ". ".join(filter(None, [tip, share, _("In progress") if state == State.OPEN else ""]))


def _cause(interval: Slot, happened: Sequence[Happening], *, late: int, left: int) -> str:
    """Return what is known of it: what happened meanwhile, else how many were late and how many left."""
    here = (one for one in happened if one.touches(interval.start, interval.end))
    named = (one.cause for one in here if one.kind != HOLIDAY)
    counted = [
        ngettext("%(n)d late", "%(n)d late", late) % {"n": late} if late else "",
        ngettext("%(n)d left", "%(n)d left", left) % {"n": left} if left else "",
    ]
    return next(named, "") or ", ".join(filter(None, counted))


def _note(interval: Slot, bar: Bar, happened: Sequence[Happening]) -> str:
    state = {State.OPEN: _("In progress"), State.AHEAD: _("To come")}.get(bar.state, "")
    said = [
        f"{number}: {one.words}"
        for number, one in enumerate(happened, start=1)
        if one.touches(interval.start, interval.end)
    ]
    return ". ".join(filter(None, [state, *said]))


def _mark(one: Happening, intervals: Sequence[Slot]) -> Mark:
    end = len(intervals) if one.ended_at is None else _place(one.ended_at, intervals)
    kind = "incident" if one.kind == "incident" else "closure"
    return Mark(_place(one.started_at, intervals), end, one.words, kind)


def _place(at: datetime, intervals: Sequence[Slot]) -> float:
    """Return where the instant is, counted in intervals."""
    for n, interval in enumerate(intervals):
        if at < interval.end:
            return n + max((at - interval.start) / (interval.end - interval.start), 0)
    return float(len(intervals))


def _final(intervals: Sequence[Slot], bars: Sequence[Bar]) -> str:
    """Say through which interval nobody waits any more, so that answers change nothing."""
    done = ""
    for interval, bar in zip(intervals, bars, strict=True):
        if bar.state != State.OVER or bar.waiting:
            break
        done = interval.label
    if not done:
        return _("no figure is final yet")
    return _("figures final through %(label)s") % {"label": done}
