"""An agent's day and the hours of many, as pages and files show them. Times are cut in a named zone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.shares import percent
from desk.day_chart import Lane, Mark, day_chart
from routing.states import PastSignOut, past_sign_outs
from tenants.cards import past_and_present
from tenants.choices import BrandState
from tenants.scope import labour_scope
from tenants.values import BrandCard
from workforce import queries
from workforce.choices import Availability, EngagementKind
from workforce.days import Stretch, What, stretches, sums, whole
from workforce.ledger import Slice, day_bounds, wall_seconds
from workforce.values import AgentClock, CorrectionView, ReasonView

HEAD = (
    "date", "zone", "employee_no", "name", "client", "activity", "state", "reason", "paid", "test", "seconds",
)  # fmt: skip
MOST_DAYS = 31
AT_ONCE = 50


@dataclass(frozen=True)
class Part:
    """One of the things a stretch was, in words; `card` is the client it was for, if it was for one."""

    words: str
    card: BrandCard | None
    is_test: bool = False


@dataclass(frozen=True)
class Row:
    """A stretch as the table shows it, in whole seconds."""

    start: datetime
    end: datetime
    seconds: int
    parts: tuple[Part, ...]
    is_gap: bool


@dataclass(frozen=True)
class Sum:
    """Seconds of one thing, of the whole day's."""

    part: Part
    seconds: int


@dataclass(frozen=True)
class Correction:
    """What was corrected, in words."""

    view: CorrectionView
    was: str
    now: str
    card: BrandCard | None


@dataclass(frozen=True)
class DayView:
    """One agent's day `[start, end)`, today's until now. `sums` add up to the wall time, as do `rows`."""

    clock: AgentClock
    day: date
    start: datetime
    end: datetime
    is_today: bool
    rows: tuple[Row, ...]
    brands: tuple[Sum, ...]
    states: tuple[Sum, ...]
    signed_in: int
    worked: int
    away: int
    gap: int
    corrections: tuple[Correction, ...]
    sign_outs: list[PastSignOut]
    chart: SafeString | None

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date | None:
        return None if self.is_today else self.day + timedelta(days=1)

    @property
    def hues(self) -> list[int]:
        return sorted({one.part.card.hue for one in self.brands if one.part.card})


@dataclass(frozen=True)
class Hours:
    """An agent's day in the list of all: whole seconds."""

    clock: AgentClock
    signed_in: int
    worked: int
    away: int
    brands: tuple[Sum, ...]


def today_in(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def day_view(clock: AgentClock, day: date, *, now: datetime) -> DayView:
    """Return the agent's day in their zone (five queries); a day to come is empty."""
    start, end = day_bounds(day, ZoneInfo(clock.zone))
    until = max(start, min(end, now))
    slices = queries.ledger_of(clock.agent_id, start=start, end=until)
    words = Words(queries.reasons(archived=True))
    total, found = whole(sums(slices)), stretches(slices)
    corrections = queries.corrections_of(clock.agent_id, start=start, end=end)
    return DayView(
        clock=clock, day=day, start=start, end=until, is_today=now < end,
        rows=tuple(_rows(found, words)),
        brands=_added({what: n for what, n in total.items() if is_signed_in(what)}, words.brand),
        states=_added({what: n for what, n in total.items() if not what.is_work}, words.state),
        signed_in=_sum(total, is_signed_in), worked=_sum(total, lambda what: what.is_work),
        away=_sum(total, is_away), gap=_sum(total, lambda what: not what.is_work and not what.availability),
        corrections=tuple(_correction(one, words) for one in corrections),
        sign_outs=past_sign_outs(clock.agent_id, at__gte=start, at__lt=end),
        chart=_chart(found, words, ZoneInfo(clock.zone)),
    )  # fmt: skip


def hours_of(clocks: Sequence[AgentClock], day: date, zone: str, *, now: datetime) -> list[Hours]:
    """Return the day's hours of these agents (two queries), cut in one zone."""
    start, end = day_bounds(day, ZoneInfo(zone))
    slices = queries.ledgers_of(
        [clock.agent_id for clock in clocks], start=start, end=max(start, min(end, now))
    )
    words = Words(())
    return [_hours(clock, whole(sums(slices[clock.agent_id])), words) for clock in clocks]


def hours_pages(first: date, last: date, zone: str, *, now: datetime) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of HEAD a batch of agents at a time: one for each agent, day and thing.

    The seconds of one agent's day are whole and add up to the day's wall time.
    """
    words = Words(queries.reasons(archived=True))
    for clocks in _batches():
        ids = [clock.agent_id for clock in clocks]
        page: list[tuple[object, ...]] = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            start, end = day_bounds(day, ZoneInfo(zone))
            slices = queries.ledgers_of(ids, start=start, end=max(start, min(end, now)))
            for clock in clocks:
                page += _lines(clock, day, zone, slices[clock.agent_id], words)
        yield page


class Words:
    """Words of states and reasons, as the reader's language has them, and every client there ever was."""

    def __init__(self, reasons: Iterable[ReasonView]) -> None:
        self.reasons = {reason.code: reason for reason in reasons}
        self.cards = past_and_present()

    def of(self, availability: str, code: str) -> str:
        if not availability:
            return _("No record")
        if code:
            return self.reasons[code].label if code in self.reasons else code
        return str(Availability(availability).label)

    def paid(self, what: What) -> bool:
        """Work and waiting for it are paid; being away is by its reason; the rest is not."""
        if what.is_work or what.availability == Availability.AVAILABLE:
            return True
        return what.reason in self.reasons and self.reasons[what.reason].paid

    def state(self, what: What) -> Part:
        return Part(self.of(what.availability, what.reason), None)

    def part(self, what: What) -> Part:
        card = self.cards.get(what.brand_id or 0)
        if what.is_work:
            return Part(str(EngagementKind(what.kind).label), card, what.is_test)
        return Part(self.of(what.availability, what.reason), card)

    def brand(self, what: What) -> Part:
        card = self.cards.get(what.brand_id or 0)
        return Part(card.name if card else _("Waiting and away"), card)


def handle_of(card: BrandCard | None) -> str:
    """Return what files and addresses call a client: its short name, or its number if it is gone, for its
    short name may be another one's by now; "" for none.
    """
    if card is None:
        return ""
    return f"client:{card.id}" if card.state == BrandState.GONE else card.slug


def is_signed_in(what: What) -> bool:
    """Whatever was done counts, and every state but offline and none."""
    return what.is_work or what.availability not in {"", Availability.OFFLINE}


def is_away(what: What) -> bool:
    return not what.is_work and what.availability == Availability.AWAY


def _hours(clock: AgentClock, total: dict[What, int], words: Words) -> Hours:
    brands = _added({what: n for what, n in total.items() if what.brand_id}, words.brand)
    return Hours(
        clock, _sum(total, is_signed_in), _sum(total, lambda what: what.is_work), _sum(total, is_away), brands
    )


def _sum(total: dict[What, int], wanted: Callable[[What], bool]) -> int:
    return sum(n for what, n in total.items() if wanted(what))


def _added(total: dict[What, int], name: Callable[[What], Part]) -> tuple[Sum, ...]:
    """Add up what has the same name, the most first."""
    found: dict[Part, int] = {}
    for what, seconds in total.items():
        part = name(what)
        found[part] = found.get(part, 0) + seconds
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0].words))
    return tuple(Sum(part, seconds) for part, seconds in ordered if seconds)


