"""The value that is frozen: everything an issued report says, in its language, with nothing left to look up.

`build` reads a brand's numbers; whatever shows a report reads its document alone. So a formula, a name, a
logo, an alias or a table of time zones that changes later changes nothing of what was issued.
"""

import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import tzdata
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import dated
from core.shares import percent
from reporting.catalogue import CATALOGUE
from reporting.charts import Bar
from reporting.choices import AgentNames, Span, Step
from reporting.commitments import Commitments, commitments
from reporting.counting import Counting, counting
from reporting.figures import Figure
from reporting.issued import sections
from reporting.issued.parts import by_agent
from reporting.issued.values import Document, Section
from reporting.measures import Sums
from reporting.metrics import merged
from reporting.periods import Period
from reporting.report import ServiceReport, service_report
from reporting.steps import Slot, slots_of
from reporting.stored import of_period
from tenants.choices import BrandKind
from tenants.values import BrandCard

FORMAT = 1
"""Of the document: raised when what reads it has to tell apart what was written before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be issued, and how it is written: `names` are those of agents towards the brand.

    `numbered`: the agents of the version before in the order of their numbers, which they keep.
    """

    brand: BrandCard
    period: Period
    zone: ZoneInfo
    language: str
    agents: AgentNames
    names: Mapping[int, str]
    note: str = ""
    numbered: Sequence[int] = ()

    @property
    def kind(self) -> Span:
        """The span of its period, which is one of the calendar."""
        return self.period.span or Span.DAY

    def counting(self, now: datetime) -> Counting:
        return counting(period=self.period, zone=self.zone, now=now)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who issues it when, as which version; `restates` is the version before."""

    version: int
    shown: str
    at: datetime
    restates: UUID | None = None


def build(asked: Asked, stamp: Stamp) -> tuple[Document, list[int]]:
    """Compute the period and return what is to be frozen, and its agents by number; in a tenant_scope.

    {"format", "brand", "period", "issued", "catalogue", "clauses", "title", "subtitle", "verdict", "tiles",
    "chart", "sections", "notes", "words"}; texts are in the report's language.
    """
    with translation.override(asked.language):
        return _built(asked, stamp)


def _built(asked: Asked, stamp: Stamp) -> tuple[Document, list[int]]:
    of, now = asked.counting(stamp.at), stamp.at
    report = service_report(period=of.period, zone=asked.zone, now=now, unread=of.unread)
    promised = commitments(
        first=of.first, last=of.last, zone=asked.zone, now=now, through=of.last, unread=of.unread
    )
    step = Step.HOUR if of.days == 1 else Step.DAY
    slots = slots_of(of.cut, step, asked.zone)
    parts = of_period(of, [slot.start for slot in slots], spreads=False).parts
    answered = by_agent(of)
    numbered = [*asked.numbered, *sorted(answered.keys() - set(asked.numbered))]
    agents = sections.agents(answered, numbered, asked.names, asked.agents)
    found = _sections(asked, of, report, promised, slots, agents, now)
    document = {
        "format": FORMAT,
        "brand": _brand(asked.brand),
        "period": _period(asked, of),
        "issued": _issued(asked, stamp),
        "catalogue": catalogue_version(),
        "clauses": _clauses(promised),
        "title": _("%(name)s service report") % {"name": asked.brand.name},
        "days": days_in_words(of.first, of.last),
        "subtitle": _subtitle(of, promised),
        "verdict": " ".join(filter(None, [promised.summary if promised else "", report.verdict])),
        "tiles": [_tile(one) for one in report.figures],
        "chart": _chart(report, _title(step)),
        "sections": found,
        "notes": _notes(asked, of, report, merged(parts)),
        "words": _words(),
    }
    return document, numbered


def _sections(
    asked: Asked, of: Counting, report: ServiceReport, promised: Commitments | None, slots: Sequence[Slot],
    agents: Sequence[Section], now: datetime,
) -> list[Section]:  # fmt: skip
    step = sections.FINEST[asked.kind]
    found = [
        *sections.promised(promised),
        *sections.reconciliations(of, promised, now),
        sections.intervals(of, slots, _title(Step.HOUR if of.days == 1 else Step.DAY)),
        sections.queues(of),
        sections.channels(of),
        *agents,
        *sections.happened(report),
        *sections.exclusions(report),
        sections.fine_intervals(of, slots_of(of.cut, step, asked.zone)),
    ]
    found = [one for one in found if one["rows"]]
    return [*found, sections.definitions(_keys(report, found, promised))]


# ---- what stands at the head ----


def _brand(card: BrandCard) -> dict[str, Any]:
    """`logo` is the digest of its picture, "" for none."""
    return {"name": card.name, "hue": card.hue, "logo": card.logo, "training": card.kind == BrandKind.SANDBOX}


def _period(asked: Asked, of: Counting) -> dict[str, Any]:
    """Instants stand with their offsets: no zone is looked up again. `final_through` is the last day."""
    start, end = (at.astimezone(asked.zone) for at in (of.cut[0].start, of.cut[-1].end))
    return {
        "kind": str(asked.kind), "first": str(of.first), "last": str(of.last), "zone": of.zone,
        "zone_tables": zone_tables(), "start": start.isoformat(), "end": end.isoformat(),
        "final_through": str(of.last),
    }  # fmt: skip


def _issued(asked: Asked, stamp: Stamp) -> dict[str, Any]:
    there = stamp.at.astimezone(asked.zone)
    return {
        "version": stamp.version, "by": stamp.shown, "at": there.isoformat(timespec="seconds"),
        "shown": f"{dated(there, 'j F Y, H:i')} ({asked.zone.key})",
        "restates": str(stamp.restates) if stamp.restates else None, "note": asked.note,
        "language": asked.language, "agents": str(asked.agents),
    }  # fmt: skip


def _clauses(promised: Commitments | None) -> list[dict[str, Any]]:
    return [
        {
            "ref": str(line.ref), "sentence": line.sentence, "from": str(line.first),
            "last_day": str(line.last) if line.last else None, "weight": line.weight, "metric": line.key,
        }
        for line in (promised.lines if promised else ())
    ]  # fmt: skip


def _subtitle(of: Counting, promised: Commitments | None) -> str:
    """Say for when it is, and through when its figures are final, if all of them are."""
    if promised and any(window.open_until for line in promised.lines for window in line.windows):
        return _("%(days)s · %(zone)s time") % {"days": days_in_words(of.first, of.last), "zone": of.zone}
    said = {"days": days_in_words(of.first, of.last), "zone": of.zone, "last": _day(of.last, "j F")}
    return _("%(days)s · %(zone)s time · figures final through %(last)s") % said


def days_in_words(first: date, last: date) -> str:
    """Say the days of a period, both ends within, in the language in force."""
    if first == last:
        return _day(first, "j F Y")
    brief = "j" if (first.year, first.month) == (last.year, last.month) else "j F"
    return _("%(first)s to %(last)s") % {"first": _day(first, brief), "last": _day(last, "j F Y")}


def _day(day: date, form: str) -> str:
    return str(dated(day, form))


def _tile(figure: Figure) -> dict[str, Any]:
    return {
        "name": str(figure.metric.name), "key": figure.key, "unit": figure.metric.unit,
        "t": figure.text, "mark": figure.unit, "n": None if figure.number is None else str(figure.number),
        "detail": figure.detail, "before": figure.before,
    }  # fmt: skip


# ---- the chart ----


def _title(step: Step) -> str:
    return _("Service level by hour") if step == Step.HOUR else _("Service level by day")


def _chart(report: ServiceReport, title: str) -> dict[str, Any]:
    """`targets` in words; `bars`: {"label", "in_target", "late", "abandoned", "waiting", "tip", "cause"};
    `marks`: {"start", "end", "words", "kind"} of what happened, counted in bars.
    """
    return {
        "title": title,
        "description": report.strip.words.description,
        "target": report.agreed,
        "targets": " · ".join(_target(*one) for one in report.targets),
        "bars": [_bar(bar) for bar in report.strip.bars],
        "marks": [asdict(mark) for mark in report.strip.marks],
    }


def _target(share: int | None, seconds: int) -> str:
    if share:
        return _("target %(share)s in %(seconds)s s") % {"share": percent(share), "seconds": seconds}
    return _("target %(seconds)s s") % {"seconds": seconds}


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "label": bar.label, "in_target": bar.in_target, "late": bar.late, "abandoned": bar.abandoned,
        "waiting": bar.waiting, "tip": bar.tip, "cause": bar.cause,
    }  # fmt: skip


# ---- what stands at the foot ----


def _notes(asked: Asked, of: Counting, report: ServiceReport, whole: Sums) -> list[str]:
    found = [report.compared_with, _cut(of)]
    if open_ones := sections.still_open(whole):
        words = ngettext(
            "%(count)d contact of this period had not come to its end when this was issued.",
            "%(count)d contacts of this period had not come to their end when this was issued.",
            open_ones,
        )
        found.append(words % {"count": open_ones})
    if asked.brand.kind == BrandKind.SANDBOX:
        found.append(_("Training: nothing here counts"))
    return [one for one in found if one]


def _cut(of: Counting) -> str:
    words = _(
        "Days are cut at midnight in %(zone)s."
        " Test contacts are left out. A contact belongs to the day it came in."
    )
    return words % {"zone": of.zone}


def _words() -> dict[str, str]:
    """What the page and the file say around the numbers."""
    return {
        "level": _("Service level"), "contacts": _("Contacts"), "in_time": _("In time"), "late": _("Late"),
        "abandoned": _("Abandoned"), "waiting": _("Waiting"), "target": _("Target"), "chart": _("Chart"),
        "issued": _("Issued"), "version": _("Version"), "by": _("Issued by"), "hash": _("Hash (SHA-256)"),
        "note": _("Note"), "catalogue": _("Catalogue of metrics"), "zones": _("Tables of time zones"),
        "about": _("About this report"), "key": _("Key"), "figure": _("Figure"), "figures": _("Figures"),
        "total": _("Whole period"), "of": _("From"),
    }  # fmt: skip


def _keys(report: ServiceReport, found: Sequence[Section], promised: Commitments | None) -> Iterator[str]:
    yield from (one.key for one in report.figures)
    yield from (column["key"] for one in found for column in one["head"] if "key" in column)
    yield from (line.key for line in (promised.lines if promised else ()))


# ---- versions of what was used ----


@cache
def catalogue_version() -> str:
    """Return a digest of every formula: it is another one when a definition was added or changed."""
    said = [(one.key, one.top, one.bottom, one.spread, one.share, one.unit) for one in CATALOGUE]
    return sha256(repr(sorted(said)).encode()).hexdigest()[:12]


@cache
def zone_tables() -> str:
    """Return the version of the tables of time zones that are in use, "" where they do not say it."""
    for folder in zoneinfo.TZPATH:
        if (found := Path(folder) / "tzdata.zi").is_file():
            return found.open(encoding="ascii").readline().removeprefix("# version").strip()
    return str(tzdata.IANA_VERSION)
