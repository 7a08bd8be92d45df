"""Somebody leaves, on a day or at once; and comes back.

1. `plan_leaving` writes the departure. Until its instant nothing changes and it can be cancelled.
2. `carry_out` begins: one transaction ends seats, sign-in and sessions, takes the agent off the available
   ones and writes down every brand where something may be left, and every seat that ended.
3. Then brand by brand, each in a transaction of its own: open work goes back to its place in the line,
   drafts are handed on (`agent_left`, received by the rooms that hold them). A brand that is done says so;
   what failed or was killed is done by the next `carry_out`, which the sweep calls each minute.
   When all are done the team's lead is told by mail what was handed on (`workforce.staff.handing`).
4. `reinstate` opens the account again with the seats that ended. What was handed on stays where it is.

Names, aliases and certifications stay: old conversations and reports say what they said.
"""

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.access import known_zone
from accounts.choices import Role
from accounts.models import Membership
from accounts.staffing import HeldSeat, close_account, reopen_account
from core.errors import NotFound
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant
from workforce.actions.availability import set_availability
from workforce.choices import Availability, DepartureState
from workforce.errors import LeavingRefused
from workforce.models import Agent, Departure, DepartureBrand, DepartureSeat, Team
from workforce.signals import agent_left, agents_changed
from workforce.staff.handing import tell_lead

log = logging.getLogger(__name__)

Entry = Callable[[BrandCard], Grant]
OPEN = (DepartureState.PLANNED, DepartureState.BEGUN)


def zone_of(agent: Agent) -> str:
    """Return the zone of where the agent works; UTC without a site."""
    site = agent.site or (agent.team.site if agent.team else None)
    return known_zone(site.timezone) if site else "UTC"


def plan_leaving(agent_id: int, *, last_day: date | None, actor: str, now: datetime) -> Departure:
    """Write down that the agent leaves when `last_day` is over at their site; None: at once.

    Raises LeavingRefused for who has left, is leaving already, would lock themselves out, or a day that is
    over; NotFound.
    """
    if actor == f"user:{agent_id}":
        raise LeavingRefused(_("Somebody else has to do that for you."))
    with labour_scope(), transaction.atomic():
        agent = _locked(agent_id)
        zone = ZoneInfo(zone_of(agent))
        today = now.astimezone(zone).date()
        day = last_day or today
        if day < today or day < agent.hired_on:
            raise LeavingRefused(_("The last day is over already. Choose today or later."))
        if agent.left_on or Departure.objects.filter(agent=agent, state__in=OPEN).exists():
            raise LeavingRefused(_("This person leaves already."))
        ends = datetime.combine(day + timedelta(days=1), time(), zone) if last_day else now
        row = Departure.objects.create(agent=agent, by=actor, last_day=day, leave_at=ends, planned_at=now)
        diff = {"last_day": [None, day.isoformat()]}
        audit("departure.planned", actor=actor, object=f"user:{agent_id}", diff=diff, now=now)
    return row


def cancel_leaving(agent_id: int, *, actor: str, now: datetime) -> None:
    """Let somebody stay whose departure has not begun. Raises LeavingRefused."""
    with labour_scope(), transaction.atomic():
        planned = Departure.objects.filter(agent_id=agent_id, state=DepartureState.PLANNED)
        if not planned.update(state=DepartureState.CANCELLED):
            raise LeavingRefused(_("Nothing is planned that could be cancelled."))
        audit("departure.cancelled", actor=actor, object=f"user:{agent_id}", now=now)


def carry_out(departure_id: int, *, entry: Entry, now: datetime) -> bool:
    """Do what is left of a departure that is due; True once all of it is done.

    `entry` gives leave to enter a brand. A brand that fails is written down and holds up no other.
    """
    if not _begin(departure_id, now=now):
        return False
    with labour_scope():
        brands = DepartureBrand.objects.filter(departure_id=departure_id, done_at__isnull=True)
        todo = list(brands.order_by("brand_id"))
    done = [_one_brand(row, entry=entry, now=now) for row in todo]
    return all(done) and _finish(departure_id, now=now)


def carry_out_due(now: datetime, *, entry: Entry) -> int:
    """Carry out every departure that is due and not done; returns how many were finished."""
    with labour_scope():
        due = Departure.objects.filter(state__in=OPEN, leave_at__lte=now).order_by("leave_at", "pk")
        ids = list(due.values_list("pk", flat=True)[:100])
    return sum(_safely(pk, entry=entry, now=now) for pk in ids)


def reinstate(agent_id: int, *, actor: str, now: datetime) -> None:
    """Take back somebody who left, with the seats they had; they choose a new password.

    Raises LeavingRefused while the departure is still being carried out, or for who did not leave.
    """
    with labour_scope(), transaction.atomic():
        agent = _locked(agent_id)
        row = Departure.objects.filter(agent=agent, state=DepartureState.DONE).first()
        if row is None:
            raise LeavingRefused(_("This person has not left, or the leaving is still being carried out."))
        seats = [
            HeldSeat(seat.brand_id, seat.role, seat.valid_until)
            for seat in row.seats.order_by("pk")
            if seat.brand_id is None or card_by_id(seat.brand_id)
        ]
        agent.left_on = None
        agent.save(update_fields=["left_on"])
        reopen_account(agent_id, seats=seats, actor=actor, now=now)
        row.state = DepartureState.REINSTATED
        row.save(update_fields=["state"])
        audit("departure.reinstated", actor=actor, object=f"user:{agent_id}", now=now)
        agents_changed.send(sender=Agent, agent_ids=[agent_id], now=now)


