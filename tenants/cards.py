"""Cards of brands and entrances, cached in the process and forgotten when they change anywhere.

A writer forgets at once and raises a number in Valkey; every process looks at it once a second. Without
Valkey a card is believed for two seconds.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from tenants.binding import LABOUR, Bound
from tenants.choices import BrandKind, BrandState, DomainKind, EndpointState
from tenants.models import Brand, Domain, Endpoint
from tenants.onboarding.models import SoftLaunch
from tenants.values import BrandCard, EndpointCard, SoftPlan

__all__ = [
    "BrandCard",
    "EndpointCard",
    "all_cards",
    "card_by_id",
    "card_by_slug",
    "card_for_host",
    "changed",
    "endpoint_by_key",
    "hosts_of",
    "kept",
    "past_and_present",
    "sandboxes",
]

log = logging.getLogger(__name__)
T = TypeVar("T")

LOOK_SECONDS = 1.0
BLIND_SECONDS = 2.0
KEPT = 4096
VERSION_KEY = "g:tenants:version"


class _Shelf:
    """What this process has looked up, all from one version."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.items: dict[Hashable, Any] = {}
        self.epoch = 0
        self.version: object = None
        self.looked_at = 0.0

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        self.look()
        if key in self.items:
            return self.items[key]  # type: ignore[no-any-return]
        epoch = self.epoch
        value = load()
        with self.lock:
            if epoch == self.epoch and not transaction.get_connection().in_atomic_block:
                if len(self.items) >= KEPT:
                    self.items.clear()
                self.items[key] = value
        return value

    def look(self) -> None:
        """Once a second: clear when the number in Valkey has changed."""
        if time.monotonic() - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = time.monotonic()
        version = _shared_version()
        if version != self.version:
            self.version = version
            self.clear()

    def clear(self) -> None:
        with self.lock:
            self.epoch += 1
            self.items = {}


_shelf = _Shelf()


def kept(key: Hashable, load: Callable[[], T]) -> T:
    """Return what `load` found, kept as cards are, until `changed()`: small public tables of rooms above."""
    return _shelf.get(("kept", key), load)


def card_by_id(brand_id: int) -> BrandCard | None:
    return _shelf.get(("id", brand_id), lambda: _one(id=brand_id))


def is_sandbox(brand_id: int) -> bool:
    """Say whether nothing that happens in the brand counts."""
    card = card_by_id(brand_id)
    return card is not None and card.kind == BrandKind.SANDBOX


def card_by_slug(slug: str) -> BrandCard | None:
    return _shelf.get(("slug", slug), lambda: _one(slug=slug))


def card_for_host(host: str) -> BrandCard | None:
    """Return the brand that the host name (in lower case, without port) serves; None for everybody else's."""
    return _shelf.get(("host", host), lambda: _by_host(host))


def all_cards() -> list[BrandCard]:
    """Return the brands that serve the public, by name."""
    return list(_shelf.get("all", _all))


def past_and_present() -> Mapping[int, BrandCard]:
    """Return every brand there ever was by id, in the order of names: what was done for one stays written."""
    return _shelf.get("past and present", _past_and_present)


def sandboxes() -> list[BrandCard]:
    """Return the brands that are there to practise in."""
    return list(_shelf.get("sandboxes", _sandboxes))


def endpoint_by_key(key: str) -> EndpointCard | None:
    """Return the entrance that the public key opens, also a paused one."""
    return _shelf.get(("key", key), lambda: _endpoint(key))


def hosts_of(card: BrandCard) -> frozenset[str]:
    """Return the host names that serve the brand."""
    return _shelf.get(("hosts", card.id), lambda: _hosts(card))


def changed() -> None:
    """Forget every card: here at once and after the commit, everywhere within a second after it."""
    _shelf.clear()
    transaction.on_commit(_announce, robust=True)


def _announce() -> None:
    _shelf.clear()
    try:
        cache.add(VERSION_KEY, 0, timeout=None)
        cache.incr(VERSION_KEY)
    except redis.RedisError as error:
        log.warning("change of a brand not announced, no Valkey: %s", type(error).__name__)


