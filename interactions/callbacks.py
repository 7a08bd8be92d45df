"""A promised call: to which number, in which window, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from interactions.choices import LIVE_CALLBACK, CallbackState
from tenants.guard import BrandManager, BrandModel

LIVE = models.Q(state__in=sorted(LIVE_CALLBACK))
WITHDRAWN = models.Q(state=CallbackState.WITHDRAWN)


class Callback(BrandModel):
    """A promise to call within `[window_start_at, window_end_at)`; its conversation keeps its place in line.

    `next_at`: when it is offered next, while it is scheduled. `last_agent_id`: who had the conversation, or
    tried last. `kept`: whether somebody was reached within the window; null until it is settled, and where
    its customer withdrew it. `key`: the asker's own number for what was asked last, so that it is done once.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="callbacks", db_index=False
    )
    key = models.UUIDField(null=True)
    number = models.CharField(max_length=20)
    window_start_at = models.DateTimeField()
    window_end_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=CallbackState, default=CallbackState.SCHEDULED)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_agent_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    kept = models.BooleanField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["interaction"], name="callback_one_live", condition=LIVE),
            models.CheckConstraint(
                condition=models.Q(window_end_at__gt=models.F("window_start_at")),
                name="callback_window_opens",
            ),
            models.CheckConstraint(
                condition=(LIVE & models.Q(settled_at__isnull=True, kept__isnull=True))
                | (~LIVE & ~WITHDRAWN & models.Q(settled_at__isnull=False, kept__isnull=False))
                | (WITHDRAWN & models.Q(settled_at__isnull=False, kept__isnull=True)),
                name="callback_settled_says_whether_kept",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="callback_due", condition=models.Q(state=CallbackState.SCHEDULED)
            )
        ]

    def __str__(self) -> str:
        return str(_("callback of %(when)s") % {"when": self.window_start_at})
