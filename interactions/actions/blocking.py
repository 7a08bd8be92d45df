"""An abusive visitor is warned, or blocked for a time; a block that was wrong is lifted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import live
from core.errors import NotFound
from events.choices import ActorKind, Kind
from events.log import record
from interactions.access import lock_interaction
from interactions.actions.base import brand_id, note_event
from interactions.actions.messages import save_list_columns, say
from interactions.actions.wrap_up import start_wrap_up
from interactions.choices import Abuse, State
from interactions.errors import NotYours, Refused, WrongState
from interactions.live import announce_message, visitor_group
from interactions.models import Interaction, VisitorBlock, VisitorSession
from interactions.spoken import language_of
from tenants.audit import audit
from tenants.cards import card_by_id

Diff = dict[str, list[Any]]
HOURS = (1, 24)
"""How long a block may last besides for good."""
ADDRESS_DAYS = 7


def warn_visitor(ref: UUID, *, agent_id: int, actor: str, reason: str, now: datetime) -> None:
    """Have the customer read that this is no way to talk. Raises Refused, NotYours, WrongState, NotFound."""
    with transaction.atomic():
        row = _talk(ref, agent_id, reason=reason, states={State.ACTIVE})
        message = say(row, "warned", body=_words(row), now=now)
        note_event(
            row, Kind.VISITOR_WARNED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id,
            data={"reason": reason, "seq": message.seq},
        )  # fmt: skip
        save_list_columns(row)
        _audit("visitor.warned", ref, actor=actor, diff={"reason": [None, reason]}, now=now)
    announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq, beside=row.beside)


def block_visitor(
    ref: UUID, *, agent_id: int, agent_shown: str, actor: str, reason: str, hours: int | None, now: datetime
) -> UUID:
    """Take no more from the visitor for `hours` (of HOURS; None: for good); a talk that runs ends.

    The session is blocked for all of it, the address for ADDRESS_DAYS at most: others get it after them.
    Returns the block's ref. Raises Refused, NotYours, WrongState, NotFound.
    """
    if hours is not None and hours not in HOURS:
        raise Refused(_("Say for how long."), code="hours")
    with transaction.atomic():
        row = _talk(ref, agent_id, reason=reason, states={State.ACTIVE, State.WRAP_UP})
        session = VisitorSession.objects.filter(interaction=row).first()
        if session is None:
            raise WrongState(_("This visitor has begun another conversation. Block them there."))
        until = now + timedelta(hours=hours) if hours else None
        longest = now + timedelta(days=ADDRESS_DAYS)
        block: VisitorBlock = VisitorBlock.objects.create(
            interaction=row, token_digest=session.token_digest, address_digest=session.address_digest,
            reason=reason, blocked_by=agent_id, blocked_by_shown=agent_shown[:120], created_at=now,
            until=until, address_until=min(until or longest, longest),
        )  # fmt: skip
        data = {"block": str(block.ref), "reason": reason, "until": until.isoformat() if until else None}
        note_event(
            row, Kind.VISITOR_BLOCKED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id, data=data
        )
        if row.state == State.ACTIVE:
            start_wrap_up(row, by=ActorKind.AGENT, actor_id=agent_id, code="agent_ended", now=now)
        else:
            row.save(update_fields=["event_n"])
        diff: Diff = {name: [None, data[name]] for name in ("reason", "until")}
        _audit("visitor.blocked", ref, actor=actor, diff=diff, now=now)
    live.publish(visitor_group(brand_id(), ref), {"kind": "blocked"})
    return block.ref


def lift_block(block_ref: UUID, *, actor: str, actor_id: int, by: int | None = None, now: datetime) -> None:
    """Let the visitor write again; twice is once. `by`: only what this agent blocked. Raises NotFound."""
    with transaction.atomic():
        rows = VisitorBlock.objects.select_related("interaction").select_for_update(of=("self",))
        block = (rows.filter(blocked_by=by) if by else rows).filter(ref=block_ref).first()
        if block is None:
            raise NotFound
        if block.lifted_at:
            return
        block.lifted_at = now
        block.save(update_fields=["lifted_at"])
        ref, is_test = block.interaction.ref, block.interaction.is_test
        record(
            Kind.VISITOR_UNBLOCKED, interaction_ref=ref, n=0, actor_kind=ActorKind.AGENT, actor_id=actor_id,
            is_test=is_test, data={"block": str(block_ref)}, occurred_at=now,
        )  # fmt: skip
        _audit("visitor.unblocked", ref, actor=actor, diff={"reason": [block.reason, None]}, now=now)


def _talk(ref: UUID, agent_id: int, *, reason: str, states: set[State]) -> Interaction:
    if reason not in Abuse.values:
        raise Refused(_("Say what happened."), code="reason")
    row = lock_interaction(ref)
    if row.agent_id != agent_id:
        raise NotYours
    if row.state not in states:
        raise WrongState(_("This conversation has ended."))
    return row


def _audit(verb: str, ref: UUID, *, actor: str, diff: Diff, now: datetime) -> None:
    audit(verb, actor=actor, brand_id=brand_id(), object=f"conversation:{ref}", diff=diff, now=now)


def _words(row: Interaction) -> str:
    card = card_by_id(brand_id())
    with translation.override(language_of(row.language, card.locales if card else ())):
        return _("Please keep it civil. If this goes on, we have to end the conversation.")
