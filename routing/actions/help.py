"""An agent raises a hand; their lead, or whoever may help in the client when no lead is there, answers."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import actor_for
from accounts.actor import Actor
from accounts.models import Membership
from accounts.permissions import MATRIX, Permission
from core import live
from core.errors import NotFound
from core.ids import new_ref
from interactions.errors import Refused
from interactions.live import agent_group
from routing.choices import HelpReason, HelpState
from routing.help import get_help
from routing.models import HelpRequest, WorkItem
from routing.models.help import ASKED
from tenants.scope import labour_scope
from workforce.models import Agent, Connection

HELPERS = tuple(role for role, may in MATRIX.items() if Permission.HELP in may)


def ask_help(brand_id: int, interaction_ref: UUID, *, agent_id: int, reason: str, now: datetime) -> UUID:
    """Raise the hand of the agent who works on the conversation; twice is once. Returns its ref.

    Raises Refused (no reason), NotFound.
    """
    if reason not in HelpReason.values:
        raise Refused(_("Say what you need help for."), code="reason")
    with labour_scope(), transaction.atomic():
        item = WorkItem.objects.in_work().of(brand_id, interaction_ref).filter(agent_id=agent_id)
        work = item.select_for_update(of=("self",)).first()
        if work is None:
            raise NotFound
        same = HelpRequest.objects.filter(brand_id=brand_id, interaction_ref=interaction_ref, state__in=ASKED)
        same.exclude(agent_id=agent_id).update(state=HelpState.WITHDRAWN)
        if standing := same.values_list("ref", flat=True).first():
            return UUID(str(standing))
        lead_id = _lead_of(agent_id, brand_id, now=now)
        row = HelpRequest.objects.create(
            ref=new_ref(now), brand_id=brand_id, interaction_ref=interaction_ref, agent_id=agent_id,
            lead_id=lead_id, to_all=lead_id is None, is_test=work.is_test, reason=reason, asked_at=now,
        )  # fmt: skip
        told = [lead_id] if lead_id else _helpers(brand_id, besides=agent_id, now=now)
    _tell(told, row)
    _turn(row)
    return row.ref


def withdraw_help(brand_id: int, interaction_ref: UUID, *, agent_id: int, now: datetime) -> None:
    """Take the hand down again; one that is not up stays down."""
    with labour_scope():
        mine = HelpRequest.objects.filter(
            brand_id=brand_id, interaction_ref=interaction_ref, agent_id=agent_id, state__in=ASKED
        )
        row = mine.first()
        mine.update(state=HelpState.WITHDRAWN, answered_at=now)
    if row:
        _turn(row)


def answer_help(ref: UUID, *, actor: Actor, coming: bool, now: datetime) -> None:
    """Say that help is coming, or that it was given. Raises NotFound."""
    get_help(ref, actor=actor)
    with labour_scope():
        rows = HelpRequest.objects.filter(ref=ref, state__in=ASKED)
        state = HelpState.COMING if coming else HelpState.ANSWERED
        rows.update(state=state, answered_at=now, answered_by=actor.user_id)
        row = HelpRequest.objects.get(ref=ref)
    _turn(row)


def _lead_of(agent_id: int, brand_id: int, *, now: datetime) -> int | None:
    """Return the lead of the agent's team if they are at their desk and may help in the client."""
    lead_id = Agent.objects.filter(pk=agent_id).values_list("team__lead_id", flat=True).first()
    if lead_id is None or lead_id == agent_id:
        return None
    there = Connection.objects.filter(agent_id=lead_id, node__lease_until__gt=now).exists()
    lead = actor_for(lead_id, now=now) if there else None
    return lead_id if lead and lead.can(Permission.HELP, brand_id) else None


def _helpers(brand_id: int, *, besides: int, now: datetime) -> list[int]:
    """Return who may help in the client: whoever of them looks is told."""
    seats = Membership.objects.valid(now).filter(Q(brand_id=brand_id) | Q(brand_id=None), role__in=HELPERS)
    return sorted(set(seats.exclude(user_id=besides).values_list("user_id", flat=True)))


def _tell(people: Iterable[int], row: HelpRequest) -> None:
    told = {"kind": "help", "help": str(row.ref)}
    live.publish_all([(agent_group(one), told) for one in people])


def _turn(row: HelpRequest) -> None:
    """Have the agent's own page look at the conversation again."""
    told = {"kind": "state", "brand": row.brand_id, "ref": str(row.interaction_ref), "state": "help"}
    live.publish(agent_group(row.agent_id), told)
