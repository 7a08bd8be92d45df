"""Chainable questions about the rows of this room."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from workforce.choices import Availability

M = TypeVar("M", bound=models.Model)


class CertificationQuerySet(models.QuerySet[M]):
    def valid(self, now: datetime) -> Self:
        """Those in force: from `valid_from` until before `valid_until`."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)


class AgentStateQuerySet(models.QuerySet[M]):
    def connected(self, since: datetime) -> Self:
        """With a live socket, or without one no longer than since that instant (now less the grace)."""
        return self.filter(Q(lost_at__isnull=True) | Q(lost_at__gt=since), connected=True)

    def open_to_offers(self) -> Self:
        """Available, and not about to leave after the work at hand."""
        return self.filter(availability=Availability.AVAILABLE, next_availability="")


class IntervalQuerySet(models.QuerySet[M]):
    """For models with half-open `[started_at, ended_at)`; an open one has `ended_at` null."""

    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """Those that share an instant with `[start, end)`."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=start), started_at__lt=end)
