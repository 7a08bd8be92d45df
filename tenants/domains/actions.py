"""The verbs on clients' own host names: add, check, remove, and the nightly look at all of them."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from tenants import cards
from tenants.audit import audit, changes, values_of
from tenants.binding import LABOUR, Bound
from tenants.choices import BrandState, DomainKind
from tenants.domains.asking import Answer, ask
from tenants.domains.names import BadHost, normal
from tenants.models import Brand, Domain

MOST = 20
MISSES = 3  # nights in a row without the record, after which a host is served no more
AGAIN = timedelta(hours=20)
BATCH = 500
TOLD = ("verified_at", "lost_at")


class TooMany(RoomError):
    """The client has as many host names as one may have."""

    status = 422
    code = "hosts"


def add_domain(brand_id: int, *, host: str, actor: str, now: datetime) -> Domain:
    """Note a host name of the client's; it is served once `check_domain` has found its record.

    Raises BadHost (also for one that somebody has), TooMany, NotFound.
    """
    name = normal(host)
    with transaction.atomic(), Bound(LABOUR):
        _locked_brand(brand_id)
        custom = Domain.objects.filter(brand_id=brand_id, kind=DomainKind.CUSTOM)
        if custom.count() >= MOST:
            raise TooMany(_("A client may have %(most)d host names. Remove one first.") % {"most": MOST})
        if custom.filter(host=name).exists():
            raise BadHost(_("This client has this host name already: see the list."))
        row = _insert(brand_id, name, now)
        diff = {"host": [None, name]}
        audit("domain.created", actor=actor, brand_id=brand_id, object=_of(row), diff=diff, now=now)
    return row


def check_domain(brand_id: int, domain_id: int, *, actor: str, now: datetime) -> Domain:
    """Ask the name service (seconds, outside of any transaction) and note what it says.

    The record that is found opens the host; one that is not found closes nothing here: the nights do.
    Raises NotFound.
    """
    with Bound(LABOUR):
        row = Domain.objects.filter(pk=domain_id, brand_id=brand_id, kind=DomainKind.CUSTOM).first()
    if row is None:
        raise NotFound
    return _note(row, ask(row.host, row.token), actor=actor, now=now, counts=False)


def remove_domain(brand_id: int, domain_id: int, *, actor: str, now: datetime) -> str:
    """Serve the host name no more and forget it; returns it. Raises NotFound."""
    with transaction.atomic(), Bound(LABOUR):
        row = _locked_domain(domain_id, brand_id)
        diff = {"host": [row.host, None]}
        audit("domain.deleted", actor=actor, brand_id=brand_id, object=_of(row), diff=diff, now=now)
        row.delete()
        cards.changed()
    return row.host


def check_all(*, actor: str, now: datetime) -> int:
    """Look at every host that was verified once, the longest unseen first; returns how many are lost now.

    A host whose record is gone MISSES nights in a row is lost: served no more until it is checked again.
    """
    due = Domain.objects.filter(kind=DomainKind.CUSTOM, verified_at__isnull=False, checked_at__lt=now - AGAIN)
    with Bound(LABOUR):
        rows = list(due.order_by("checked_at")[:BATCH])
    lost = 0
    for row in rows:
        try:
            noted = _note(row, ask(row.host, row.token), actor=actor, now=now, counts=True)
        except NotFound:
            continue  # removed meanwhile
        lost += noted.lost_at is not None
    return lost


def _note(row: Domain, answer: Answer, *, actor: str, now: datetime, counts: bool) -> Domain:
    with transaction.atomic(), Bound(LABOUR):
        found = _locked_domain(row.pk, row.brand_id)
        before = values_of(found, TOLD)
        found.answer, found.checked_at = answer.as_json(), now
        _judge(found, answer, now=now, counts=counts)
        found.save(update_fields=["answer", "checked_at", "misses", "verified_at", "lost_at"])
        if diff := changes(before, values_of(found, TOLD)):
            audit(
                "domain.changed", actor=actor, brand_id=found.brand_id, object=_of(found), diff=diff, now=now
            )
            cards.changed()
    return found


def _judge(row: Domain, answer: Answer, *, now: datetime, counts: bool) -> None:
    """Settle whether the host is served from now on; no answer settles nothing."""
    if answer.code == "found":
        row.misses, row.lost_at, row.verified_at = 0, None, row.verified_at or now
    elif answer.code != "unreachable" and counts:
        row.misses += 1
        if row.misses >= MISSES:
            row.verified_at, row.lost_at = None, now


def _insert(brand_id: int, host: str, now: datetime) -> Domain:
    token = f"brand-check={secrets.token_urlsafe(24)}"
    try:
        with transaction.atomic():
            return Domain.objects.create(
                brand_id=brand_id, host=host, kind=DomainKind.CUSTOM, token=token, created_at=now
            )
    except IntegrityError:
        raise BadHost(_("This host name serves somebody else here.")) from None


def _locked_brand(brand_id: int) -> Brand:
    row: Brand | None = Brand.objects.select_for_update().filter(pk=brand_id).first()
    if row is None or row.state == BrandState.GONE:
        raise NotFound
    return row


def _locked_domain(domain_id: int, brand_id: int) -> Domain:
    rows = Domain.objects.select_for_update().filter(pk=domain_id, brand_id=brand_id, kind=DomainKind.CUSTOM)
    row = rows.first()
    if row is None:
        raise NotFound
    return row


def _of(row: Domain) -> str:
    return f"domain:{row.pk} {row.host}"
