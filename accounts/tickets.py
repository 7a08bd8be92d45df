"""The hand-off: a sign-in on the provider's host is carried to a brand's host by a single-use code.

1. `open_handoff` on the provider's host stores the digest of a fresh code, good for 60 s.
2. `claim_handoff` on the brand's host takes it by one conditional UPDATE: of two claims one wins.
3. `note_entry` remembers the session it opened, so that
4. `end_sessions` can end a sign-out's other half, whichever host it began on.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import seeing
from accounts.access import actor_for
from accounts.actor import Actor, Seeing
from accounts.errors import HandoffRefused
from accounts.models import HandoffCode
from accounts.timed import SeeAs
from core.errors import NotFound
from tenants.audit import audit
from tenants.scope import labour_scope

CODE_SECONDS = 60
KEPT_DAYS = 15  # a day longer than a session lives, for `end_sessions`


def open_handoff(
    brand_id: int, *, actor: Actor, session_key: str, see_as: Seeing | None = None, now: datetime
) -> str:
    """Make a code that opens the brand's host for the actor, once, within 60 s; with `see_as`, to look on.

    Raises NotFound without a seat that counts in the brand.
    """
    if see_as is None and actor.role_in(brand_id) is None:
        audit("handoff.refused", actor=actor.who, brand_id=brand_id, reason="no seat", now=now)
        raise NotFound
    code = secrets.token_urlsafe(32)
    with labour_scope(), transaction.atomic():
        HandoffCode.objects.older_than(now - timedelta(days=KEPT_DAYS)).delete()
        HandoffCode.objects.create(
            user_id=actor.user_id,
            brand_id=brand_id,
            digest=digest_of(code),
            expires_at=now + timedelta(seconds=CODE_SECONDS),
            opened_from=session_key,
            see_as=SeeAs.objects.get(ref=see_as.ref, user_id=actor.user_id) if see_as else None,
        )
    return code


def claim_handoff(code: str, *, brand_id: int, now: datetime) -> Actor:
    """Use the code up and return whom it lets in, as the brand's host knows them.

    Raises HandoffRefused for a code that is unknown, used, expired or another brand's, or whose owner lost
    the seat meanwhile.
    """
    digest = digest_of(code)
    with labour_scope():
        claimed = HandoffCode.objects.claimable(digest=digest, brand_id=brand_id, now=now).update(used_at=now)
        found = HandoffCode.objects.filter(digest=digest).values_list("user_id", "see_as__ref").first()
    user_id, see_as = found or (None, None)
    actor = actor_for(user_id, now=now) if claimed and user_id else None
    actor = actor and _there(actor, brand_id, see_as, now)
    if actor is None:
        who = f"user:{user_id}" if user_id else "nobody"
        audit("handoff.refused", actor=who, brand_id=brand_id, reason="code", now=now)
        raise HandoffRefused
    return actor


def _there(actor: Actor, brand_id: int, see_as: UUID | None, now: datetime) -> Actor | None:
    """Return the person as the brand's host knows them, None for who has no business there."""
    if see_as is None:
        return actor.only(brand_id) if actor.role_in(brand_id) else None
    look = seeing.current(see_as, actor=actor, brand_id=brand_id, now=now)
    return actor.as_seen_by(look, brand_id) if look else None


def note_entry(code: str, *, session_key: str) -> None:
    """Remember which session of the brand's host the code has opened."""
    HandoffCode.objects.filter(digest=digest_of(code)).update(opened=session_key)


def end_sessions(session_key: str) -> None:
    """End what hangs together with this session: those it was handed on to, or the one it came from."""
    with labour_scope():
        codes = HandoffCode.objects.exclude(opened="")
        onward = codes.filter(opened_from=session_key).values("opened")
        source = codes.filter(opened=session_key).values("opened_from")
        Session.objects.filter(session_key__in=onward.union(source)).delete()


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
