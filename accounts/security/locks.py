"""Failures in a row end in a wait that doubles: from a minute to an hour.

Kept in the database, so that neither a restart nor a lost Valkey opens the door; what floods is stopped
before, by core.ratelimit.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import F, Max, QuerySet

from accounts.security.errors import TriesSpent
from accounts.security.models import SignInLock
from tenants.audit import audit
from tenants.scope import labour_scope

FIRST_SECONDS = 60
MOST_SECONDS = 3600
FORGOTTEN_HOURS = 24
SECOND_STEP_TRIES = 5


def digest_of(*parts: object) -> str:
    """Name what is tried, without saying it: `digest_of("person", email)`."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def account_of(email: str) -> str:
    return digest_of("account", email.strip().lower())


def check(*digests: str, now: datetime) -> None:
    """Raises TriesSpent while one of them is locked (`locked_until` is exclusive)."""
    with labour_scope():
        locked = SignInLock.objects.filter(digest__in=digests, locked_until__gt=now)
        until = _last(locked)
    if until:
        raise TriesSpent(max(1, ceil((until - now).total_seconds() / 60)))


def note_failure(limits: Mapping[str, int], *, email: str, who: str, now: datetime) -> None:
    """Count a failure for each digest; from the limit-th in a row on each of them is locked.

    `who` is what the trail shows: the address that was tried, or the person.
    """
    with labour_scope(), transaction.atomic():
        SignInLock.objects.filter(failed_at__lt=now - timedelta(hours=FORGOTTEN_HOURS)).delete()
        account = account_of(email)
        counted = [_count(digest, account, limit, now) for digest, limit in sorted(limits.items())]
        seconds = max(counted, default=0)
        if seconds:
            diff = {"minutes": ceil(seconds / 60)}
            audit("session.locked", actor="nobody", object=who, diff=diff, now=now)


def forget(*digests: str) -> None:
    """Begin to count anew: it was the right one."""
    with labour_scope():
        SignInLock.objects.filter(digest__in=digests).delete()


def unlock(email: str, *, actor: str, who: str, now: datetime) -> bool:
    """Let the address try again at once, from everywhere. Returns whether anything was counted."""
    with labour_scope(), transaction.atomic():
        done, _rows = SignInLock.objects.filter(account=account_of(email)).delete()
        if done:
            audit("session.unlocked", actor=actor, object=who, now=now)
    return bool(done)


def locked_until(email: str, *, now: datetime) -> datetime | None:
    """Return until when some way to sign in with the address is locked; None for no lock."""
    with labour_scope():
        locked = SignInLock.objects.filter(account=account_of(email), locked_until__gt=now)
        return _last(locked)


def _last(locked: QuerySet[SignInLock]) -> datetime | None:
    found: datetime | None = locked.aggregate(last=Max("locked_until"))["last"]
    return found


def wait_after(failures: int, limit: int) -> int:
    """Return how many seconds to wait after so many failures in a row: none below the limit."""
    if failures < limit:
        return 0
    return int(min(FIRST_SECONDS * 2 ** min(failures - limit, 10), MOST_SECONDS))


def _count(digest: str, account: str, limit: int, now: datetime) -> int:
    row = SignInLock(digest=digest, account=account, failed_at=now)
    SignInLock.objects.bulk_create([row], ignore_conflicts=True)
    SignInLock.objects.filter(digest=digest).update(failures=F("failures") + 1, failed_at=now)
    failures = SignInLock.objects.values_list("failures", flat=True).get(digest=digest)
    seconds = wait_after(failures, limit)
    if seconds:
        SignInLock.objects.filter(digest=digest).update(locked_until=now + timedelta(seconds=seconds))
    return seconds
