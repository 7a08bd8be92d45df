"""The rows behind changes that a client asks for."""

from typing import ClassVar

from django.db import models

from core.ids import new_ref
from interactions.changing.choices import ChangeState, Subject
from tenants.guard import BrandManager, BrandModel


class ChangeRequest(BrandModel):
    """`subject` is to be `proposed` from `from_day` on, the brand's own date; `before`: as it was when asked.

    Both are {"week": [[weekday, opens, closes], …]} or {"text": …}. `calendar_ref`, `language` say of what.
    `due_at`: when it is to be carried out, once it is accepted. `why` is the client's, `reason` the
    provider's, or why it failed. `key`: the asker's own number, so that it is asked once.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    subject = models.CharField(max_length=12, choices=Subject)
    calendar_ref = models.UUIDField(null=True)
    language = models.CharField(max_length=12, blank=True)
    before = models.JSONField()
    proposed = models.JSONField()
    from_day = models.DateField()
    why = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=ChangeState, default=ChangeState.ASKED)
    asked_by = models.CharField(max_length=120)
    asked_shown = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[ChangeState.ASKED, ChangeState.WITHDRAWN])
                | models.Q(decided_at__isnull=False),
                name="change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ChangeState.ACCEPTED) | models.Q(due_at__isnull=False),
                name="change_accepted_has_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state=ChangeState.ACCEPTED), name="change_due"
            ),
            models.Index(fields=["state", "-id"], name="change_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} from {self.from_day}"
