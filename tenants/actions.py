"""The verbs on brands: a pool of ready schemas is kept, onboarding claims one."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from core.ids import new_ref
from tenants import blueprint, cards, schemas
from tenants.audit import audit, changes, gathered, values_of
from tenants.binding import LABOUR, Bound
from tenants.choices import BrandKind, BrandState, DomainKind, EndpointKind, EndpointState
from tenants.labour import record_labour
from tenants.look.models import BrandLogo
from tenants.models import SLUG, Brand, ClientGroup, Domain, Endpoint, SchemaState, SpareSchema
from tenants.onboarding.models import SoftLaunch
from tenants.signals import brand_dropped
from tenants.slugs import RESERVED

REFILL_LOCK = 7_261_001
CLAIM = """
DELETE FROM tenants_spareschema WHERE number = (
  SELECT number FROM tenants_spareschema WHERE digest = %s ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING *
"""


class SlugTaken(RoomError):
    """The short name is another brand's, reserved, or no name at all."""

    status = 422
    code = "slug"


class WrongState(RoomError):
    """The brand is in a state from which that does not go."""

    code = "state"


def create_brand(
    *,
    slug: str,
    name: str,
    legal_name: str = "",
    timezone: str = "UTC",
    hue: int = 210,
    tone: str = "",
    tone_do: Sequence[str] = (),
    tone_dont: Sequence[str] = (),
    locales: Sequence[str] = ("en",),
    week_start: int = 1,
    kind: str = BrandKind.CLIENT,
    state: str = BrandState.LIVE,
    group: ClientGroup | None = None,
    features: dict[str, Any] | None = None,
    actor: str,
    now: datetime,
) -> Brand:
    """Onboard a brand: claim a spare schema (one is made when the pool is dry), name it, give it a host.

    Raises SlugTaken.
    """
    _check_slug(slug)
    fields = {
        "slug": slug, "name": name, "legal_name": legal_name, "timezone": timezone, "hue": hue, "tone": tone,
        "tone_do": "\n".join(tone_do), "tone_dont": "\n".join(tone_dont), "locales": list(locales),
        "week_start": week_start, "kind": kind, "state": state, "group": group, "features": features or {},
        "ref": new_ref(now),
    }  # fmt: skip
    with _slug_or_refusal(), transaction.atomic():
        brand = _insert(fields, spare=_claim())
        _give_host(brand, now=now)
        audit("brand.created", actor=actor, brand_id=brand.pk, object=f"brand:{brand.pk}", now=now)
        record_labour(
            "brand.onboarded",
            brand_id=brand.pk,
            actor_kind="system",
            is_test=kind == BrandKind.SANDBOX,
            data={"number": brand.number, "kind": kind},
            occurred_at=now,
        )
        cards.changed()
    return brand


def drop_brand(brand_id: int, *, actor: str, now: datetime) -> None:
    """Take a brand down for good: its schema with every row, its role, hosts and entrances. Its row stays,
    gone. The rooms above let go of what they hold of it (signal brand_dropped). Raises NotFound.
    """
    with transaction.atomic():
        with Bound(LABOUR):
            brand = Brand.objects.select_for_update().filter(pk=brand_id).first()
            if brand is None or brand.state == BrandState.GONE:
                raise NotFound
        brand_dropped.send(sender=Brand, brand=cards.card_of(brand), actor=actor, now=now)
        with Bound(LABOUR):
            Domain.objects.filter(brand=brand).delete()
            BrandLogo.objects.filter(brand=brand).delete()
            Endpoint.objects.filter(brand=brand).delete()
            SoftLaunch.objects.filter(brand=brand).delete()
            SchemaState.objects.filter(brand=brand).delete()
            Brand.objects.filter(pk=brand.pk).update(state=BrandState.GONE)
        schemas.drop_schema(brand.schema_name, brand.role_name)
        audit("brand.dropped", actor=actor, brand_id=brand.pk, object=f"brand:{brand.pk}", now=now)
        record_labour("brand.gone", brand_id=brand.pk, actor_kind="system", data={}, occurred_at=now)
        cards.changed()


def change_brand(brand_id: int, *, actor: str, now: datetime, **fields: Any) -> None:
    """Change a brand's settings: name, legal_name, timezone, hue, tone, tone_do, tone_dont (lists), locales.

    Raises NotFound for none, and for one that is gone.
    """
    for lines in ("tone_do", "tone_dont"):
        if lines in fields:
            fields[lines] = "\n".join(fields[lines])
    with transaction.atomic(), Bound(LABOUR):
        diff = changes(values_of(_locked(brand_id), fields), fields)
        if not diff:
            return
        Brand.objects.filter(pk=brand_id).update(**fields)
        audit("brand.changed", actor=actor, brand_id=brand_id, object=f"brand:{brand_id}", diff=diff, now=now)
        cards.changed()


def move_brand(
    brand_id: int,
    *,
    to: BrandState,
    come_from: Sequence[BrandState],
    actor: str,
    reason: str = "",
    diff: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Open or close a brand's public entrances: soft, live, paused. Raises NotFound, WrongState.

    `diff` is written down beside the state, `data` goes with the event.
    """
    with transaction.atomic(), Bound(LABOUR):
        row = _locked(brand_id)
        if row.state not in come_from:
            raise WrongState(_("This client is %(state)s now.") % {"state": row.get_state_display().lower()})
        Brand.objects.filter(pk=brand_id).update(state=to)
        moved = {} if row.state == to else {"state": [row.state, str(to)]}
        audit(
            f"brand.{to}", actor=actor, brand_id=brand_id, object=f"brand:{brand_id}",
            diff=moved | (diff or {}), reason=reason, now=now,
        )  # fmt: skip
        record_labour(f"brand.{to}", brand_id=brand_id, actor_kind="system", data=data or {}, occurred_at=now)
        cards.changed()


def refill_pool(size: int, *, progress: Callable[[int, int], None] = lambda done, size: None) -> int:
    """Fill the warm pool up to `size` spares of today's migrations, drop the others; returns how many were
    made.
    """
    made = 0
    _drop_outdated()
    while True:
        with transaction.atomic(), Bound(LABOUR):
            _lock()
            ready = SpareSchema.objects.filter(digest=blueprint.digest()).count()
            progress(min(ready, size), size)
            if ready >= size:
                return made
            schemas.build_spare()
        made += 1


def open_endpoint(
    brand_id: int,
    *,
    key: str = "",
    inbox_ref: UUID,
    origins: Sequence[str] = (),
    kind: str = EndpointKind.WEBCHAT,
    state: str = EndpointState.ACTIVE,
    actor: str = "system",
    now: datetime | None = None,
) -> Endpoint:
    """Let a public key, a new one unless named, lead to an inbox of the brand.

    In the state `test` the key is for our own test page: it is open before the brand is live.
    """
    row = new_endpoint(brand_id, key=key, inbox_ref=inbox_ref, origins=origins, kind=kind, state=state)
    return open_endpoints([row], actor=actor, now=now)[0]


def open_endpoints(endpoints: Sequence[Endpoint], *, actor: str, now: datetime | None) -> list[Endpoint]:
    """Open many at once, as `new_endpoint` made them."""
    with transaction.atomic(), Bound(LABOUR), gathered():
        rows = Endpoint.objects.bulk_create(endpoints)
        for row in rows:
            diff = changes({}, values_of(row, ("kind", "state", "origins")))
            of = f"endpoint:{row.pk}"
            audit("endpoint.created", actor=actor, brand_id=row.brand_id, object=of, diff=diff, now=now)
        cards.changed()
    return rows


def new_endpoint(
    brand_id: int, *, key: str = "", inbox_ref: UUID, origins: Sequence[str] = (),
    kind: str = EndpointKind.WEBCHAT, state: str = EndpointState.ACTIVE,
) -> Endpoint:  # fmt: skip
    """Return an entrance that is not open yet."""
    key = key or f"pk_{secrets.token_urlsafe(18)}"
    return Endpoint(
        brand_id=brand_id, kind=kind, key=key, key_digest=Endpoint.digest_of(key), inbox_ref=inbox_ref,
        origins=list(origins), state=state,
    )  # fmt: skip


def set_origins(brand_id: int, *, origins: Sequence[str], actor: str, now: datetime) -> None:
    """Name the pages, besides the brand's own, that may hold its entrances."""
    with transaction.atomic(), Bound(LABOUR):
        rows = Endpoint.objects.filter(brand_id=brand_id).exclude(state=EndpointState.TEST)
        other = rows.exclude(origins=list(origins)).order_by("pk")
        before = other.values_list("origins", flat=True).first()
        if not other.update(origins=list(origins)):
            return
        diff = changes({"origins": before}, {"origins": origins})
        audit("endpoint.changed", actor=actor, brand_id=brand_id, diff=diff, now=now)
        cards.changed()


def _locked(brand_id: int) -> Brand:
    row: Brand | None = Brand.objects.select_for_update().filter(pk=brand_id).first()
    if row is None or row.state == BrandState.GONE:
        raise NotFound
    return row


def _check_slug(slug: str) -> None:
    try:
        SLUG(slug)
    except ValidationError as error:
        raise SlugTaken(error.message) from None
    if slug in RESERVED:
        raise SlugTaken(_("This short name is reserved."))


@contextmanager
def _slug_or_refusal() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "brand_slug_once" not in str(error):
            raise
        raise SlugTaken(_("This short name is taken.")) from error


def _claim() -> SpareSchema:
    """Take a spare of today's migrations out of the pool; two claims never get the same."""
    with Bound(LABOUR):
        spare = next(iter(SpareSchema.objects.raw(CLAIM, [blueprint.digest()])), None)
        if spare is None:
            spare = schemas.build_spare()
            SpareSchema.objects.filter(pk=spare.number).delete()
    return spare


def _insert(fields: dict[str, Any], *, spare: SpareSchema) -> Brand:
    """Insert the brand, past django-tenants' save, which would look for the schema's name first."""
    with Bound(LABOUR):
        brand = Brand(**fields, schema_name=spare.schema_name, role_name=spare.role_name, number=spare.number)
        brand.save_base(force_insert=True)
        SchemaState.objects.create(brand=brand, digest=spare.digest, fingerprint=spare.fingerprint)
    return brand


def _give_host(brand: Brand, *, now: datetime) -> None:
    with Bound(LABOUR):
        Domain.objects.create(
            host=f"{brand.slug}.{settings.BASE_HOST}", brand=brand, kind=DomainKind.BASE, verified_at=now
        )


def _drop_outdated() -> None:
    with transaction.atomic(), Bound(LABOUR):
        _lock()
        for spare in SpareSchema.objects.exclude(digest=blueprint.digest()).select_for_update(
            skip_locked=True
        ):
            schemas.drop_spare(spare)


def _lock() -> None:
    """One refill at a time, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFILL_LOCK])
