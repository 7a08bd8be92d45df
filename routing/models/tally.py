"""What became of those who came to a queue, a quarter of an hour at a time. Numbers only."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QueueTally(models.Model):
    """The contacts that entered the queue in `[interval_start, + 15 min)`, whenever they were answered.

    Derived from WorkItem by `routing.tallies`, never written otherwise; tests and non-contacts left out, as
    in the service report. `in_target`: answered within the target; `short_abandoned`: of the abandoned, those
    who left within SHORT_SECONDS; `flow_out`: left the line without an answer and not by themselves.
    `wait_seconds` is of the answered, `handle_seconds` of the `handled`: from the answer to the end of
    wrap-up.
    """

    brand_id = models.BigIntegerField()
    queue_id = models.BigIntegerField()
    channel = models.CharField(max_length=16)
    interval_start = models.DateTimeField()
    offered = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    in_target = models.PositiveIntegerField()
    abandoned = models.PositiveIntegerField()
    short_abandoned = models.PositiveIntegerField()
    flow_out = models.PositiveIntegerField()
    handled = models.PositiveIntegerField()
    wait_seconds = models.DecimalField(max_digits=18, decimal_places=6)
    handle_seconds = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        verbose_name = _("tally of a queue")
        verbose_name_plural = _("tallies of queues")
        constraints = [
            models.UniqueConstraint(fields=["queue_id", "channel", "interval_start"], name="tally_once")
        ]
        indexes = [models.Index(fields=["brand_id", "interval_start"], name="tally_by_brand")]

    def __str__(self) -> str:
        return f"queue {self.queue_id} from {self.interval_start:%Y-%m-%d %H:%M}"
