"""The verbs on people and their seats. `actor` is who does it, as audit rows name them (`Actor.who`)."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.choices import Language, MembershipState, Theme
from accounts.errors import EmailTaken, WrongRole
from accounts.models import HandoffCode, Membership, User, normalise_email
from accounts.permissions import may_sit
from accounts.signals import seats_ended
from accounts.timed import Elevation, SeeAs
from core import live
from core.errors import NotFound
from tenants.audit import audit, changes
from tenants.scope import labour_scope


def create_user(
    email: str,
    *,
    name: str,
    password: str | None = None,
    hashed_password: str | None = None,
    language: str = Language.EN,
    theme: str = Theme.SYSTEM,
    timezone: str = "UTC",
    is_staff: bool = False,
    actor: str,
    now: datetime,
) -> User:
    """Add somebody who signs in by e-mail; without a password, hashed or not, they cannot yet.

    Hashing is slow on purpose: who plants many users passes one `hashed_password` (of make_password).

    Raises EmailTaken.
    """
    user = User(
        email=normalise_email(email),
        name=name,
        password=hashed_password or make_password(password),
        language=language,
        theme=theme,
        timezone=timezone,
        is_staff=is_staff,
        is_superuser=is_staff,
        created_at=now,
    )
    with labour_scope():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
                audit("user.created", actor=actor, object=f"user:{user.pk}", now=now)
        except IntegrityError as error:
            raise EmailTaken from error
    return user


def change_reading(user_id: int, *, timezone: str, language: str, actor: str, now: datetime) -> None:
    """Say by which clock and in which language somebody reads; said again it changes nothing.

    Raises NotFound; ValidationError for a zone or a language that is none.
    """
    with labour_scope(), transaction.atomic():
        row = User.objects.select_for_update().filter(pk=user_id).first()
        if row is None:
            raise NotFound
        before = {"timezone": row.timezone, "language": row.language}
        row.timezone, row.language = timezone, language
        diff = changes(before, {"timezone": timezone, "language": language})
        if not diff:
            return
        row.full_clean(validate_unique=False)
        row.save(update_fields=["timezone", "language"])
        audit("user.changed", actor=actor, object=f"user:{user_id}", diff=diff, now=now)


def grant_membership(
    user_id: int,
    *,
    role: str,
    brand_id: int | None,
    actor: str,
    now: datetime,
    valid_until: datetime | None = None,
) -> Membership:
    """Give the user a role in the brand (None: with the provider), until `valid_until` if one is named.

    A revoked or lapsed seat comes back as the same row. Open sockets learn of it at once.

    Raises WrongRole for a role that has no seat there.
    """
    if not may_sit(role, brand_id):
        raise WrongRole
    with labour_scope(), transaction.atomic():
        seat = Membership.objects.with_role(role, brand_id=brand_id).filter(user_id=user_id)
        begun = {} if seat.valid(now).exists() else {"since": now}
        membership, _created = Membership.objects.update_or_create(
            user_id=user_id,
            brand_id=brand_id,  # type: ignore[misc]  # null is a value here: the provider
            role=role,
            defaults={"state": MembershipState.ACTIVE, "valid_until": valid_until, **begun},
            create_defaults={"valid_until": valid_until, "created_at": now, "since": now},
        )
        _announce("membership.granted", membership, actor=actor, now=now)
    return membership


def revoke_membership(user_id: int, *, role: str, brand_id: int | None, actor: str, now: datetime) -> bool:
    """Take the seat away, if it is held, with sockets and places that lean on it. True if it was held.

    A stronger seat that was taken from it for some hours goes with it.
    """
    with labour_scope(), transaction.atomic():
        held = Membership.objects.with_role(role, brand_id=brand_id).filter(
            user_id=user_id, state=MembershipState.ACTIVE
        )
        membership = held.select_for_update().first()
        if membership is None:
            return False
        membership.state = MembershipState.REVOKED
        membership.save(update_fields=["state"])
        _announce("membership.revoked", membership, actor=actor, now=now)
        _end_elevations(membership, actor=actor, now=now)
        seats_ended.send(Membership, user_ids=[user_id], now=now)
    return True


def forget_brand(brand_id: int) -> None:
    """Remove every seat in a brand that is taken down, and the ways in that were given out."""
    with labour_scope(), transaction.atomic():
        rows = Membership.objects.filter(brand_id=brand_id)
        seated = set(rows.values_list("user_id", flat=True))
        rows.delete()
        HandoffCode.objects.filter(brand_id=brand_id).delete()
        Elevation.objects.filter(brand_id=brand_id).delete()
        SeeAs.objects.filter(brand_id=brand_id).delete()
        for user_id in sorted(seated):
            access_changed(user_id)


def access_changed(user_id: int) -> None:
    """Tell the user's open sockets, on commit, to check again what they may see."""
    live.publish(live.group("access", user_id), {"kind": "access"})


def _end_elevations(taken: Membership, *, actor: str, now: datetime) -> None:
    """End the elevation that gave the taken seat, and those that were taken from it, with their seats."""
    mine = Elevation.objects.unended(user_id=taken.user_id, brand_id=taken.brand_id)
    mine.filter(role=taken.role).update(ended_at=now)
    for row in mine.filter(from_role=taken.role, ends_at__gt=now):
        revoke_membership(row.user_id, role=row.role, brand_id=row.brand_id, actor=actor, now=now)


def _announce(verb: str, membership: Membership, *, actor: str, now: datetime) -> None:
    who = f"user:{membership.user_id}"
    audit(
        verb,
        actor=actor,
        brand_id=membership.brand_id,
        object=who,
        diff={"role": membership.role},
        now=now,
    )
    access_changed(membership.user_id)