def _shared_version() -> object:
    try:
        return cache.get(VERSION_KEY, 0)
    except redis.RedisError:
        return int(time.monotonic() / BLIND_SECONDS)


def _one(**where: Any) -> BrandCard | None:
    with Bound(LABOUR):
        brand = Brand.objects.exclude(state=BrandState.GONE).filter(**where).first()
    return card_of(brand) if brand else None


def _all() -> tuple[BrandCard, ...]:
    with Bound(LABOUR):
        brands = list(Brand.objects.filter(state__in=[BrandState.LIVE, BrandState.SOFT]))
    return tuple(sorted((card_of(brand) for brand in brands), key=lambda card: (card.name, card.id)))


def _past_and_present() -> Mapping[int, BrandCard]:
    with Bound(LABOUR):
        cards = [card_of(brand) for brand in Brand.objects.all()]
    return {card.id: card for card in sorted(cards, key=lambda card: (card.name.casefold(), card.id))}


def _sandboxes() -> tuple[BrandCard, ...]:
    with Bound(LABOUR):
        brands = Brand.objects.exclude(state=BrandState.GONE).filter(kind=BrandKind.SANDBOX)
        return tuple(card_of(brand) for brand in brands.order_by("pk"))


def _by_host(host: str) -> BrandCard | None:
    if not host or len(host) > 253:
        return None
    with Bound(LABOUR):
        verified = Domain.objects.filter(host=host, verified_at__isnull=False)
        brand_id = verified.values_list("brand_id", flat=True).first()
    if brand_id is not None:
        return card_by_id(brand_id)
    slug, dot, base = host.partition(".")
    return card_by_slug(slug) if dot and base == settings.BASE_HOST else None


def _hosts(card: BrandCard) -> frozenset[str]:
    with Bound(LABOUR):
        custom = Domain.objects.filter(brand_id=card.id, kind=DomainKind.CUSTOM, verified_at__isnull=False)
        names = set(custom.values_list("host", flat=True))
    return frozenset(names | {f"{card.slug}.{settings.BASE_HOST}"})


def _endpoint(key: str) -> EndpointCard | None:
    with Bound(LABOUR):
        rows = Endpoint.objects.filter(key_digest=Endpoint.digest_of(key))
        row = rows.select_related("brand__soft_launch").first()
    if row is None or row.brand.state == BrandState.GONE:
        return None
    state = row.state if row.brand.state in _opens(row.state) else EndpointState.PAUSED
    plan = getattr(row.brand, "soft_launch", None) if row.brand.state == BrandState.SOFT else None
    if row.brand.state == BrandState.SOFT and plan is None and state == EndpointState.ACTIVE:
        state = EndpointState.PAUSED  # nobody said to whom it is open
    return EndpointCard(
        row.pk, row.kind, row.brand_id, row.inbox_ref, tuple(row.origins), state, plan and soft_plan_of(plan)
    )


def _opens(state: str) -> frozenset[BrandState]:
    """Return the states of a brand in which its entrance of that state is open."""
    if state == EndpointState.TEST:
        return frozenset({BrandState.ONBOARDING, BrandState.SOFT, BrandState.LIVE, BrandState.PAUSED})
    return frozenset({BrandState.SOFT, BrandState.LIVE})


def soft_plan_of(row: SoftLaunch) -> SoftPlan:
    """Freeze a row."""
    return SoftPlan(row.share, row.opens, row.closes, row.most_open)


def card_of(brand: Brand) -> BrandCard:
    """Freeze a row."""
    return BrandCard(
        id=brand.pk,
        ref=brand.ref,
        slug=brand.slug,
        name=brand.name,
        schema_name=brand.schema_name,
        role_name=brand.role_name,
        timezone=brand.timezone,
        hue=brand.hue,
        tone=brand.tone,
        tone_do=_lines(brand.tone_do),
        tone_dont=_lines(brand.tone_dont),
        locales=tuple(brand.locales),
        state=brand.state,
        kind=brand.kind,
        logo=brand.logo,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
