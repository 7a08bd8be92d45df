"""An agent's raised hand. Ids and codes alone: what it is about stands in the brand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routing.choices import HelpReason, HelpState
from workforce.models import Agent

ASKED = (HelpState.OPEN, HelpState.COMING)


class HelpRequest(models.Model):
    """An agent asks for help with the conversation they have.

    `lead_id` is whom it is for; `to_all`: no lead is there, whoever may help in the client sees it. It holds
    while the agent works on the conversation: an end needs no row of its own.
    """

    ref = models.UUIDField(unique=True)
    brand_id = models.BigIntegerField()
    interaction_ref = models.UUIDField()
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    lead_id = models.BigIntegerField(null=True)
    to_all = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, choices=HelpReason)
    state = models.CharField(max_length=12, choices=HelpState, default=HelpState.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("help request")
        verbose_name_plural = _("help requests")
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "interaction_ref"], condition=Q(state__in=ASKED), name="help_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state=HelpState.OPEN, answered_at__isnull=True) | ~Q(state=HelpState.OPEN),
                name="help_open_has_no_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"help {self.pk}: {self.state}"
