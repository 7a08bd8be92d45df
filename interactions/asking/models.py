"""Requests to the client and their turns; when an answer is due by default."""

from typing import ClassVar

from django.db import models

from core.ids import new_ref
from interactions.asking.choices import RequestKind, RequestState, TurnEnd
from interactions.asking.files import MOST_BYTES
from tenants.guard import BrandManager, BrandModel

DUE_HOURS = 8
MOST_HOURS = 240


class RequestTerms(BrandModel):
    """The one row of a brand that changed it: an answer is due within `due_hours` open hours of the queue."""

    only = models.BooleanField(unique=True, default=True)
    due_hours = models.SmallIntegerField(default=DUE_HOURS)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="request_terms_once"),
            models.CheckConstraint(
                condition=models.Q(due_hours__range=(1, MOST_HOURS)), name="request_terms_within_weeks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_hours} h"


class ClientRequest(BrandModel):
    """A question to the client about one conversation. `turns`: how often it was asked; `due_at`: the last.

    `key`: the asker's own number, so that it is asked once.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="requests", db_index=False
    )
    kind = models.CharField(max_length=12, choices=RequestKind)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.OPEN)
    is_test = models.BooleanField(default=False)
    turns = models.SmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="client_request_by_due"),
            models.Index(fields=["interaction", "-id"], name="client_request_of_talk"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class RequestTurn(BrandModel):
    """One time that a request waited for the client, `[asked_at, ended_at)`; null: it still does.

    `asked_by` is the agent; `ended_by` how the trail names who ended it (`user:7`), `ended_shown` what the
    other side calls them. `answer`: what the client said, or why it was called off. `told_at`: when the mails
    about it were promised.
    """

    request = models.ForeignKey(ClientRequest, models.CASCADE, related_name="asked", db_index=False)
    n = models.SmallIntegerField()
    asked_by = models.BigIntegerField()
    asked_shown = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    question = models.TextField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=12, choices=TurnEnd, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)
    ended_shown = models.CharField(max_length=120, blank=True)
    answer = models.TextField(blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["request", "n"], name="request_turn_once"),
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(ended_at__isnull=True), name="request_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="", ended_by="")
                | (models.Q(ended_at__gte=models.F("asked_at")) & ~models.Q(end="") & ~models.Q(ended_by="")),
                name="request_turn_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} of {self.request_id}"


class RequestFile(BrandModel):
    """A file that came with an answer, as `files.read_file` took it. `digest` is its SHA-256 in hex."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    turn = models.ForeignKey(RequestTurn, models.CASCADE, related_name="files", db_index=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["turn", "digest", "name"], name="request_file_once"),
            models.CheckConstraint(
                condition=models.Q(size__range=(1, MOST_BYTES)), name="request_file_within_size"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)
