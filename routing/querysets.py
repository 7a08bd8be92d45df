"""Chainable questions about the rows of this room."""

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from routing.choices import ItemState, OfferState

M = TypeVar("M", bound=models.Model)

ABSENT_SECONDS = 60
ABANDON_SECONDS = 600


class WorkItemQuerySet(models.QuerySet[M]):
    def live(self) -> Self:
        return self.exclude(state=ItemState.ENDED)

    def waiting(self) -> Self:
        """In the line: to be offered, or ringing at an agent's."""
        return self.filter(state__in=(ItemState.QUEUED, ItemState.OFFERED))

    def in_work(self) -> Self:
        return self.filter(state__in=(ItemState.ACCEPTED, ItemState.WRAP_UP))

    def of(self, brand_id: int, interaction_ref: object) -> Self:
        return self.filter(brand_id=brand_id, interaction_ref=interaction_ref)

    def present(self, now: datetime) -> Self:
        """Whose customer is there, went less than 60 s ago, or left a message and need not be there."""
        absent = Q(waits=False, absent_since__lte=now - timedelta(seconds=ABSENT_SECONDS))
        return self.exclude(absent)

    def given_up(self, now: datetime) -> Self:
        """Whose customer has been away for ten minutes."""
        gone = now - timedelta(seconds=ABANDON_SECONDS)
        return self.waiting().filter(waits=False, absent_since__lte=gone)


class OfferQuerySet(models.QuerySet[M]):
    def pending(self) -> Self:
        return self.filter(state=OfferState.PENDING)

    def ringing(self, now: datetime) -> Self:
        """Pending and not run out (`expires_at` is exclusive)."""
        return self.pending().filter(expires_at__gt=now)

    def run_out(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__lte=now)


class PoolMemberQuerySet(models.QuerySet[M]):
    def valid(self, now: datetime) -> Self:
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)