def departure_of(agent_id: int) -> Departure | None:
    """Return the departure that counts now: planned, being carried out, or done."""
    with labour_scope():
        rows = Departure.objects.filter(agent_id=agent_id, state__in=(*OPEN, DepartureState.DONE))
        return rows.select_related("mail").prefetch_related("brands").first()


def _locked(agent_id: int) -> Agent:
    rows = Agent.objects.select_related("site", "team__site").select_for_update(of=("self",))
    agent = rows.filter(pk=agent_id).first()
    if agent is None:
        raise NotFound
    return agent


@transaction.atomic
def _begin(departure_id: int, *, now: datetime) -> bool:
    """End seats and sign-in, once; False when it is not due, cancelled, or done."""
    with labour_scope():
        row = Departure.objects.select_for_update(of=("self",)).filter(pk=departure_id).first()
        if row is None or row.state not in OPEN or row.leave_at > now:
            return False
        if row.state == DepartureState.BEGUN:
            return True
        _list_brands(row)
        seats = close_account(row.agent_id, actor=row.by, now=now)
        DepartureSeat.objects.bulk_create(
            [
                DepartureSeat(departure=row, brand_id=s.brand_id, role=s.role, valid_until=s.valid_until)
                for s in seats
            ]
        )
        set_availability(row.agent_id, to=Availability.OFFLINE, actor=None, now=now)
        Agent.objects.filter(pk=row.agent_id).update(left_on=Greatest(row.last_day, "hired_on"))
        _leave_lead(row.agent_id, actor=row.by, now=now)
        row.state, row.begun_at = DepartureState.BEGUN, now
        row.save(update_fields=["state", "begun_at"])
        audit("departure.begun", actor=row.by, object=f"user:{row.agent_id}", now=now)
    return True


def _list_brands(row: Departure) -> None:
    """Every brand they ever had a seat in: a draft or a conversation may be left in any of them."""
    seated = Membership.objects.filter(user_id=row.agent_id, role=Role.AGENT, brand__isnull=False)
    ids = sorted({pk for pk in seated.values_list("brand_id", flat=True) if pk})
    DepartureBrand.objects.bulk_create([DepartureBrand(departure=row, brand_id=pk) for pk in ids])


def _leave_lead(agent_id: int, *, actor: str, now: datetime) -> None:
    """Nobody's team is led by who is not there."""
    for team in Team.objects.filter(lead_id=agent_id).order_by("pk"):
        team.lead = None
        team.save(update_fields=["lead"])
        diff = {"lead": [f"user:{agent_id}", None]}
        audit("team.changed", actor=actor, object=f"team:{team.pk} {team.name}", diff=diff, now=now)


def _one_brand(row: DepartureBrand, *, entry: Entry, now: datetime) -> bool:
    """Hand on what is left in one brand; False when it failed, which the row then says."""
    card = card_by_id(row.brand_id)
    try:
        with transaction.atomic():
            handed = _hand_on(row, card, grant=entry(card), now=now) if card else {}
            with labour_scope():
                DepartureBrand.objects.filter(pk=row.pk).update(done_at=now, error="", **handed)
    except Exception as error:
        log.exception("departure %s: brand %s", row.departure_id, row.brand_id)
        with labour_scope():
            DepartureBrand.objects.filter(pk=row.pk).update(error=type(error).__name__[:200])
        return False
    return True


def _hand_on(row: DepartureBrand, card: BrandCard, *, grant: Grant, now: datetime) -> dict[str, Any]:
    """Hand on; returns the columns of the row that say what."""
    with labour_scope():
        again = DepartureBrand.objects.select_for_update().get(pk=row.pk)
        if again.done_at:  # another process was quicker
            return {}
        agent = Agent.objects.select_related("team").get(departures=row.departure_id)
        lead_id = _lead_of(agent, card, now=now)
        audit(
            "departure.handed_on",
            actor="system:leaving",
            brand_id=card.id,
            object=f"user:{agent.pk}",
            now=now,
        )
    told: list[tuple[Any, Any]] = agent_left.send(
        sender=Agent, agent_id=agent.pk, lead_id=lead_id, brand=card, grant=grant, now=now
    )
    handed = {key: value for _receiver, said in told for key, value in (said or {}).items()}
    return {"handed": handed, "lead_id": lead_id}


def _lead_of(agent: Agent, card: BrandCard, *, now: datetime) -> int | None:
    """Return who leads the team, if they have a seat in the brand: only they may read its drafts."""
    lead_id = agent.team.lead_id if agent.team else None
    seats = Membership.objects.valid(now).with_role(Role.AGENT, brand_id=card.id)
    return lead_id if lead_id and seats.filter(user_id=lead_id).exists() else None


@transaction.atomic
def _finish(departure_id: int, *, now: datetime) -> bool:
    with labour_scope():
        left = DepartureBrand.objects.filter(departure_id=departure_id, done_at__isnull=True)
        if left.exists():
            return False
        begun = Departure.objects.filter(pk=departure_id, state=DepartureState.BEGUN)
        if not begun.update(state=DepartureState.DONE, done_at=now):
            return False
        tell_lead(departure_id, now=now)
    return True


def _safely(departure_id: int, *, entry: Entry, now: datetime) -> bool:
    try:
        return carry_out(departure_id, entry=entry, now=now)
    except Exception:
        log.exception("departure %s", departure_id)
        return False
