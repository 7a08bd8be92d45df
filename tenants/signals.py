"""What this room announces upward."""

from django.dispatch import Signal

brand_dropped = Signal()
"""A brand is taken down, before its schema goes. Arguments: brand (BrandCard), actor (str), now."""
