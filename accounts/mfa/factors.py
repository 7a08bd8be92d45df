"""A person's second steps: what there is, and the verbs that add, use and remove them.

The rows are allauth's (`Authenticator`); recovery codes exist as long as another step does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.mfa import totp
from accounts.mfa.errors import TooManyKeys, WrongCode
from accounts.models import User
from accounts.security import locks, signins
from accounts.security.models import FactorSecret
from core.errors import NotFound
from core.lazy import LazyModule
from tenants.audit import audit
from tenants.scope import labour_scope

TYPES = Authenticator.Type
STEPS = (TYPES.TOTP, TYPES.WEBAUTHN)
MOST_KEYS = 10
NAME_LENGTH = 60

webauthn = LazyModule("allauth.mfa.webauthn.internal.auth")


@dataclass(frozen=True, slots=True)
class Key:
    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """`app_since` None: no app; `codes_left` None: there are no recovery codes."""

    app_since: datetime | None = None
    app_used_at: datetime | None = None
    keys: tuple[Key, ...] = ()
    codes_left: int | None = None

    @property
    def any(self) -> bool:
        return self.app_since is not None or bool(self.keys)


def has_factor(user_id: int) -> bool:
    """Tell whether the person's sign-in takes a second step."""
    with labour_scope():
        return bool(Authenticator.objects.filter(user_id=user_id, type__in=STEPS).exists())


def factors_of(user_id: int) -> Factors:
    """Return what the person has set up; no secret is opened for it."""
    with labour_scope():
        rows = list(Authenticator.objects.filter(user_id=user_id).order_by("pk"))
    app = next((row for row in rows if row.type == TYPES.TOTP), None)
    codes = next((row for row in rows if row.type == TYPES.RECOVERY_CODES), None)
    keys = [row for row in rows if row.type == TYPES.WEBAUTHN]
    return Factors(
        app.created_at if app else None,
        app.last_used_at if app else None,
        tuple(Key(row.pk, row.data["name"], row.created_at, row.last_used_at) for row in keys),
        10 - int(codes.data["used_mask"]).bit_count() if codes else None,
    )


def new_secret() -> str:
    """Return a fresh key for an app: 160 bits in base32."""
    return str(generate_totp_secret())


def add_app(user: User, *, secret: str, code: str, now: datetime) -> list[str] | None:
    """Add the app that has the key, as its code proves; returns recovery codes if they are the first.

    Adding it twice is adding it once. Raises WrongCode.
    """
    step = totp.counter_of(secret, code, after=0)
    if step is None:
        raise WrongCode
    with labour_scope(), transaction.atomic():
        _locked(user)
        if _of(user.pk, TYPES.TOTP).exists():
            return None
        kept = FactorSecret.objects.create(secret=secret)
        data = {"secret": str(kept.ref), "counter": step}
        Authenticator.objects.create(user=user, type=TYPES.TOTP, data=data, created_at=now)
        return _added(user, TYPES.TOTP, now=now)


def add_key(user: User, *, name: str, credential: Mapping[str, Any], now: datetime) -> list[str] | None:
    """Add the security key or passkey that was proven; returns recovery codes if they are the first.

    Raises TooManyKeys.
    """
    with labour_scope(), transaction.atomic():
        _locked(user)
        known = list(_of(user.pk, TYPES.WEBAUTHN))
        if len(known) >= MOST_KEYS:
            raise TooManyKeys
        if any(row.data["credential"].get("id") == credential.get("id") for row in known):
            return None
        data = {"name": name[:NAME_LENGTH], "credential": dict(credential)}
        Authenticator.objects.create(user=user, type=TYPES.WEBAUTHN, data=data, created_at=now)
        return _added(user, TYPES.WEBAUTHN, now=now)


def rename_key(user: User, key_id: int, *, name: str, now: datetime) -> None:
    """Raises NotFound."""
    with labour_scope(), transaction.atomic():
        row = _of(user.pk, TYPES.WEBAUTHN).select_for_update().filter(pk=key_id).first()
        if row is None:
            raise NotFound
        row.data["name"] = name[:NAME_LENGTH]
        row.save(update_fields=["data"])
        _write("factor.renamed", user, TYPES.WEBAUTHN, now=now)


def remove_app(user: User, *, now: datetime) -> None:
    """Ask for no codes any more. Raises NotFound."""
    _remove(user, lambda: _of(user.pk, TYPES.TOTP).first(), now=now)


def remove_key(user: User, key_id: int, *, now: datetime) -> None:
    """Raises NotFound."""
    _remove(user, lambda: _of(user.pk, TYPES.WEBAUTHN).filter(pk=key_id).first(), now=now)


