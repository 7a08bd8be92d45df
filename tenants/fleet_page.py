"""What an operator sees of the fleet: a page of brands with the state of their schemas, and the warm pool."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Count, Min, Q, Value, When

from tenants import blueprint
from tenants.choices import BrandState, FleetState
from tenants.models import Brand, SpareSchema
from tenants.scope import labour_scope

A_PAGE = 50
SHORT = 8


@dataclass(frozen=True)
class FleetRow:
    """One brand's schema. `digest`: the first characters of which migrations it has, "" when none is known.

    `state` is of FleetState, `is_behind` whether today's migrations are missing or something is wrong.
    """

    slug: str
    name: str
    hue: int
    state: str
    digest: str
    migrated_at: datetime | None
    error: str
    is_behind: bool

    @property
    def is_failed(self) -> bool:
        return self.state == FleetState.FAILED


@dataclass(frozen=True)
class Pool:
    """Spares of today's migrations (`ready`), of older ones (`outdated`, dropped by the next refill)."""

    ready: int
    outdated: int
    oldest_at: datetime | None
    digest: str


def fleet_page(number: str | int, *, behind: bool = False) -> "Page[FleetRow]":
    """Return a page of the brands that are not gone, what is behind first, then by short name.

    `behind` leaves out what is up to date. Past the end: the last page. Two statements.
    """
    well = Q(schema_state__state=FleetState.CURRENT, schema_state__digest=blueprint.digest())
    with labour_scope():
        rows = (
            Brand.objects.exclude(state=BrandState.GONE)
            .annotate(well=Case(When(well, then=Value(True)), default=False, output_field=BooleanField()))
            .select_related("schema_state")
            .order_by("well", "slug")
        )
        page = Paginator(rows.filter(well=False) if behind else rows, A_PAGE).get_page(number)
        page.object_list = [_row(brand) for brand in page.object_list]
    return page


def pool() -> Pool:
    """Count the warm pool; one statement."""
    ready = Q(digest=blueprint.digest())
    with labour_scope():
        found = SpareSchema.objects.aggregate(
            ready=Count("pk", filter=ready),
            outdated=Count("pk", filter=~ready),
            oldest_at=Min("created_at", filter=ready),
        )
    return Pool(**found, digest=blueprint.digest()[:SHORT])


def _row(brand: Brand) -> FleetRow:
    known = getattr(brand, "schema_state", None)
    return FleetRow(
        slug=brand.slug,
        name=brand.name,
        hue=brand.hue,
        state=known.state if known else FleetState.FAILED,
        digest=known.digest[:SHORT] if known else "",
        migrated_at=known.migrated_at if known else None,
        error=known.error if known else "",
        is_behind=not brand.well,
    )
