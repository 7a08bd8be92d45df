"""How much an agent is asked for before they rest."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from routing.models.plan import Pool


class RestRule(models.Model):
    """The house's (`pool` null), or in its place that of work by way of one pool; null: as the house says.

    `occupancy`: percent of the last 60 minutes on work over which nothing is offered. `hard_in_row`: so many
    hard contacts one after another give `rest_minutes` without offers.
    """

    pool = models.ForeignKey(
        Pool, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="rest_rules"
    )
    occupancy = models.PositiveSmallIntegerField(null=True, blank=True)
    hard_in_row = models.PositiveSmallIntegerField(null=True, blank=True)
    rest_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("rule of rest")
        verbose_name_plural = _("rules of rest")
        constraints = [
            models.UniqueConstraint(fields=["pool"], nulls_distinct=False, name="rest_rule_once"),
            models.CheckConstraint(
                condition=Q(occupancy__isnull=True) | Q(occupancy__range=(10, 100)),
                name="rest_occupancy_10_to_100",
            ),
            models.CheckConstraint(
                condition=Q(hard_in_row__isnull=True, rest_minutes__isnull=True)
                | Q(hard_in_row__gte=1, rest_minutes__gte=1),
                name="rest_hard_has_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"pool {self.pool_id}: {self.occupancy} %, {self.hard_in_row} in a row"
