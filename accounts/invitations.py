"""Invitations: a role in a brand, or with the provider, for whoever reads the mails of one address.

1. `invite` stores the digest of a fresh token and promises a mail that holds it, in one transaction.
2. `resend` makes a new token, so that the older mail's link ends; `withdraw` ends it altogether.
3. `accept_as` (who signs in already, with exactly that address) and `accept_as_new` (who chooses name and
   password now) claim it under its row's lock and give the seat: of two acceptances one wins.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.actions import create_user, grant_membership
from accounts.actor import Actor
from accounts.errors import (
    AlreadyInvited,
    AlreadySeated,
    InvitationClosed,
    InvitationExpired,
    InvitationForAnother,
    InvitationRefused,
    InvitationUnknown,
    InvitationUsed,
    InvitationWithdrawn,
    InvitedMayNotSignIn,
    TooManyInvitations,
    WrongRole,
)
from accounts.hosts import public_url
from accounts.models import Invitation, Membership, User, normalise_email
from accounts.permissions import may_sit
from core import ratelimit
from core.errors import NotFound
from core.ids import new_ref
from tenants.audit import audit
from tenants.cards import BrandCard, card_by_id
from tenants.mail.actions import queue_mail, withdraw_mail
from tenants.mail.clearing import drop_mail
from tenants.scope import labour_scope

GOOD_DAYS = 7
HOUR_SECONDS = 3600
PER_ACTOR = 200
PER_INVITATION = 5


@dataclass(frozen=True, slots=True)
class Invited:
    """What the link of an invitation opens. `known`: somebody signs in with the address already."""

    ref: UUID
    email: str
    role_name: str
    brand: BrandCard | None
    known: bool


def invite(
    email: str,
    *,
    role: str,
    brand: BrandCard | None,
    language: str | None = None,
    invited_by: int | None = None,
    actor: str,
    now: datetime,
) -> Invitation:
    """Invite an address to a role, good for seven days; an invitation that has expired is replaced.

    `invited_by` is the inviting user's id, None for a command. `language` is the mail's and the new person's;
    None: the client's first one. Part of the caller's transaction.

    Raises WrongRole, AlreadySeated, AlreadyInvited, TooManyInvitations.
    """
    email = normalise_email(email)
    _check(email, role=role, brand=brand, actor=actor, now=now)
    token, brand_id = _new_token(), brand.id if brand else None
    row = Invitation(
        ref=new_ref(now), email=email, brand_id=brand_id, role=role, language=language or _language_of(brand),
        invited_by_id=invited_by, digest=digest_of(token), created_at=now, expires_at=_expiry(now),
    )  # fmt: skip
    with labour_scope(), transaction.atomic():
        _clear_expired(row, now=now)
        _insert(row)
        _mail(row, token, brand=brand, now=now)
        _note("sent", row, actor=actor, now=now)
    return row


def resend(ref: UUID, *, brand_id: int | None, actor: str, now: datetime) -> None:
    """Send an open invitation again, good for seven days from now; the older mails' links end.

    Raises NotFound, InvitationClosed, TooManyInvitations.
    """
    if not ratelimit.hit(f"invitation:{ref}", limit=PER_INVITATION, seconds=HOUR_SECONDS):
        raise TooManyInvitations
    token = _new_token()
    with labour_scope(), transaction.atomic():
        row = _open(ref, brand_id=brand_id)
        _take_mail_back(row)
        row.digest, row.expires_at, row.sent = digest_of(token), _expiry(now), row.sent + 1
        row.save(update_fields=["digest", "expires_at", "sent"])
        _mail(row, token, brand=_brand(row), now=now)
        _note("resent", row, actor=actor, now=now)


def withdraw(ref: UUID, *, brand_id: int | None, actor: str, now: datetime) -> None:
    """End an open invitation; its mail is taken back if it still waits. Raises NotFound, InvitationClosed."""
    with labour_scope(), transaction.atomic():
        row = _open(ref, brand_id=brand_id)
        _take_mail_back(row)
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        _note("withdrawn", row, actor=actor, now=now)


def withdraw_of(user_id: int, *, brand_id: int | None, actor: str, now: datetime) -> None:
    """End what the person has invited to in the brand and nobody has taken: no own way back in.

    None: with the provider and in any brand, as far as a seat with the provider reaches.
    """
    with labour_scope(), transaction.atomic():
        theirs = Invitation.objects.open().filter(invited_by_id=user_id)
        theirs = theirs.of_brand(brand_id) if brand_id else theirs
        for ref, place in list(theirs.order_by("pk").values_list("ref", "brand_id")):
            with suppress(InvitationClosed):
                withdraw(ref, brand_id=place, actor=actor, now=now)


def look_at(token: str, *, actor: Actor | None, now: datetime) -> Invited:
    """Return what the token opens, for who is signed in (None: nobody).

    Raises InvitationUnknown, -Expired, -Used, -Withdrawn, -ForAnother, InvitedMayNotSignIn.
    """
    with labour_scope():
        row = Invitation.objects.claimable(digest=digest_of(token), now=now).first()
        if row is None:
            _say_why(token)
        active = User.objects.filter(email=row.email).values_list("is_active", flat=True).first()
    if actor and normalise_email(actor.email) != row.email:
        raise InvitationForAnother
    if active is False:
        raise InvitedMayNotSignIn
    return Invited(row.ref, row.email, row.role_name, _brand(row), active is not None)


def open_in(brand_id: int | None) -> "QuerySet[Invitation]":
    """Return the open invitations of the brand (None: of the provider), newest first, each with its mail."""
    rows = Invitation.objects.open().of_brand(brand_id).select_related("mail")
    return rows.defer("mail__text", "mail__html").order_by("-created_at", "-pk")


def role_of(ref: UUID, *, brand_id: int | None) -> str:
    """Return the role that an invitation of the brand (None: of the provider) is for. Raises NotFound."""
    with labour_scope():
        found = Invitation.objects.of_brand(brand_id).filter(ref=ref).values_list("role", flat=True).first()
    if found is None:
        raise NotFound
    return str(found)


def brand_of(token: str) -> BrandCard | None:
    """Return the brand whose clothes a page about this token wears; None for the provider's."""
    with labour_scope():
        found = Invitation.objects.filter(digest=digest_of(token)).values_list("brand_id", flat=True).first()
    return card_by_id(found) if found else None


