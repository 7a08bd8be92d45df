"""Questions about raised hands: what an agent has asked, and what somebody may answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actor import Actor
from accounts.permissions import Permission
from core.errors import NotFound
from routing.choices import HelpReason, HelpState
from routing.models import HelpRequest, WorkItem
from routing.models.help import ASKED
from tenants.scope import labour_scope


@dataclass(frozen=True, slots=True)
class HelpView:
    """A raised hand as a screen shows it; `by`: who answered, their user id."""

    ref: UUID
    brand_id: int
    interaction_ref: UUID
    agent_id: int
    agent_name: str
    reason: str
    state: str
    asked_at: datetime
    by: int | None


def asked_help(brand_id: int, interaction_ref: UUID, *, agent_id: int) -> HelpView | None:
    """Return what the agent has asked about the conversation and is not over."""
    with labour_scope():
        row = _asked().filter(brand_id=brand_id, interaction_ref=interaction_ref, agent_id=agent_id).first()
    return _view(row) if row else None


def help_for(actor: Actor) -> list[HelpView]:
    """Return what this person may answer, the longest asked first."""
    with labour_scope():
        return [_view(row) for row in _theirs(actor).order_by("asked_at", "pk")]


def get_help(ref: UUID, *, actor: Actor) -> HelpView:
    """Return a raised hand that this person may answer. Raises NotFound."""
    with labour_scope():
        row = _theirs(actor).filter(ref=ref).first()
    if row is None:
        raise NotFound
    return _view(row)


def _asked() -> "QuerySet[HelpRequest]":
    """What holds: asked, and its agent still has the conversation."""
    work = WorkItem.objects.in_work().filter(
        brand_id=OuterRef("brand_id"), interaction_ref=OuterRef("interaction_ref"), agent=OuterRef("agent")
    )
    rows = HelpRequest.objects.select_related("agent__user")
    held: QuerySet[HelpRequest] = rows.filter(Exists(work), state__in=ASKED)
    return held


def _theirs(actor: Actor) -> "QuerySet[HelpRequest]":
    """In the clients where they may help: what is for them, and what is for everybody."""
    rows, brands = _asked().exclude(agent_id=actor.user_id), actor.brands_with(Permission.HELP)
    inside = rows if brands is None else rows.filter(brand_id__in=brands)
    return inside.filter(Q(lead_id=actor.user_id) | Q(to_all=True))


def _view(row: HelpRequest) -> HelpView:
    return HelpView(
        row.ref, row.brand_id, row.interaction_ref, row.agent_id, row.agent.user.name,
        str(HelpReason(row.reason).label), HelpState(row.state).value, row.asked_at, row.answered_by,
    )  # fmt: skip
