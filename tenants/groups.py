"""A company with several brands: which brands are one group's, kept as cards are."""

from dataclasses import dataclass

from tenants.binding import LABOUR, Bound
from tenants.cards import card_by_id, kept
from tenants.models import Brand
from tenants.values import BrandCard


@dataclass(frozen=True, slots=True)
class Group:
    """`brand_ids`: of its brands, gone ones too: whoever shows one takes its card."""

    name: str
    brand_ids: tuple[int, ...]

    @property
    def cards(self) -> list[BrandCard]:
        """Its brands by name, without those that are gone."""
        found = [card for card in map(card_by_id, self.brand_ids) if card]
        return sorted(found, key=lambda card: (card.name.casefold(), card.id))


def group_of(brand_id: int) -> Group | None:
    """Return the group of the brand, None for one that stands alone."""
    found = kept(("group", brand_id), lambda: _group_of(brand_id))
    return found if found and len(found.brand_ids) > 1 else None


def _group_of(brand_id: int) -> Group | None:
    with Bound(LABOUR):
        brand = Brand.objects.select_related("group").filter(pk=brand_id, group__isnull=False).first()
        if brand is None or brand.group is None:
            return None
        ids = Brand.objects.filter(group_id=brand.group_id).order_by("pk").values_list("pk", flat=True)
        return Group(brand.group.legal_name, tuple(ids))