def accept_as(token: str, *, actor: Actor, now: datetime) -> Invited:
    """Give the invited seat to who is signed in with exactly the invited address. Raises as `look_at`."""
    found = look_at(token, actor=actor, now=now)
    with labour_scope(), transaction.atomic():
        _settle(_claim(token, now=now), user_id=actor.user_id, now=now)
    return found


def accept_as_new(token: str, *, name: str, password: str, now: datetime) -> User:
    """Make a person of the invited address and give them the seat.

    Raises as `look_at`, and EmailTaken when somebody signs in with the address by now: nothing has changed
    then, and they can accept it signed in.
    """
    found = look_at(token, actor=None, now=now)
    with labour_scope(), transaction.atomic():
        row = _claim(token, now=now)
        zone, who = found.brand.timezone if found.brand else "UTC", f"invitation:{found.ref}"
        user = create_user(
            found.email,
            name=name,
            password=password,
            language=row.language,
            timezone=zone,
            actor=who,
            now=now,
        )
        _settle(row, user_id=user.pk, now=now)
    return user


def forget_brand(brand_id: int) -> None:
    """Delete the invitations to a brand that is taken down, and every mail of it."""
    with labour_scope():
        Invitation.objects.of_brand(brand_id).delete()
        drop_mail(brand_id)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _check(email: str, *, role: str, brand: BrandCard | None, actor: str, now: datetime) -> None:
    if not may_sit(role, brand.id if brand else None):
        raise WrongRole
    with labour_scope():
        seats = Membership.objects.valid(now).with_role(role, brand_id=brand.id if brand else None)
        if seats.filter(user__email=email).exists():
            raise AlreadySeated
    if not ratelimit.hit(f"invitations-by:{actor}", limit=PER_ACTOR, seconds=HOUR_SECONDS):
        raise TooManyInvitations


