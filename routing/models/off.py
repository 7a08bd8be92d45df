"""Who was taken off the floor, by whom and why, and which of their work still has to be given back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from routing.choices import OffReason
from workforce.models import Agent


class SignOut(models.Model):
    """An agent was signed out by somebody else. `by`: as the trail names people.

    `brands_left`: the brands whose work of theirs was not looked at yet; done once there is none. `returned`:
    how many conversations wait again or were closed.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="sign_outs")
    reason = models.CharField(max_length=16, choices=OffReason)
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    brands_left = ArrayField(models.BigIntegerField(), default=list, blank=True)
    returned = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-out of an agent")
        verbose_name_plural = _("sign-outs of agents")
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(done_at__isnull=True), name="sign_out_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["agent", "-at"], name="sign_out_newest")]

    def __str__(self) -> str:
        return f"agent {self.agent_id}: {self.reason}"
