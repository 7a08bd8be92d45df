"""Onboarding's step of service targets: what the contract promises from the first day on.

Until the client is live the step can be changed and changes the targets that it made, never those of the
client's own screen.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from interactions.queries import queue_names
from interactions.rule_step import lines_checked
from reporting.actions.clauses import promise_at_first, wrong_level
from reporting.choices import Counted, Window
from reporting.models import Clause
from reporting.promises import PROMISABLE
from tenants.onboarding.registry import Data, Step, Work
from tenants.onboarding.shapes import Shape
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant

MOST = 20
METRICS = [(key, key) for key in sorted(PROMISABLE)]
LEVELS = ("target", "minimum")


class TargetShape(Shape):
    """`metric`: its key in the catalogue. `queue`: a line's name, without it all lines.

    `target` and `minimum` are per cent or seconds, kept as text.
    """

    metric = serializers.ChoiceField(METRICS)
    target = serializers.DecimalField(max_digits=9, decimal_places=2)
    minimum = serializers.DecimalField(
        max_digits=9, decimal_places=2, required=False, allow_null=True, default=None
    )
    window = serializers.ChoiceField(Window.choices, required=False, default=Window.MONTH)
    counted = serializers.ChoiceField(Counted.choices, required=False, default=Counted.ELAPSED)
    queue = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    weight = serializers.IntegerField(required=False, default=1)

    def validate(self, attrs: Data) -> Data:
        if wrong := wrong_level(_clause(attrs, [])):
            raise serializers.ValidationError({name: [words] for name, words in wrong.items()})
        return attrs | {name: _plain(attrs[name]) for name in LEVELS}

    def to_internal_value(self, data: Any) -> Any:
        """Take what was left empty for what was not given."""
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if key == "target" or value != ""}
        return super().to_internal_value(data)


class TargetsShape(Shape):
    targets = serializers.ListField(child=TargetShape(), max_length=MOST, required=False, default=list)

    def validate_targets(self, targets: list[Data]) -> list[Data]:
        same = ("metric", "counted", "window")
        marks = [(*(one[name] for name in same), one["queue"].casefold()) for one in targets]
        return lines_checked(targets, self.context, marks, key="metric")


def apply(work: Work) -> None:
    """Promise what the step says, and take back what it said before."""
    with tenant_scope(work.brand, work.grant):
        if not work.data["targets"] and not Clause.objects.exists():
            return
        ids = {name.casefold(): number for number, name in sorted(queue_names().items(), reverse=True)}
        wanted = [
            _clause(one, [ids[one["queue"].casefold()]] if one["queue"] else [])
            for one in work.data["targets"]
        ]
        zone = ZoneInfo(work.brand.timezone)
        promise_at_first(wanted, shown=_now("Onboarding"), zone=zone, actor=work.actor, now=work.now)


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Return what the other brand promises without an end, of all lines or of one."""
    with tenant_scope(brand, grant):
        names = queue_names()
        rows = Clause.objects.standing().filter(until_date__isnull=True).order_by("pk")
        found = [_told(row, names) for row in rows if len(row.queue_ids) < 2]
        return {"targets": found[:MOST]} if found else {}


def _clause(said: Data, queue_ids: list[int]) -> Clause:
    levels = {name: None if said[name] is None else Decimal(str(said[name])) for name in LEVELS}
    same = {name: said[name] for name in ("metric", "window", "counted", "weight")}
    return Clause(**same, **levels, queue_ids=queue_ids)


def _told(row: Clause, names: Mapping[int, str]) -> Data:
    return {
        "metric": row.metric, "target": _plain(row.target), "minimum": _plain(row.minimum),
        "window": row.window, "counted": row.counted, "weight": row.weight,
        "queue": names.get(row.queue_ids[0], "") if row.queue_ids else "",
    }  # fmt: skip


def _plain(number: Decimal | None) -> str | None:
    """Without zeros that say nothing."""
    return None if number is None else f"{number.normalize():f}"


STEPS = (
    Step(
        name="targets", title=_("Service targets"), position=38, turn=36,
        shape=TargetsShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
