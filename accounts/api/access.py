"""How an endpoint obtains a brand, and by which grants it works."""

import os
from functools import cache
from uuid import UUID

from core.errors import NotFound
from tenants.cards import BrandCard, card_of
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import labour_scope, system
from tenants.values import Grant


def get_brand(ref: UUID) -> BrandCard:
    """Return the brand for a key of the provider. Raises NotFound."""
    with labour_scope():
        row = Brand.objects.exclude(state=BrandState.GONE).filter(ref=ref).first()
        if row is None:
            raise NotFound
        return card_of(row)


@cache
def api_grant() -> Grant:
    """Entry to the brands that the provider's keys set up: one grant for the life of the process."""
    return system(f"API of process {os.getpid()}")