def _rows(found: list[Stretch], words: Words) -> Iterator[Row]:
    seconds = whole({n: one.seconds for n, one in enumerate(found)})
    for n, one in enumerate(found):
        parts = tuple(dict.fromkeys(words.part(what) for what in one.whats))
        yield Row(one.start, one.end, seconds[n], parts, one.is_gap)


def _correction(view: CorrectionView, words: Words) -> Correction:
    card = words.cards.get(view.brand_id or 0)
    return Correction(view, words.of(*view.was), words.of(*view.now), card)


def _lines(
    clock: AgentClock, day: date, zone: str, slices: list[Slice], words: Words
) -> Iterator[tuple[object, ...]]:
    for what, seconds in whole(sums(slices)).items():
        if seconds and is_signed_in(what):
            yield (
                day.isoformat(), zone, clock.employee_no, clock.name,
                handle_of(words.cards.get(what.brand_id or 0)), what.kind, what.availability, what.reason,
                _yes(words.paid(what)), _yes(what.is_test), seconds,
            )  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _batches() -> Iterator[list[AgentClock]]:
    done = 0
    while True:
        with labour_scope():
            rows = queries.clocks().filter(pk__gt=done).order_by("pk")[:AT_ONCE]
            clocks = [queries.clock_view(agent) for agent in rows]
        if not clocks:
            return
        yield clocks
        done = clocks[-1].agent_id


def _chart(found: list[Stretch], words: Words, zone: ZoneInfo) -> SafeString | None:
    """Draw the day from an hour before the first sign of life to an hour after the last; None without one."""
    alive = [one for one in found if any(is_signed_in(what) for what in one.whats)]
    if not alive:
        return None
    start, end = _full_hour(alive[0].start), _full_hour(alive[-1].end) + timedelta(hours=1)
    states = _joined(
        _state_mark(one, words, start, end) for one in found if one.end > start and one.start < end
    )
    work = [mark for one in alive for mark in _work_marks(one, words)]
    finding = _("From %(from)s to %(until)s, signed in for %(share)s of it.") % {
        "from": f"{alive[0].start.astimezone(zone):%H:%M}",
        "until": f"{alive[-1].end.astimezone(zone):%H:%M}",
        "share": percent(100 * sum((one.seconds for one in alive), Fraction()) / _wall(alive)),
    }
    lanes = (Lane(_("State"), tuple(states)), Lane(_("Work"), tuple(work)))
    return day_chart(lanes, start=start, end=end, zone=zone, title=_("The day"), finding=finding)


def _wall(alive: list[Stretch]) -> Fraction:
    return wall_seconds(alive[0].start, alive[-1].end)


def _full_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _state_mark(one: Stretch, words: Words, start: datetime, end: datetime) -> Mark:
    what = one.whats[0]
    name = words.of(what.availability, what.reason)
    return Mark(max(one.start, start), min(one.end, end), f"s-{what.availability or 'none'}", name)


def _joined(marks: Iterable[Mark]) -> list[Mark]:
    """Neighbours of the same state are one: what was worked on meanwhile is another lane's."""
    out: list[Mark] = []
    for mark in marks:
        last = out[-1] if out else None
        if last and (last.end, last.words) == (mark.start, mark.words):
            out[-1] = replace(last, end=mark.end)
        else:
            out.append(mark)
    return out


def _work_marks(one: Stretch, words: Words) -> Iterator[Mark]:
    works = [what for what in one.whats if what.is_work]
    for n, what in enumerate(works):
        part = words.part(what)
        name = f"{part.card.name}, {part.words}" if part.card else part.words
        yield Mark(one.start, one.end, "work", name, part.card.hue if part.card else None, n, len(works))