def _language_of(brand: BrandCard | None) -> str:
    """Return the first language of the client that mails have their words in."""
    spoken = (code for code in (brand.locales if brand else ()) if code in settings.MAIL_LANGUAGES)
    return next(spoken, settings.LANGUAGE_CODE)


def _clear_expired(row: Invitation, *, now: datetime) -> None:
    """Withdraw an earlier one that nobody can accept any more."""
    same = Invitation.objects.open().of_brand(row.brand_id).filter(email=row.email, role=row.role)
    same.filter(expires_at__lte=now).update(withdrawn_at=now)


def _insert(row: Invitation) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "invitation_open_once" not in str(error):
            raise
        raise AlreadyInvited from error


def _mail(row: Invitation, token: str, *, brand: BrandCard | None, now: datetime) -> None:
    context = {
        "link": public_url(f"/invitations/{token}/"),
        "email": row.email,
        "role": row.role_name,
        "expires_at": row.expires_at,
    }
    key = f"invitation:{row.ref}:{row.sent}"
    row.mail = queue_mail(
        "invitation", to=row.email, context=context, brand=brand, key=key, language=row.language, now=now
    )
    row.save(update_fields=["mail"])


def _take_mail_back(row: Invitation) -> None:
    if row.mail_id:
        withdraw_mail(row.mail_id)


def _open(ref: UUID, *, brand_id: int | None) -> Invitation:
    """Return the open invitation of that brand, its row locked."""
    rows = Invitation.objects.of_brand(brand_id).select_for_update()
    row = rows.filter(ref=ref).first()
    if row is None:
        raise NotFound
    if row.accepted_at or row.withdrawn_at:
        raise InvitationClosed
    return row


def _claim(token: str, *, now: datetime) -> Invitation:
    """Lock the invitation until the end of the transaction: a second claim waits, and then finds it used."""
    row = Invitation.objects.claimable(digest=digest_of(token), now=now).select_for_update().first()
    if row is None:
        _say_why(token)
    return row


def _settle(row: Invitation, *, user_id: int, now: datetime) -> None:
    """Use the claimed invitation up and give the seat."""
    row.accepted_at, row.accepted_by_id = now, user_id
    row.save(update_fields=["accepted_at", "accepted_by"])
    by = f"invitation:{row.ref}"
    grant_membership(user_id, role=row.role, brand_id=row.brand_id, actor=by, now=now)
    _note("accepted", row, actor=f"user:{user_id}", now=now)


def _say_why(token: str) -> NoReturn:
    """Raise why the token accepts nothing."""
    row = Invitation.objects.filter(digest=digest_of(token)).first()
    if row is None:
        raise InvitationUnknown
    error: InvitationRefused = InvitationExpired()
    if row.accepted_at:
        error = InvitationUsed()
    elif row.withdrawn_at:
        error = InvitationWithdrawn()
    raise error


def _brand(row: Invitation) -> BrandCard | None:
    """Return the brand's card. Raises InvitationWithdrawn when the brand is gone."""
    card = card_by_id(row.brand_id) if row.brand_id else None
    if row.brand_id and card is None:
        raise InvitationWithdrawn
    return card


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _expiry(now: datetime) -> datetime:
    return now + timedelta(days=GOOD_DAYS)


def _note(what: str, row: Invitation, *, actor: str, now: datetime) -> None:
    audit(
        f"invitation.{what}",
        actor=actor,
        brand_id=row.brand_id,
        object=f"invitation:{row.ref}",
        diff={"role": row.role},
        now=now,
    )
