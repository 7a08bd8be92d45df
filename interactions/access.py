"""The only way a request obtains a row of this room. Absent and forbidden look the same."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from core.errors import NotFound
from interactions.models import Interaction, Queue
from interactions.queries import as_view
from interactions.values import InteractionView
from tenants.audit import audit
from tenants.guard import as_row, columns

ROW, OF_QUEUE = columns(Interaction), columns(Queue)
# Locked, then joined: who waited for a transfer would find the old queue beside the new row, so none.
LOCK = f"""
WITH i AS (SELECT * FROM interactions_interaction WHERE ref = %s FOR UPDATE)
SELECT {", ".join(f"i.{name}" for name in ROW)}, {", ".join(f"q.{name}" for name in OF_QUEUE)}
  FROM i JOIN interactions_queue q ON q.id = i.queue_id"""  # noqa: S608
SKIPPING = LOCK.replace("FOR UPDATE", "FOR UPDATE SKIP LOCKED")


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

    `skip_locked`: also when somebody else has it locked. Written out: every verb begins with it, and to
    compose it through the models takes longer than to ask.
    """
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(SKIPPING if skip_locked else LOCK, [ref])
        found = cursor.fetchone()
    if found is None:
        raise NotFound
    row = as_row(Interaction, found[: len(ROW)])
    row.queue = as_row(Queue, found[len(ROW) :])
    return row


def note_reading(ref: UUID, *, actor: str, brand_id: int, now: datetime) -> None:
    """Write down that somebody read a conversation that they do not handle; its client can see who."""
    audit("conversation.read", actor=actor, brand_id=brand_id, object=f"conversation:{ref}", now=now)
