"""What practice customers write about, and what became of them; values out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import override

from interactions.choices import DispositionKind, State
from interactions.hours import all_projected
from interactions.models import Disposition, Queue
from interactions.practice.models import PracticeCustomer, PracticeRun
from interactions.practice.scenarios import SCENARIOS
from tenants.values import BrandCard

SHOWN = 5


@dataclass(frozen=True, slots=True)
class CustomerView:
    """`comes_at` while the customer has not come; `agent` is the alias that the customer reads, or ""."""

    name: str
    scenario: str
    words: str
    kind: str
    agent: str
    language: str
    comes_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A sending; `going_on`: how many of its customers still come, wait or talk."""

    ref: UUID
    size: int
    minutes: int
    started_at: datetime
    stopped_at: datetime | None
    going_on: int
    customers: tuple[CustomerView, ...]


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """A queue where whoever comes waits until it opens; None when that is not known."""

    name: str
    opens_at: datetime | None


def closed_lines(now: datetime) -> list[ClosedLine]:
    """Return the closed queues of the bound brand's entrances, by name."""
    rows = Queue.objects.filter(inboxes__isnull=False).select_related("calendar")
    queues = list(rows.distinct().order_by("name", "pk"))
    hours = [one.openings for one in all_projected(queues, now=now)]
    return [
        ClosedLine(queue.name, openings[0][0] if openings else None)
        for queue, openings in zip(queues, hours, strict=True)
        if openings is not None and not (openings and openings[0][0] <= now)
    ]


def practice_runs() -> list[RunView]:
    """Return the newest sendings of the bound brand, the last one first."""
    customers = PracticeCustomer.objects.select_related("interaction").order_by("n")
    runs = PracticeRun.objects.order_by("-pk").prefetch_related(Prefetch("customers", customers))
    return [_run(run) for run in runs[:SHOWN]]


def languages_of(card: BrandCard) -> list[str]:
    """Return the client's languages that there are words in; English when there is none."""
    spoken = {code for code, _name in settings.LANGUAGES}
    return [code for code in card.locales if code in spoken] or ["en"]


def reason_of(number: int) -> str:
    """Return one of the bound brand's reasons to write, for the customer of that number."""
    reasons = Disposition.objects.filter(kind=DispositionKind.REASON, active=True, not_a_contact=False)
    labels = list(reasons.order_by("position", "pk").values_list("label", flat=True))
    return str(labels[number % len(labels)]) if labels else _("Something else")


def scripts(card: BrandCard) -> list[list[str]]:
    """Return what each scenario says in the bound brand, in its first language."""
    with override(languages_of(card)[0]):
        return [
            [one.line(turn, reason=reason_of(n)) for turn in range(len(one.lines))]
            for n, one in enumerate(SCENARIOS.values())
        ]


def _run(run: PracticeRun) -> RunView:
    rows = list(run.customers.all())
    going_on = sum(row.due_at is not None for row in rows)
    return RunView(
        run.ref, run.size, run.minutes, run.started_at, run.stopped_at, going_on,
        tuple(_customer(row) for row in rows),
    )  # fmt: skip


def _customer(row: PracticeCustomer) -> CustomerView:
    scenario, talk = SCENARIOS.get(row.scenario), row.interaction
    kind, words = _state(row)
    return CustomerView(
        row.name, str(scenario.title) if scenario else row.scenario, words, kind,
        talk.agent_shown if talk else "", row.language, None if talk else row.due_at,
    )  # fmt: skip


def _state(row: PracticeCustomer) -> tuple[str, str]:
    """Return the kind of its chip ("" for none) and the words."""
    if row.interaction is None:
        return ("", _("Not here yet")) if row.due_at else ("", _("Did not come"))
    return {
        State.QUEUED: ("warn", _("Waits for an agent")),
        State.ACTIVE: ("good", _("Talks")),
        State.ABANDONED: ("bad", _("Left unanswered")),
    }.get(State(row.interaction.state), ("", _("Over")))
