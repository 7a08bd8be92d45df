"""Chainable questions about the rows of this room."""

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from interactions.choices import Channel
from routing.choices import ItemState, OfferState
from workforce.models import Node

M = TypeVar("M", bound=models.Model)

ABSENT_SECONDS = 60
ABANDON_SECONDS = 600
LEASE = timedelta(seconds=45)
UNDO = timedelta(days=30)


class WorkItemQuerySet(models.QuerySet[M]):
    def live(self) -> Self:
        return self.exclude(state=ItemState.ENDED)

    def waiting(self) -> Self:
        """In the line: to be offered, or ringing at an agent's."""
        return self.filter(state__in=(ItemState.QUEUED, ItemState.OFFERED))

    def in_work(self) -> Self:
        return self.filter(state__in=(ItemState.ACCEPTED, ItemState.WRAP_UP))

    def with_agent(self) -> Self:
        """In work, or put away by an agent whose it stays."""
        return self.filter(state__in=(ItemState.ACCEPTED, ItemState.WRAP_UP, ItemState.SLEEPING))

    def of(self, brand_id: int, interaction_ref: object) -> Self:
        return self.filter(brand_id=brand_id, interaction_ref=interaction_ref)

    def present(self, now: datetime) -> Self:
        """Whose customer is there, went less than 60 s ago, or left a message and need not be there."""
        absent = Q(waits=False, absent_since__lte=now - timedelta(seconds=ABSENT_SECONDS))
        return self.exclude(absent)

    def unseen(self, now: datetime) -> Self:
        """Whose customer counts as there, and no living server has a socket of theirs.

        One that no server ever spoke for is given a lease's time from its place in the line on; a customer of
        another channel than the web chat has no socket, and one who left a message needs none.
        """
        alive = Node.objects.filter(lease_until__gt=now).values("name")
        lost = ~Q(visitor_node="") & ~Q(visitor_node__in=alive)
        waited = Q(requeued_at__isnull=True, enqueued_at__lte=now - LEASE) | Q(requeued_at__lte=now - LEASE)
        line = Q(state__in=(ItemState.QUEUED, ItemState.OFFERED), channel=Channel.WEBCHAT, waits=False)
        never = Q(visitor_node="") & line & waited
        return self.live().filter(lost | never, absent_since__isnull=True)

    def given_up(self, now: datetime) -> Self:
        """Whose customer has been away for ten minutes."""
        gone = now - timedelta(seconds=ABANDON_SECONDS)
        return self.waiting().filter(waits=False, absent_since__lte=gone)


Items = models.Manager.from_queryset(WorkItemQuerySet)


class WaitManager(Items[M]):
    """Conversations that wait or are worked, one item each."""

    def get_queryset(self) -> WorkItemQuerySet[M]:
        return WorkItemQuerySet(self.model, using=self._db).filter(beside=False)


class ConsultManager(Items[M]):
    """Places beside the agent of a conversation."""

    def get_queryset(self) -> WorkItemQuerySet[M]:
        return WorkItemQuerySet(self.model, using=self._db).filter(beside=True)


class OfferQuerySet(models.QuerySet[M]):
    def pending(self) -> Self:
        return self.filter(state=OfferState.PENDING)

    def ringing(self, now: datetime) -> Self:
        """Pending and not run out (`expires_at` is exclusive)."""
        return self.pending().filter(expires_at__gt=now)

    def run_out(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__lte=now)


class OverflowQuerySet(models.QuerySet[M]):
    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def removed(self, now: datetime) -> Self:
        """Those that can be put back, the last one first."""
        return self.filter(removed_at__gt=now - UNDO).order_by("-removed_at", "pk")


class PoolMemberQuerySet(models.QuerySet[M]):
    def valid(self, now: datetime) -> Self:
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)

    def taken_out(self, now: datetime) -> Self:
        """Those that can be put back, the last one first."""
        return self.filter(taken_out_at__gt=now - UNDO).order_by("-taken_out_at", "pk")
