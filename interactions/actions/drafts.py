"""Drafts: a row for each conversation, agent and kind, so that a closed tab loses nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.luhn import masked
from interactions.access import lock_interaction
from interactions.actions.base import brand_id
from interactions.actions.messages import CONTROL, MAX_CHARACTERS, save_list_columns, write
from interactions.choices import AuthorKind, Direction, DraftKind
from interactions.errors import NotYours
from interactions.live import announce_message
from interactions.models import Draft, Interaction

LONGEST = 2 * MAX_CHARACTERS


def save_draft(ref: UUID, *, agent_id: int, kind: DraftKind, body: str, now: datetime) -> None:
    """Keep the text as it stands, unsent; an empty one is no draft. Over-long text is kept up to LONGEST.

    Card numbers are masked here too, and what cannot be stored is left out. Raises NotYours.
    """
    row = Interaction.objects.filter(ref=ref).first()
    if row is None or (row.agent_id != agent_id and not row.place_of(agent_id)):
        raise NotYours
    if not body.strip():
        Draft.objects.filter(interaction=row, agent_id=agent_id, kind=kind).delete()
        return
    kept = {"body": masked(CONTROL.sub("", body[:LONGEST])), "saved_at": now}
    Draft.objects.update_or_create(interaction=row, agent_id=agent_id, kind=kind, defaults=kept)


def hand_drafts_over(
    agent_id: int, *, agent_shown: str, lead_id: int | None, now: datetime
) -> dict[str, int]:
    """Keep what somebody who left had not sent.

    Each becomes an internal note of theirs on its conversation, for whoever handles it next, and the draft of
    `lead_id`, who finds it in the composer; None, or a lead with a draft of their own there: the note alone.

    Returns {"drafts": how many there were, "passed_on": how many of them the lead has now}.
    """
    passed_on = 0
    with transaction.atomic():
        drafts = list(Draft.objects.filter(agent_id=agent_id).order_by("interaction_id", "kind"))
        refs = dict(
            Interaction.objects.filter(pk__in=[row.interaction_id for row in drafts]).values_list("pk", "ref")
        )
        for draft in drafts:
            row = lock_interaction(refs[draft.interaction_id])
            message = write(
                row, Direction.NOTE, AuthorKind.AGENT, draft.body, author_id=agent_id,
                author_shown=agent_shown, data={"code": "draft", "kind": draft.kind}, now=now, preview=False,
            )  # fmt: skip
            save_list_columns(row)
            passed_on += _pass_on(draft, lead_id)
            announce_message(
                brand_id=brand_id(), ref=row.ref, agent_id=row.agent_id, seq=message.seq, public=False
            )
    return {"drafts": len(drafts), "passed_on": passed_on}


def _pass_on(draft: Draft, lead_id: int | None) -> bool:
    own = Draft.objects.filter(interaction_id=draft.interaction_id, kind=draft.kind, agent_id=lead_id)
    if lead_id is None or own.exists():
        draft.delete()
        return False
    draft.agent_id = lead_id
    draft.save(update_fields=["agent_id"])
    return True
