"""Reactions to what happens below this room."""

from typing import Any

from django.dispatch import receiver

from accounts import actions, invitations
from accounts.keys import actions as keys
from accounts.security import policies
from tenants.signals import brand_dropped
from tenants.values import BrandCard


@receiver(brand_dropped)
def let_go(brand: BrandCard, **kwargs: Any) -> None:
    actions.forget_brand(brand.id)
    invitations.forget_brand(brand.id)
    keys.forget_brand(brand.id)
    policies.forget_brand(brand.id)
