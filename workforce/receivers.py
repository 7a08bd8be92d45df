"""Reactions to what happens below this room."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from accounts.http import Request
from accounts.models import User
from core import clock
from tenants.signals import brand_dropped
from tenants.values import BrandCard
from workforce import actions
from workforce.choices import Availability
from workforce.models import Agent


@receiver(brand_dropped)
def let_go(brand: BrandCard, **kwargs: Any) -> None:
    actions.forget_brand(brand.id)


@receiver(user_logged_out)
def go_offline(request: Request, user: User | None, **kwargs: Any) -> None:
    """Who signs out of the provider's host works no more."""
    if user and request.brand is None and Agent.objects.filter(pk=user.pk).exists():
        actions.set_availability(user.pk, to=Availability.OFFLINE, actor=None, now=clock.now())
