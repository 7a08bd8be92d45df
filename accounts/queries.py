"""Questions about memberships and hand-off codes."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models

from accounts.choices import MembershipState

M = TypeVar("M", bound=models.Model)


class MembershipQuerySet(models.QuerySet[M]):
    def valid(self, now: datetime) -> Self:
        """Active ones whose end, if any, is still to come (`valid_until` is exclusive)."""
        return self.filter(
            models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=now), state=MembershipState.ACTIVE
        )

    def with_role(self, role: str, *, brand_id: int | None) -> Self:
        return self.at(brand_id).filter(role=role)

    def at(self, brand_id: int | None) -> Self:
        """Those of the brand; None: with the provider."""
        return self.filter(brand_id=brand_id)


class InvitationQuerySet(models.QuerySet[M]):
    def open(self) -> Self:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def claimable(self, *, digest: str, now: datetime) -> Self:
        """The open one that this token accepts, until it expires (`expires_at` is exclusive)."""
        return self.open().filter(digest=digest, expires_at__gt=now)

    def of_brand(self, brand_id: int | None) -> Self:
        return self.filter(brand_id=brand_id)


class HandoffCodeQuerySet(models.QuerySet[M]):
    def claimable(self, *, digest: str, brand_id: int, now: datetime) -> Self:
        """The unused code of this brand, until it expires (`expires_at` is exclusive)."""
        return self.filter(digest=digest, brand_id=brand_id, used_at__isnull=True, expires_at__gt=now)

    def older_than(self, instant: datetime) -> Self:
        return self.filter(expires_at__lt=instant)
