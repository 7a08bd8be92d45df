"""Who is in a conversation beside its agent: asked for advice, or writing to the customer too."""

from typing import ClassVar

from django.db import models

from core.ids import new_ref
from interactions.choices import PRESENT, PlaceEnd, PlaceState
from tenants.guard import BrandManager, BrandModel

STANDING = models.Q(ended_at__isnull=True)
MOST_PLACES = 3


class Participant(BrandModel):
    """A place beside the agent of a conversation, from the question to its end. Labour knows it by its `ref`.

    `agent_id` is null while a queue is asked and nobody of it has come; `queue` is that queue. `asked`: whom
    the agent asked, as colleagues read it; `agent_shown`: as the customer does, once they write.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="participants", db_index=False
    )
    agent_id = models.BigIntegerField(null=True)
    agent_shown = models.CharField(max_length=120, blank=True)
    queue = models.ForeignKey(
        "interactions.Queue", models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=PlaceState, default=PlaceState.ASKED)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, choices=PlaceEnd, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["interaction"],
                name="participant_asked_once",
                condition=models.Q(state=PlaceState.ASKED),
            ),
            models.UniqueConstraint(
                fields=["interaction", "agent_id"], name="participant_once", condition=STANDING
            ),
            models.CheckConstraint(
                condition=models.Q(state=PlaceState.ENDED, ended_at__isnull=False)
                | (~models.Q(state=PlaceState.ENDED) & STANDING),
                name="participant_ended_has_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(PRESENT))
                | models.Q(agent_id__isnull=False, began_at__isnull=False),
                name="participant_present_is_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}: {self.asked}, {self.state}"