def renew_codes(user: User, *, now: datetime) -> list[str]:
    """Make ten new recovery codes; the old ones open nothing any more. Raises NotFound without a step."""
    with labour_scope(), transaction.atomic():
        _locked(user)
        if not _of(user.pk, *STEPS).exists():
            raise NotFound
        _drop(_of(user.pk, TYPES.RECOVERY_CODES))
        _write("factor.renewed", user, TYPES.RECOVERY_CODES, now=now)
        return list(RecoveryCodes.activate(user).generate_codes())


def use_code(user: User, code: str, *, now: datetime) -> str:
    """Take a code of the app, or a recovery code; returns which it was. Each is good once.

    Raises WrongCode, and TriesSpent after five wrong ones in a row.
    """
    return _counted(user, lambda: _use(user, "".join(code.split()).replace("-", ""), now), now=now)


def use_key(user: User, credential: Mapping[str, Any], *, now: datetime) -> str:
    """Take the answer of a security key to the challenge of this session. Raises WrongCode, TriesSpent."""

    def use() -> str:
        try:
            webauthn.parse_authentication_response(credential)
            row = webauthn.complete_authentication(user, credential)
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            raise WrongCode from error
        _used(row, now)
        return str(TYPES.WEBAUTHN)

    return _counted(user, use, now=now)


def reset(user_id: int, *, actor: str, reason: str, now: datetime) -> int:
    """Remove every second step of the person and end their sessions; returns how many steps there were.

    For who has lost them all: by an operator who has made sure who asks.
    """
    with labour_scope(), transaction.atomic():
        User.objects.select_for_update().filter(pk=user_id).first()
        count: int = _of(user_id, *STEPS).count()
        _drop(Authenticator.objects.filter(user_id=user_id))
        who = f"user:{user_id}"
        audit("factor.reset", actor=actor, object=who, diff={"steps": count}, reason=reason, now=now)
        signins.end_all(user_id, actor=actor, reason="second step reset", now=now)
    return count


def step_limit(user: User) -> dict[str, int]:
    return {locks.digest_of("step", user.pk): locks.SECOND_STEP_TRIES}


def _counted(user: User, use: Callable[[], str], *, now: datetime) -> str:
    limits, who = step_limit(user), f"user:{user.pk}"
    locks.check(*limits, now=now)
    try:
        kind = use()
    except WrongCode:
        audit("session.refused", actor="nobody", object=who, reason="second step", now=now)
        locks.note_failure(limits, email=user.email, who=who, now=now)
        raise
    locks.forget(*limits)
    return kind


def _use(user: User, code: str, now: datetime) -> str:
    with labour_scope(), transaction.atomic():
        app = _of(user.pk, TYPES.TOTP).select_for_update().first()
        if app and (step := totp.counter_of(_opened(app), code, after=int(app.data["counter"]))):
            app.data["counter"] = step
            _used(app, now)
            return str(TYPES.TOTP)
        row = _of(user.pk, TYPES.RECOVERY_CODES).first()
        if row is None or not RecoveryCodes(row).validate_code(code):
            raise WrongCode
        _of(user.pk, TYPES.RECOVERY_CODES).update(last_used_at=now)
        return str(TYPES.RECOVERY_CODES)


def _opened(app: Authenticator) -> str:
    return FactorSecret.objects.values_list("secret", flat=True).get(ref=app.data["secret"])


def _used(row: Authenticator, now: datetime) -> None:
    row.last_used_at = now
    row.save(update_fields=["last_used_at", "data"])


def _added(user: User, kind: str, *, now: datetime) -> list[str] | None:
    _write("factor.added", user, kind, now=now)
    if _of(user.pk, TYPES.RECOVERY_CODES).exists():
        return None
    return list(RecoveryCodes.activate(user).generate_codes())


def _remove(user: User, find: Callable[[], Authenticator | None], *, now: datetime) -> None:
    with labour_scope(), transaction.atomic():
        _locked(user)
        row = find()
        if row is None:
            raise NotFound
        kind = row.type
        _drop(Authenticator.objects.filter(pk=row.pk))
        if not _of(user.pk, *STEPS).exists():
            _drop(_of(user.pk, TYPES.RECOVERY_CODES))
        _write("factor.removed", user, kind, now=now)


def _drop(rows: Any) -> None:
    """Delete the rows and the secrets that they refer to."""
    refs = [row.data[name] for row in rows for name in ("secret", "seed") if name in row.data]
    FactorSecret.objects.filter(ref__in=refs).delete()
    rows.delete()


def _of(user_id: int, *types: str) -> Any:
    return Authenticator.objects.filter(user_id=user_id, type__in=types)


def _locked(user: User) -> None:
    """One change of a person's steps at a time."""
    User.objects.select_for_update().only("pk").get(pk=user.pk)


def _write(verb: str, user: User, kind: str, *, now: datetime) -> None:
    audit(verb, actor=f"user:{user.pk}", object=str(kind), now=now)
