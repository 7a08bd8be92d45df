"""Many people at once: added, renamed, seated; and an account closed or opened again.

Each verb writes with a number of statements that does not grow with the people, but for batches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts.actions import access_changed
from accounts.choices import MembershipState, Role
from accounts.errors import EmailTaken
from accounts.invitations import withdraw_of
from accounts.models import Invitation, Membership, User, normalise_email
from accounts.security import signins
from accounts.signals import seats_ended
from core.errors import NotFound
from tenants.audit import audit, changes, gathered
from tenants.scope import labour_scope

BATCH = 1000
Pair = tuple[int, int]  # user id, brand id


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat as it was when its account was closed; `brand_id` None: with the provider."""

    brand_id: int | None
    role: str
    valid_until: datetime | None


def create_people(
    people: Mapping[str, str], *, zones: Mapping[str, str], actor: str, now: datetime
) -> dict[str, int]:
    """Add people by {e-mail: name}, who cannot sign in until they choose a password; returns their ids.

    `zones`: {e-mail: time zone}; who is not in it reads times in UTC.

    Raises EmailTaken when one of the addresses is somebody's.
    """
    rows = [
        User(
            email=normalise_email(email), name=name, timezone=zones.get(email, "UTC"),
            password=make_password(None), created_at=now,
        )
        for email, name in people.items()
    ]  # fmt: skip
    with labour_scope(), transaction.atomic():
        try:
            with transaction.atomic():
                made = User.objects.bulk_create(rows, batch_size=BATCH)
        except IntegrityError as error:
            raise EmailTaken from error
        with gathered():
            for user in made:
                audit("user.created", actor=actor, object=f"user:{user.pk}", now=now)
    return {user.email: user.pk for user in made}


def rename_people(names: Mapping[int, str], *, actor: str, now: datetime) -> None:
    """Give people new names."""
    with labour_scope(), transaction.atomic():
        rows = list(User.objects.filter(pk__in=names).order_by("pk").select_for_update())
        with gathered():
            for row in rows:
                diff = changes({"name": row.name}, {"name": names[row.pk]})
                audit("user.changed", actor=actor, object=f"user:{row.pk}", diff=diff, now=now)
                row.name = names[row.pk]
        User.objects.bulk_create(  # all rows conflict, which is far cheaper than bulk_update
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=["name"]
        )


def change_email(user_id: int, *, email: str, actor: str, now: datetime) -> None:
    """Give somebody another address to sign in with. Raises EmailTaken, NotFound."""
    with labour_scope(), transaction.atomic():
        row = User.objects.select_for_update().filter(pk=user_id).first()
        if row is None:
            raise NotFound
        diff = changes({"email": row.email}, {"email": normalise_email(email)})
        if not diff:
            return
        row.email = normalise_email(email)
        try:
            with transaction.atomic():
                row.save(update_fields=["email"])
        except IntegrityError as error:
            raise EmailTaken from error
        audit("user.changed", actor=actor, object=f"user:{user_id}", diff=diff, now=now)


def seat_agents(pairs: Sequence[Pair], *, actor: str, now: datetime) -> None:
    """Give agents' seats, without an end; a revoked or lapsed one comes back as the same row."""
    rows = [
        Membership(
            user_id=user_id, brand_id=brand_id, role=Role.AGENT, state=MembershipState.ACTIVE, created_at=now
        )
        for user_id, brand_id in pairs
    ]
    with labour_scope(), transaction.atomic():
        Membership.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["user", "brand", "role"],
            update_fields=["state", "valid_until"],
        )  # fmt: skip
        _tell("membership.granted", pairs, actor=actor, now=now)


def unseat_agents(pairs: Sequence[Pair], *, actor: str, now: datetime) -> None:
    """Take agents' seats away; sockets and places that leaned on them end."""
    with labour_scope(), transaction.atomic():
        for brand_id, user_ids in _by_brand(pairs).items():
            held = Membership.objects.with_role(Role.AGENT, brand_id=brand_id).filter(user_id__in=user_ids)
            held.update(state=MembershipState.REVOKED)
        _tell("membership.revoked", pairs, actor=actor, now=now)
        seats_ended.send(Membership, user_ids=sorted({user_id for user_id, _brand in pairs}), now=now)


def close_account(user_id: int, *, actor: str, now: datetime) -> list[HeldSeat]:
    """End everything somebody signs in for: seats, sessions, open invitations, also those that they sent.

    Returns the seats they held.

    Sessions are signed with the password, too: none that no list knows outlives it, also should the account
    be opened again.
    """
    with labour_scope(), transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFound
        rows = list(Membership.objects.valid(now).filter(user=user).select_for_update())
        Membership.objects.filter(pk__in=[row.pk for row in rows]).update(state=MembershipState.REVOKED)
        for row in rows:
            _note(row, "membership.revoked", actor=actor, now=now)
        Invitation.objects.open().filter(email=user.email).update(withdrawn_at=now)
        withdraw_of(user_id, brand_id=None, actor=actor, now=now)
        user.is_active = False
        user.password = make_password(None)
        user.save(update_fields=["is_active", "password"])
        signins.end_all(user_id, actor=actor, reason="left", now=now)
        audit("user.closed", actor=actor, object=f"user:{user_id}", now=now)
        access_changed(user_id)
        seats_ended.send(Membership, user_ids=[user_id], now=now)
    return [HeldSeat(row.brand_id, row.role, row.valid_until) for row in rows]


def reopen_account(user_id: int, *, seats: Iterable[HeldSeat], actor: str, now: datetime) -> None:
    """Let somebody in again, with these seats, once they have chosen a new password."""
    with labour_scope(), transaction.atomic():
        User.objects.filter(pk=user_id).update(is_active=True)
        audit("user.reopened", actor=actor, object=f"user:{user_id}", now=now)
        for seat in seats:
            if seat.valid_until and seat.valid_until <= now:
                continue
            held = {"state": MembershipState.ACTIVE, "valid_until": seat.valid_until}
            row, _made = Membership.objects.update_or_create(
                user_id=user_id,
                brand_id=seat.brand_id,  # type: ignore[misc]  # null is a value here: the provider
                role=seat.role,
                defaults=held,
                create_defaults=held | {"created_at": now},
            )
            _note(row, "membership.granted", actor=actor, now=now)
        access_changed(user_id)


def choose_password(user_id: int, *, password: str, now: datetime) -> AbstractBaseUser:
    """Set the password of who proved to read their mails. Raises ValidationError for a weak one."""
    with labour_scope(), transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        who = f"user:{user_id}"
        audit("user.password_changed", actor=who, object=who, now=now)
        access_changed(user_id)
    return user


def _tell(verb: str, pairs: Sequence[Pair], *, actor: str, now: datetime) -> None:
    with gathered():
        for user_id, brand_id in pairs:
            diff = {"role": Role.AGENT.value}
            audit(verb, actor=actor, brand_id=brand_id, object=f"user:{user_id}", diff=diff, now=now)
    for user_id in sorted({user_id for user_id, _brand in pairs}):
        access_changed(user_id)


def _note(row: Membership, verb: str, *, actor: str, now: datetime) -> None:
    audit(
        verb,
        actor=actor,
        brand_id=row.brand_id,
        object=f"user:{row.user_id}",
        diff={"role": row.role},
        now=now,
    )


def _by_brand(pairs: Collection[Pair]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for user_id, brand_id in pairs:
        found.setdefault(brand_id, []).append(user_id)
    return found
