"""What the demo clients were promised, and yesterday's report of each, issued."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from config.worlds.cast import BRANDS, OPERATOR, BrandPlan
from reporting import actions as reports
from reporting.actions.issuing import NotIssued, issue_report
from reporting.choices import AgentNames, Counted, Span, Window
from reporting.issued.document import Asked
from reporting.issued.kept import find_issued
from reporting.periods import of_calendar
from tenants.cards import BrandCard, card_by_slug
from tenants.scope import Grant, tenant_scope
from workforce.queries import shown_names

KEYS = UUID("6f1d3c52-5b0e-4f0b-9d8e-3a7f5b1c9e42")
SHOWN = OPERATOR[0].partition(" ")[0]
"""What clients read of the operator: no surname."""
PROMISES = (
    ("SL.NEG@1", Window.WEEK, "80", "70", 3),
    ("ASA.QUEUE@1", Window.DAY, "45", "90", 1),
    ("ABN.RATE@1", Window.WEEK, "10", "20", 2),
)
"""Metric, window, target, minimum, weight: of all queues, by all hours."""


def plant_contract(plan: BrandPlan, card: BrandCard, grant: Grant, *, actor: str, now: datetime) -> None:
    """Promise the client PROMISES from the day of `now` on."""
    zone = ZoneInfo(plan.timezone)
    with tenant_scope(card, grant):
        for metric, window, target, minimum, weight in PROMISES:
            reports.add_clause(
                key=uuid5(KEYS, f"{plan.slug}:{metric}"), metric=metric, counted=Counted.ELAPSED,
                window=window, queue_ids=[], target=Decimal(target), minimum=Decimal(minimum), weight=weight,
                from_date=now.astimezone(zone).date(), shown=SHOWN, zone=zone, actor=actor, now=now,
            )  # fmt: skip


def issue_yesterday(grant: Grant, *, actor: str, now: datetime) -> None:
    """Read each client's log to its end and issue the report of its yesterday, once, if that can be now."""
    for plan in BRANDS:
        card = card_by_slug(plan.slug)
        if card is None:
            continue
        zone = ZoneInfo(card.timezone)
        period = of_calendar(Span.DAY, now.astimezone(zone).date() - timedelta(days=1))
        with tenant_scope(card, grant):
            while reports.roll_next():
                pass
            if find_issued(Span.DAY, period.first):
                continue
            asked = Asked(card, period, zone, card.locales[0], AgentNames.ALIAS, shown_names(card.id))
            key = uuid5(KEYS, f"{plan.slug}:{period.first}")
            with suppress(NotIssued):  # somebody writes into it just now
                issue_report(asked, key=key, shown=SHOWN, actor=actor, now=now)
