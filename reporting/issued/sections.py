"""The tables of an issued report, from the numbers of its period. Values only; in a tenant_scope."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import dated
from interactions.choices import Channel
from interactions.queries import queue_names
from reporting.catalogue import ANSWERED, BY_KEY, HANDLE_TIME, SERVICE_LEVEL, SPEED_OF_ANSWER
from reporting.choices import AgentNames, Counted, ExclusionState, Span, Step, Verdict
from reporting.clauses import scope_words
from reporting.commitments import Commitments, Line, Measured
from reporting.counting import Counting, counting
from reporting.figures import figure
from reporting.issued.parts import by_channel
from reporting.issued.reconcile import is_other, reconciled
from reporting.issued.values import (
    Cell,
    Section,
    column_of,
    mixed,
    mixed_of,
    number_of,
    section,
    words,
)
from reporting.measures import Sums
from reporting.metrics import Metric, merged
from reporting.models import Clause
from reporting.report import ServiceReport
from reporting.steps import Slot
from reporting.stored import by_queue
from reporting.table import COLUMNS, SlotLine, queue_lines, slot_lines

OF_AGENTS = (ANSWERED, SERVICE_LEVEL, SPEED_OF_ANSWER, HANDLE_TIME)
FINEST = {Span.DAY: Step.QUARTER, Span.WEEK: Step.HOUR, Span.MONTH: Step.HOUR}
"""How long the intervals are that a spreadsheet holds."""


def intervals(of: Counting, slots: Sequence[Slot], title: str) -> Section:
    """The table twin of the chart."""
    lines = slot_lines(of, slots)
    rows = [[line.slot.label, *_cells(line)] for line in lines]
    return section("intervals", title, [*words(_("Interval")), *map(column_of, COLUMNS)], rows)


def fine_intervals(of: Counting, slots: Sequence[Slot]) -> Section:
    """Every interval with both its ends, for who computes with it."""
    zone = ZoneInfo(of.zone)
    rows = [
        [*(_instant(at, zone) for at in (line.slot.start, line.slot.end)), *_cells(line)]
        for line in slot_lines(of, slots)
    ]
    head = [*words(_("From (%(zone)s)") % {"zone": of.zone}, _("Until")), *map(column_of, COLUMNS)]
    return section("fine", _("Intervals"), head, rows, files=True)


def queues(of: Counting) -> Section:
    lines, whole = queue_lines(of)
    names = queue_names()
    found = sorted(((names.get(line.queue_id, "?"), line) for line in lines), key=itemgetter(0))
    rows: list[list[Cell]] = [[name, *map(number_of, line.figures)] for name, line in found]
    rows.append([_("All queues"), *map(number_of, whole.figures)])
    keys = [*(str(line.queue_id) for _name, line in found), "all"]
    return section("queues", _("Queues"), [*words(_("Queue")), *map(column_of, COLUMNS)], rows, keys=keys)


def channels(of: Counting) -> Section:
    found = {_channel(code): sums for code, sums in by_channel(of).items()}
    rows = [[name, *_numbers(COLUMNS, found[name])] for name in sorted(found)]
    return section("channels", _("Channels"), [*words(_("Channel")), *map(column_of, COLUMNS)], rows)


def agents(
    found: Mapping[int, Sums], numbers: Sequence[int], names: Mapping[int, str], shown: AgentNames
) -> list[Section]:
    """One table, or none where agents are not to be shown. `numbers`: their ids, who is number 1 first.

    What tells them apart is the number, which is this report's: an id would name them in every client's.
    """
    if shown == AgentNames.NONE:
        return []
    named = _named(found, numbers, names, shown)
    rows = [[name, *_numbers(OF_AGENTS, sums)] for name, _key, sums in named]
    keys = [key for _name, key, _sums in named]
    head = [*words(_("Agent")), *map(column_of, OF_AGENTS)]
    note = _("A contact that was handed over counts with who had it last.")
    if shown == AgentNames.NUMBER:
        note = f"{note} {_('A number is the same agent throughout this report.')}"
    return [section("agents", _("Agents"), head, rows, note=note, keys=keys)]


def promised(found: Commitments | None) -> list[Section]:
    """What each clause in force came to, and where it was missed most."""
    if found is None:
        return []
    head = [
        *words(_("Commitment"), _("Days")),
        *mixed(_("Every contact"), _("Without what was accepted")),
        *words(_("Result"), _("Metric"), _("In force"), _("Weight")),
    ]
    rows = [row for line in found.lines for row in _commitment(line)]
    keys = [f"{line.ref} {one.label}" for line in found.lines for one in line.windows]
    kept = section("commitments", _("Commitments"), head, rows, note=found.summary, keys=keys)
    missed = [row for line in found.lines for row in _reasons(line)]
    if not missed:
        return [kept]
    heads = [*words(_("Commitment"), _("Hour"), _("Queue")), *mixed(_("Figure")), *words(_("Causes"))]
    return [kept, section("reasons", _("Where it was missed most"), heads, missed)]


def reconciliations(of: Counting, found: Commitments | None, now: datetime) -> list[Section]:
    """A table for each clause whose service level is made by another formula than the house's."""
    refs = [line.ref for line in found.lines] if found else []
    rows = {row.ref: row for row in Clause.objects.filter(ref__in=refs)}
    mine = [rows[ref] for ref in refs if is_other(BY_KEY[rows[ref].metric])]
    seen = {(row.metric, row.counted, tuple(row.queue_ids)): row for row in reversed(mine)}
    names, by = queue_names(), {one: _counted(of, one, now) for one in {row.counted for row in mine}}
    sums = {one: by_queue(each) for one, each in by.items()}
    return [
        reconciled(
            BY_KEY[row.metric],
            merged(
                part for id, part in sums[row.counted].items() if not row.queue_ids or id in row.queue_ids
            ),
            counted=by[row.counted].counted,
            name=str(n),
            scope=_("Over %(scope)s.") % {"scope": scope_words(row, names)},
        )
        for n, row in enumerate(reversed(seen.values()), start=1)
    ]


