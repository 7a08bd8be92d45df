"""What each agent is now: availability as chosen, presence as leased."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workforce.choices import Availability, ReasonKind
from workforce.models.people import Agent
from workforce.querysets import AgentStateQuerySet


class AvailabilityReason(models.Model):
    """Why an agent is away: what it counts as and whether the hour is paid."""

    code = models.SlugField(max_length=32, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=ReasonKind)
    paid = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("availability reason")
        verbose_name_plural = _("availability reasons")

    def __str__(self) -> str:
        return self.label

    @property
    def shown_label(self) -> str:
        """The label in the reader's language, as far as it is one of the seeded ones."""
        return gettext(self.label)


class ReasonTerm(models.Model):
    """What a reason means for a brand's bill, from an instant on."""

    reason = models.ForeignKey(AvailabilityReason, on_delete=models.CASCADE, related_name="terms")
    brand_id = models.BigIntegerField()
    billable = models.BooleanField()
    valid_from = models.DateTimeField()

    class Meta:
        verbose_name = _("term of a reason")
        verbose_name_plural = _("terms of reasons")
        constraints = [
            models.UniqueConstraint(fields=["reason", "brand_id", "valid_from"], name="reason_term_once")
        ]

    def __str__(self) -> str:
        return f"reason {self.reason_id}, brand {self.brand_id}"


class AgentState(models.Model):
    """The agent's availability and presence, now. Its row lock is what serialises an agent's verbs.

    `connected` stays true through the grace after the last socket went; `lost_at` is the instant it went.
    `next_availability` waits for the last engagement to end; meanwhile nothing new is offered.
    """

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="state")
    availability = models.CharField(max_length=16, choices=Availability, default=Availability.OFFLINE)
    reason = models.ForeignKey(
        AvailabilityReason, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    next_availability = models.CharField(max_length=16, choices=Availability, blank=True)
    next_reason = models.ForeignKey(
        AvailabilityReason, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    strikes = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    connected = models.BooleanField(default=False)
    lost_at = models.DateTimeField(null=True, blank=True)

    objects = AgentStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of an agent")
        verbose_name_plural = _("states of agents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(availability=Availability.AWAY) | models.Q(reason__isnull=True),
                name="state_reason_only_when_away",
            )
        ]
        indexes = [
            models.Index(fields=["lost_at"], condition=models.Q(lost_at__isnull=False), name="state_lost_at")
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}: {self.availability}"


class Node(models.Model):
    """A process that holds sockets; alive until `lease_until`, which one UPDATE per beat moves on."""

    name = models.CharField(max_length=120, primary_key=True)
    lease_until = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lease_until"], name="node_by_lease")]

    def __str__(self) -> str:
        return self.name


class Connection(models.Model):
    """One socket of an agent on a node; lives as long as the node's lease."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="connections")
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="connections")
    channel_name = models.CharField(max_length=120, unique=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agent {self.agent_id} on {self.node_id}"
