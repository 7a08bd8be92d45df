"""Drafts: a row for each conversation, agent and kind, so that a closed tab loses nothing."""

from datetime import datetime
from uuid import UUID

from core.luhn import mask_cards
from interactions.actions.messages import CONTROL, MAX_CHARACTERS
from interactions.choices import DraftKind
from interactions.errors import NotYours
from interactions.models import Draft, Interaction

LONGEST = 2 * MAX_CHARACTERS


def save_draft(ref: UUID, *, agent_id: int, kind: DraftKind, body: str, now: datetime) -> None:
    """Keep the text as it stands, unsent; an empty one is no draft. Over-long text is kept up to LONGEST.

    Card numbers are masked here too, and what cannot be stored is left out. Raises NotYours.
    """
    row = Interaction.objects.filter(ref=ref, agent_id=agent_id).first()
    if row is None:
        raise NotYours
    if not body.strip():
        Draft.objects.filter(interaction=row, agent_id=agent_id, kind=kind).delete()
        return
    text, _spans = mask_cards(CONTROL.sub("", body[:LONGEST]))
    kept = {"body": text, "saved_at": now}
    Draft.objects.update_or_create(interaction=row, agent_id=agent_id, kind=kind, defaults=kept)
