"""What this room announces upward."""

from django.dispatch import Signal

brand_created = Signal()
"""A brand was onboarded, inside the same transaction. Arguments: brand (BrandCard), actor (str), now."""
brand_dropped = Signal()
"""A brand is taken down, before its schema goes. Arguments: brand (BrandCard), actor (str), now."""
