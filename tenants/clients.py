"""The operator's list of clients: every brand that is not gone, by its short name, a page at a time."""

from collections.abc import Collection

from django.core.paginator import Page, Paginator
from django.db.models import Q

from core.errors import NotFound
from tenants.cards import card_of, kept
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import labour_scope
from tenants.values import BrandCard

A_PAGE = 25


def client_page(search: str, number: str | int, *, among: Collection[int] | None = None) -> "Page[BrandCard]":
    """Return the page of the clients whose name or short name holds the text; past the end: the last.

    `among` are the ids of those to look at, None for every client.
    """
    with labour_scope():
        rows = Brand.objects.exclude(state=BrandState.GONE).order_by("slug")
        if among is not None:
            rows = rows.filter(pk__in=list(among))
        if search:
            rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search))
        page = Paginator(rows, A_PAGE).get_page(number)
        page.object_list = [card_of(row) for row in page.object_list]
    return page


def all_clients() -> list[BrandCard]:
    """Return every brand that stands, by its name."""
    with labour_scope():
        rows = Brand.objects.exclude(state=BrandState.GONE).order_by("name", "pk")
        return [card_of(row) for row in rows]


def served_clients() -> list[BrandCard]:
    """Return the brands that serve the public, or did until they were paused, by name.

    Whoever was promised something by a paused one is still owed it.
    """
    return list(kept("served", _served))


def _served() -> list[BrandCard]:
    served = [BrandState.SOFT, BrandState.LIVE, BrandState.PAUSED]
    with labour_scope():
        return [card_of(row) for row in Brand.objects.filter(state__in=served).order_by("name", "pk")]


def card_now(brand_id: int) -> BrandCard:
    """Return the brand as its row is now, whatever this process has looked up before. Raises NotFound."""
    with labour_scope():
        row = Brand.objects.exclude(state=BrandState.GONE).filter(pk=brand_id).first()
    if row is None:
        raise NotFound
    return card_of(row)


def legal_name_of(brand_id: int) -> str:
    """Return the name in the client's contract, "" for none."""
    with labour_scope():
        return Brand.objects.values_list("legal_name", flat=True).filter(pk=brand_id).first() or ""
