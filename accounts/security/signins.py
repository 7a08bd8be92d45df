"""Sessions as people see them: begun, seen, listed, ended."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from accounts.actions import access_changed
from accounts.models import HandoffCode
from accounts.security.devices import device_words
from accounts.security.models import SignIn
from core.errors import NotFound
from tenants.audit import audit
from tenants.scope import labour_scope

SEEN_SECONDS = 60
REMEMBERED = 4096
AGENT_LENGTH = 300

_seen: "OrderedDict[str, float]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is used from: `host` it is good on, `address` ("" unknown), `user_agent` as it came."""

    host: str
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a list of sessions; `brand_id` None: the provider's host."""

    ref: UUID
    brand_id: int | None
    host: str
    device: "str | Promise"
    address: str
    second_factor: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


def begin(
    session_key: str,
    *,
    user_id: int,
    brand_id: int | None,
    place: Place,
    opened_at: datetime,
    second_factor: str = "",
    now: datetime,
) -> None:
    """Put the session on its owner's list; what there is of sessions that are over goes."""
    with labour_scope(), transaction.atomic():
        _prune(user_id)
        SignIn.objects.update_or_create(
            session_key=session_key,
            defaults={
                "user_id": user_id,
                "brand_id": brand_id,
                "host": place.host,
                "address": place.address or None,
                "user_agent": place.user_agent[:AGENT_LENGTH],
                "second_factor": second_factor,
                "opened_at": opened_at,
                "seen_at": now,
                "acted_at": now,
            },
        )
    _remember(session_key)


def note_seen(session_key: str, *, user_id: int, brand_id: int | None, place: Place, now: datetime) -> None:
    """Note that the session is in use and from where: one write a minute and process."""
    if not _is_due(session_key):
        return
    with labour_scope():
        row = SignIn.objects.filter(session_key=session_key)
        known = row.update(seen_at=now, address=place.address or None)
    if not known:  # begun before there was a list
        begin(session_key, user_id=user_id, brand_id=brand_id, place=place, opened_at=now, now=now)
    _remember(session_key)


def note_act(session_key: str, *, idle_minutes: int, now: datetime) -> bool:
    """Note something that a person did; False when the session had been idle for too long before it."""
    with labour_scope():
        return bool(_awake(session_key, idle_minutes, now).update(acted_at=now))


def is_awake(session_key: str, *, idle_minutes: int, now: datetime) -> bool:
    with labour_scope():
        return _awake(session_key, idle_minutes, now).exists()


def acted_at(session_key: str) -> datetime | None:
    """Return when somebody did something in the session last."""
    with labour_scope():
        return SignIn.objects.filter(session_key=session_key).values_list("acted_at", flat=True).first()


def seconds_left(session_key: str, *, idle_minutes: int, now: datetime) -> float:
    """Return how long the session may still be idle: 0 for one that is over."""
    acted = acted_at(session_key)
    left = (acted + timedelta(minutes=idle_minutes) - now).total_seconds() if acted else 0.0
    return max(0.0, left)


def source_of(digest: str) -> SignIn | None:
    """Return the session of the provider's host that made the hand-off code of this digest."""
    with labour_scope():
        made = HandoffCode.objects.filter(digest=digest).values("opened_from")
        return SignIn.objects.filter(session_key__in=made).first()


def mark_second_factor(session_key: str, *, kind: str) -> None:
    """Remember which second step the session has passed."""
    with labour_scope():
        SignIn.objects.filter(session_key=session_key).update(second_factor=kind)


def sessions_of(user_id: int, *, this: str, now: datetime) -> list[Shown]:
    """Return the living sessions of the person, the one of the key `this` first, then as they were seen."""
    with labour_scope():
        rows = list(_living(now).filter(user_id=user_id).order_by("-seen_at", "-pk"))
    shown = [_shown(row, this) for row in rows]
    return sorted(shown, key=lambda one: not one.is_this)


def end_session(ref: UUID, *, user_id: int, actor: str, now: datetime) -> None:
    """End one session of the person and those of brands' hosts that it opened. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        row = SignIn.objects.select_for_update().filter(ref=ref, user_id=user_id).first()
        if row is None:
            raise NotFound
        _end([row.session_key], user_id=user_id, actor=actor, reason="revoked", now=now)


def end_all(user_id: int, *, but: str = "", actor: str, reason: str = "revoked", now: datetime) -> int:
    """End every session of the person but that of the key `but` and those it opened; returns how many."""
    with labour_scope(), transaction.atomic():
        keys = set(_living(now).filter(user_id=user_id).values_list("session_key", flat=True))
        keys -= {but, *_opened_by([but])} if but else set()
        return _end(sorted(keys), user_id=user_id, actor=actor, reason=reason, now=now)


def end_here(session_key: str, *, user_id: int, brand_id: int | None, reason: str, now: datetime) -> None:
    """End the session because of a rule; the caller forgets its cookie."""
    with labour_scope(), transaction.atomic():
        Session.objects.filter(session_key=session_key).delete()
        SignIn.objects.filter(session_key=session_key).delete()
        who = f"user:{user_id}"
        audit("session.ended", actor=who, brand_id=brand_id, object=who, reason=reason, now=now)
        access_changed(user_id)


def _end(keys: list[str], *, user_id: int, actor: str, reason: str, now: datetime) -> int:
    every = sorted({*keys, *_opened_by(keys)})
    Session.objects.filter(session_key__in=every).delete()
    SignIn.objects.filter(session_key__in=every).delete()
    if every:
        diff = {"sessions": len(every)}
        audit("session.ended", actor=actor, object=f"user:{user_id}", diff=diff, reason=reason, now=now)
        access_changed(user_id)
    return len(every)


def _opened_by(keys: list[str]) -> list[str]:
    codes = HandoffCode.objects.filter(opened_from__in=keys).exclude(opened="")
    return list(codes.values_list("opened", flat=True))


def _living(now: datetime) -> QuerySet[SignIn]:
    session = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return SignIn.objects.filter(Exists(session))


def _awake(session_key: str, idle_minutes: int, now: datetime) -> QuerySet[SignIn]:
    return SignIn.objects.filter(session_key=session_key, acted_at__gt=now - timedelta(minutes=idle_minutes))


def _prune(user_id: int) -> None:
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    SignIn.objects.filter(user_id=user_id).exclude(Exists(session)).delete()


def _shown(row: SignIn, this: str) -> Shown:
    return Shown(
        row.ref, row.brand_id, row.host, device_words(row.user_agent), row.address or "", row.second_factor,
        row.opened_at, row.seen_at, row.session_key == this,
    )  # fmt: skip


def _is_due(session_key: str) -> bool:
    with _lock:
        return time.monotonic() - _seen.get(session_key, float("-inf")) >= SEEN_SECONDS


def _remember(session_key: str) -> None:
    with _lock:
        _seen[session_key] = time.monotonic()
        _seen.move_to_end(session_key)
        while len(_seen) > REMEMBERED:
            _seen.popitem(last=False)
