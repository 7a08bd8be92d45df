"""The log's two tables."""

from typing import ClassVar

from django.db import models
from django.db.models.fields.json import KeyTextTransform

from core.ids import new_ref
from events.choices import ActorKind, Kind
from tenants.guard import BrandManager, BrandModel


class TransactionId(models.Func):
    """The writing transaction's id, 64 bits: commit horizons are compared by it, never by `id`."""

    function = "txid_current"
    output_field = models.BigIntegerField()


class Instant(models.Func):
    """The instant of the INSERT itself, not of its transaction's beginning."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Event(BrandModel):
    """What happened, once and for good.

    `n` orders the events of one interaction and is 0 for what no interaction numbered; `id` orders nothing.
    `v` is the version of the kind's `data`; `era` counts the clusters this schema has lived in; late =
    `recorded_at` past `occurred_at`. The brand's role may INSERT and SELECT, nothing else.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    v = models.SmallIntegerField(default=1)
    era = models.IntegerField(db_default=1)
    txid = models.BigIntegerField(db_default=TransactionId())
    n = models.IntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Instant())
    kind = models.CharField(max_length=48, choices=Kind)
    interaction_ref = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=16, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    is_test = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(fields=["era", "txid", "id"], name="event_log"),
            models.Index(fields=["interaction_ref", "n"], name="event_of_interaction"),
            models.Index(fields=["kind", "occurred_at"], name="event_kind_at"),
            models.Index(
                KeyTextTransform("contact", "data"),
                models.F("occurred_at"),
                condition=models.Q(kind=Kind.INTERACTION_OPENED),
                name="event_opened_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


class Cursor(BrandModel):
    """How far a named reader has come."""

    reader = models.CharField(max_length=40, primary_key=True)
    era = models.IntegerField(default=0)
    txid = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.reader}: {self.era}/{self.txid}/{self.last_id}"
