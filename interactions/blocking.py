"""Who may not write now. Asked where a visitor comes in, and before a conversation begins or goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from interactions.models import VisitorBlock, VisitorSession

UNDO_SHOWN = timedelta(hours=1)


class Blocked(RoomError):
    """This visitor may not write now. Until when, and why, is not said."""

    status = 403
    code = "blocked"

    def __init__(self) -> None:
        super().__init__(_("We can't take your messages here at the moment."))


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block as a list shows it; `reason` in words. `is_live`: it holds now."""

    ref: UUID
    interaction_ref: UUID
    reason: str
    by: str
    created_at: datetime
    until: datetime | None
    lifted_at: datetime | None
    is_live: bool


def digest_of(address: str | None, *, brand_ref: UUID) -> str:
    """Return the brand's own digest of an address; no other brand has the same. "" for none."""
    if not address:
        return ""
    return salted_hmac(f"visitor-address:{brand_ref}", address, algorithm="sha256").hexdigest()


def is_blocked(token_digest: str, address_digest: str, *, now: datetime) -> bool:
    """Tell whether the session, or the address, may not write now."""
    return bool(_live(now).filter(_whose(token_digest, address_digest, now)).exists())


def session_of(token_digest: str, address_digest: str, *, now: datetime) -> tuple[UUID | None, bool]:
    """Return the conversation of the session, and whether its visitor is blocked: one statement as a rule.

    A session without a row is asked for by its address alone, where that is known.
    """
    live = _live(now).filter(_whose(OuterRef("token_digest"), address_digest, now))
    rows = VisitorSession.objects.filter(token_digest=token_digest).annotate(blocked=Exists(live))
    found = rows.values_list("interaction__ref", "blocked").first()
    if found is None:
        return None, bool(address_digest) and is_blocked(token_digest, address_digest, now=now)
    ref, blocked = found
    return ref, bool(blocked)


def blocks(now: datetime, *, limit: int = 100) -> list[BlockView]:
    """Return the brand's blocks, the newest first, lifted and past ones too."""
    rows = VisitorBlock.objects.select_related("interaction").order_by("-created_at", "-pk")
    return [_view(row, now) for row in rows[:limit]]


def block_of(interaction_ref: UUID, *, now: datetime) -> BlockView | None:
    """Return the block that holds for a conversation's visitor."""
    rows = _live(now).select_related("interaction").filter(interaction__ref=interaction_ref)
    row = rows.order_by("-pk").first()
    return _view(row, now) if row else None


def _live(now: datetime) -> "QuerySet[VisitorBlock]":
    rows: QuerySet[VisitorBlock] = VisitorBlock.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now), lifted_at__isnull=True
    )
    return rows


def _whose(token_digest: object, address_digest: str, now: datetime) -> Q:
    whose = Q(token_digest=token_digest)
    return whose | Q(address_digest=address_digest, address_until__gt=now) if address_digest else whose


def _view(row: VisitorBlock, now: datetime) -> BlockView:
    return BlockView(
        ref=row.ref, interaction_ref=row.interaction.ref, reason=row.get_reason_display(),
        by=row.blocked_by_shown, created_at=row.created_at, until=row.until, lifted_at=row.lifted_at,
        is_live=row.lifted_at is None and (row.until is None or row.until > now),
    )  # fmt: skip
