"""Questions about mails."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Window
from django.db.models.functions import RowNumber

from tenants.mail.choices import UNSETTLED, MailState

M = TypeVar("M", bound=models.Model)


class SystemMailQuerySet(models.QuerySet[M]):
    def due(self, now: datetime) -> Self:
        """Waiting ones whose time has come, oldest first."""
        return self.filter(state=MailState.QUEUED, due_at__lte=now).order_by("due_at", "id")

    def in_turn(self) -> Self:
        """The oldest of each brand first, then the next of each: nobody's many keep another's back."""
        turn = Window(RowNumber(), partition_by="brand_id", order_by=["due_at", "id"])
        return self.annotate(turn=turn).order_by("turn", "due_at", "id")

    def abandoned(self, now: datetime) -> Self:
        """Those whose sender did not come back in time (`lease_until` is exclusive)."""
        return self.filter(state=MailState.SENDING, lease_until__lte=now)

    def of_brand(self, brand_id: int | None) -> Self:
        """A brand's mails; None: the provider's."""
        return self.filter(brand_id=brand_id)

    def listed(self) -> Self:
        """Newest first, without the texts: a list opens no secret."""
        return self.defer("text", "html", "stop_link").order_by("-created_at", "-id")

    def settled_before(self, instant: datetime) -> Self:
        return self.filter(created_at__lt=instant).exclude(state__in=UNSETTLED)
