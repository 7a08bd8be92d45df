"""Onboarding's step of clocks: how long answers and the whole conversation may take, from the first day on.

Until the client is live the step can be changed, and changes what it agreed itself, never what was agreed on
the client's own screen.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from interactions.choices import ClockKind
from interactions.clocks.policies import agree_at_first, last_agreed
from interactions.clocks.shapes import TermShape, terms_said
from interactions.queries import queue_names
from interactions.rule_step import lines_checked
from tenants.onboarding.registry import Data, Step, Work
from tenants.onboarding.shapes import Shape
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant

MOST = 40


class ClockShape(TermShape):
    """`clock`: which of the four. `queue`: a line's name, whose clocks go by its own rows alone; without it
    all lines that have none.
    """

    clock = serializers.ChoiceField(ClockKind.choices)
    queue = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")

    def validate(self, attrs: Data) -> Data:
        own = {"clock": attrs["clock"], "queue": attrs["queue"]}
        return own | terms_said(attrs["clock"], attrs)


class ClocksShape(Shape):
    clocks = serializers.ListField(child=ClockShape(), max_length=MOST, required=False, default=list)

    def validate_clocks(self, clocks: list[Data]) -> list[Data]:
        marks = [(one["clock"], one["queue"].casefold()) for one in clocks]
        return lines_checked(clocks, self.context, marks, key="clock")


def apply(work: Work) -> None:
    """Agree on what the step says, and no more on what it said before."""
    with tenant_scope(work.brand, work.grant):
        agree_at_first(
            _terms(work.data["clocks"]) if work.data["clocks"] else {}, shown=_now("Onboarding"),
            zone=ZoneInfo(work.brand.timezone), actor=work.actor, now=work.now,
        )  # fmt: skip


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Return what was agreed last of the other brand's clocks."""
    with tenant_scope(brand, grant):
        names, last = queue_names(), last_agreed()
        found = [
            {"clock": kind, "queue": names.get(queue_id or 0, ""), **own}
            for queue_id, row in last.items()
            for kind, own in (row.terms or {}).items()
        ]
        # Rows cannot say of a queue that nothing is agreed for it: nothing is copied then.
        says_none = any(queue_id and row.terms == {} for queue_id, row in last.items())
        return {"clocks": found} if found and len(found) <= MOST and not says_none else {}


def _terms(rows: list[Data]) -> dict[int | None, dict[str, Any]]:
    ids = {name.casefold(): number for number, name in sorted(queue_names().items(), reverse=True)}
    found: dict[int | None, dict[str, Any]] = {}
    for row in rows:
        queue_id = ids[row["queue"].casefold()] if row["queue"] else None
        own = {name: value for name, value in row.items() if name not in {"clock", "queue"}}
        found.setdefault(queue_id, {})[row["clock"]] = own
    return found


STEPS = (
    Step(
        name="clocks", title=_("Clocks"), position=39, turn=37,
        shape=ClocksShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