def happened(report: ServiceReport) -> list[Section]:
    """Incidents, closures and holidays, numbered as on the chart."""
    rows: list[list[Cell]] = [
        [f"{number}: {one.title}", one.of or _("Every queue"), one.when, one.text]
        for number, one in enumerate(report.strip.happenings, start=1)
    ]
    head = words(_("What"), _("Queue"), _("When"), _("Reason"))
    return [section("happened", _("What happened"), head, rows)] if rows else []


def exclusions(report: ServiceReport) -> list[Section]:
    """What was proposed to be left out, and the figures with it and without."""
    if not report.exclusions:
        return []
    zone = ZoneInfo(report.zone)
    head = words(
        _("What"), _("From"), _("Until"), _("State"), _("Proposed by"), _("Reason"), _("Answered by")
    )
    rows: list[list[Cell]] = []
    for each in report.exclusions:
        one = each.left_out
        until = _instant(one.ended_at, zone) if one.ended_at else _("goes on")
        answered = ": ".join(filter(None, [one.answer.shown, one.answer.why]))
        rows.append(
            [
                f"{one.cause_words}: {one.label or _('Every queue')}", _instant(one.started_at, zone), until,
                str(ExclusionState(one.answer.state).label), one.proposed_shown, one.reason, answered,
            ]
        )  # fmt: skip
    keys = [str(each.left_out.ref) for each in report.exclusions]
    sides = [
        *words(_("Figure")),
        *mixed(_("Every contact"), _("Without what was accepted"), _("Without all that is not refused")),
    ]
    figures: list[list[Cell]] = [
        [str(one.name), *map(mixed_of, (one.everything, one.accepted, one.proposed))] for one in report.sides
    ]
    return [
        section("exclusions", _("Proposed to be left out"), head, rows, note=report.without, keys=keys),
        section("sides", _("With and without it"), sides, figures),
    ]  # fmt: skip


def definitions(used: Iterable[str]) -> Section:
    """What each number means: its sentence and its formula, by the `id@version` that stands at it."""
    keys = {key.partition("/")[0] for key in used}
    head = words(_("Number"), _("Key"), _("Meaning"), _("Formula"), _("ISO 18295-1"), _("COPC-style name"))
    rows = [
        [str(one.name), one.key, str(one.words), one.formula, one.iso or "–", one.copc]
        for one in BY_KEY.values()
        if one.key in keys
    ]
    return section("definitions", _("How these numbers are made"), head, rows)


# ---- parts ----


def _cells(line: SlotLine) -> list[Cell]:
    return [number_of(one) for one in line.figures]


def _numbers(metrics: Sequence[Metric], sums: Sums) -> list[Cell]:
    return [number_of(figure(metric, sums)) for metric in metrics]


def _instant(at: datetime, zone: ZoneInfo) -> str:
    """Write it with its offset, so that no later table of zones moves it."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes")


def _channel(code: str) -> str:
    return str(Channel(code).label) if code in Channel.values else code


def _named(
    found: Mapping[int, Sums], numbers: Sequence[int], names: Mapping[int, str], shown: AgentNames
) -> list[tuple[str, str, Sums]]:
    """Name them, each with its number; those who are called alike are in the order of theirs."""
    ordered = [(n, one) for n, one in enumerate(numbers, start=1) if one in found]
    if shown == AgentNames.NUMBER:
        return [(_("Agent %(number)d") % {"number": n}, str(n), found[one]) for n, one in ordered]
    named = [(names.get(one) or _("Somebody"), n, one) for n, one in ordered]
    return [(name, str(n), found[one]) for name, n, one in sorted(named)]


def _counted(of: Counting, counted: str, now: datetime) -> Counting:
    zone, by = ZoneInfo(of.zone), Counted(counted)
    return counting(period=of.period, zone=zone, now=now, counted=by, unread=of.unread)


def _commitment(line: Line) -> list[list[Cell]]:
    first, last = (dated(day, "j M Y") if day else "" for day in (line.first, line.last))
    force = f"{first} – {last}" if last else _("since %(first)s") % {"first": first}
    return [
        [
            line.sentence, one.label, mixed_of(one.everything),
            mixed_of(one.accepted) if one.accepted else "–", _result(one),
            line.key, force, str(line.weight),
        ]
        for one in line.windows
    ]  # fmt: skip


def _result(one: Measured) -> str:
    label = str(Verdict(one.verdict).label)
    said = label if one.is_over else _("%(result)s so far") % {"result": label}
    return ", ".join(filter(None, [said, one.open_until]))


def _reasons(line: Line) -> list[list[Cell]]:
    return [
        [line.sentence, one.label, one.queue, mixed_of(one.figure), ", ".join(one.causes)]
        for one in line.reasons
    ]


def still_open(whole: Sums) -> int:
    """Return how many contacts of the period have not come to their end."""
    count = whole.numbers
    return max(count["offered"] - count["handled"] - count["abandoned"] - count["flowed"], 0)
