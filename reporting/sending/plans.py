"""What a client's plans are and what is due by them. Asked inside a tenant_scope; values leave it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery

from reporting.choices import AgentNames, ChartPlace, FileForm, Span
from reporting.issued.kept import Issued, get_issued
from reporting.issued.models import IssuedReport
from reporting.periods import Period, of_calendar
from reporting.sending.models import PlanRun, ReportPlan
from reporting.sending.people import Person, people_of, seated
from reporting.sending.timing import due_at, due_since, next_due
from tenants.values import BrandCard

PATIENCE = timedelta(minutes=15)
"""So long what is due may take to be sent, a period's last minutes included."""
FORMS = (FileForm.PDF, FileForm.XLSX, FileForm.CSV)
"""What can be attached; the chart has a place of its own."""
TRIED = timedelta(days=35)
"""So long after it was due a report is tried again that could not be sent while later ones were."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind's plan, as it is or as it would begin. `next_at`: when the next is due, None while off."""

    kind: Span
    is_on: bool
    since: datetime | None
    hour: int
    language: str
    agents: AgentNames
    forms: tuple[str, ...]
    chart: ChartPlace
    people: tuple[Person, ...]
    next_at: datetime | None
    changed_shown: str = ""
    changed_at: datetime | None = None

    @property
    def readers(self) -> list[Person]:
        """Who gets its mails, each address once; who said stop by one row gets none by another."""
        stopped = {one.address for one in self.people if one.stopped_at}
        found = {one.address: one for one in self.people if one.gets_it and one.address not in stopped}
        return list(found.values())

    @property
    def stopped(self) -> list[Person]:
        """Who said stop."""
        return [one for one in self.people if one.stopped_at]

    @property
    def files(self) -> list[str]:
        """What is attached, in words."""
        return [str(FileForm(form).label) for form in self.forms]


def plans_of(brand: BrandCard, *, now: datetime) -> list[Plan]:
    """Return the plan of each kind, also of one that nobody has made yet."""
    rows = {row.kind: row for row in ReportPlan.objects.prefetch_related("readers")}
    found, zone = seated(brand.id, now=now), ZoneInfo(brand.timezone)
    return [
        _plan(rows[kind], found, zone, now) if kind in rows else _none(brand, Span(kind))
        for kind in Span.values
    ]


def plan_of(brand: BrandCard, kind: Span, *, now: datetime) -> Plan:
    return next(one for one in plans_of(brand, now=now) if one.kind == kind)


def due(brand: BrandCard, plans: Iterable[Plan], *, now: datetime) -> list[tuple[Plan, Period]]:
    """Return what is due by these plans and was not sent, the oldest first.

    From the last that was sent on, and of those before it what could not be sent TRIED long.
    """
    zone, found = ZoneInfo(brand.timezone), []
    for plan in plans:
        if plan.is_on and plan.since:
            ran = _ran(plan.kind)
            periods = due_since(plan.kind, plan.hour, zone, since=_since(plan, ran, zone), now=now)
            found += [(plan, period) for period in periods if period.first not in ran]
    return sorted(found, key=lambda one: (one[1].last, one[1].days))


def late(brand: BrandCard, plans: Iterable[Plan], *, now: datetime) -> dict[str, datetime]:
    """Return since when a plan's oldest report is due that was not sent, by kind; without those just due."""
    found: dict[str, datetime] = {}
    for plan, period in due(brand, plans, now=now - PATIENCE):
        found.setdefault(plan.kind, due_at(period, plan.hour, ZoneInfo(brand.timezone)))
    return found


def restated(*, now: datetime) -> list[Issued]:
    """Return what took the place of what a plan has sent, since it is on, and was not sent; oldest first."""
    newer = IssuedReport.objects.filter(restates=OuterRef("report__ref"))
    since = ReportPlan.objects.filter(is_on=True, kind=OuterRef("kind")).values("since")
    runs = PlanRun.objects.annotate(
        newer=Subquery(newer.values("ref")[:1]), newer_at=Subquery(newer.values("issued_at")[:1])
    ).filter(newer_at__gt=Subquery(since[:1]))
    return [get_issued(ref) for ref in runs.order_by("newer_at", "pk").values_list("newer", flat=True)]


def language_of(brand: BrandCard) -> str:
    """Return the client's first language that its reports can be in."""
    spoken = [one for one in brand.locales if one in settings.CLIENT_LANGUAGES]
    return (spoken or settings.CLIENT_LANGUAGES)[0]


def _ran(kind: Span) -> list[date]:
    """Return the first days of what was sent last, the latest first; as many as TRIED can hold."""
    runs = PlanRun.objects.filter(kind=kind).order_by("-first").values_list("first", flat=True)
    return list(runs[: TRIED.days + 1])


def _since(plan: Plan, ran: Sequence[date], zone: ZoneInfo) -> datetime:
    on = cast(datetime, plan.since)
    return max(on, due_at(of_calendar(plan.kind, ran[0]), plan.hour, zone) - TRIED) if ran else on


def _none(brand: BrandCard, kind: Span) -> Plan:
    forms = (str(FileForm.PDF),)
    return Plan(
        kind, False, None, 8, language_of(brand), AgentNames.ALIAS, forms, ChartPlace.INLINE, (), None
    )


def _plan(row: ReportPlan, found: dict[int, Person], zone: ZoneInfo, now: datetime) -> Plan:
    kind = Span(row.kind)
    readers = sorted(row.readers.all(), key=lambda one: one.pk)
    return Plan(
        kind, row.is_on, row.since, row.hour, row.language, AgentNames(row.agents), tuple(row.forms),
        ChartPlace(row.chart), tuple(people_of(readers, found)),
        next_due(kind, row.hour, zone, now=now) if row.is_on else None, row.changed_shown, row.changed_at,
    )  # fmt: skip
