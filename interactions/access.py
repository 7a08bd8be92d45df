"""The only way a request obtains a row of this room. Absent and forbidden look the same."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.errors import NotFound
from interactions.models import Interaction
from interactions.queries import as_view
from interactions.values import InteractionView
from tenants.audit import audit


def get_interaction(ref: UUID, *, agent_id: int | None = None) -> InteractionView:
    """Return the brand's interaction as a value; with `agent_id`, only what that agent has, had or is in."""
    found = Interaction.objects.select_related("contact", "queue", "reason", "outcome").filter(ref=ref)
    theirs = Q(agent_id=agent_id) | Q(beside__has_key=str(agent_id))
    row = (found.filter(theirs) if agent_id else found).first()
    if row is None:
        raise NotFound
    return as_view(row)


def lock_interaction(ref: UUID, *, skip_locked: bool = False) -> Interaction:
    """Lock the row until the transaction ends, before any other row; NotFound when it is absent.

    `skip_locked`: also when somebody else has it locked.
    """
    rows = Interaction.objects.select_related("queue").select_for_update(
        of=("self",), skip_locked=skip_locked
    )
    row: Interaction | None = rows.filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def note_reading(ref: UUID, *, actor: str, brand_id: int, now: datetime) -> None:
    """Write down that somebody read a conversation that they do not handle; its client can see who."""
    audit("conversation.read", actor=actor, brand_id=brand_id, object=f"conversation:{ref}", now=now)
