"""What a brand's share of agents' time adds to each sum that metrics are made of. Microseconds.

They stand beside the sums of contacts (`reporting.measures`), under names of their own: merging adds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routing.choices import PoolKind
from workforce.choices import WORK_KINDS, TimeKind

ELSEWHERE = (TimeKind.TRAINING, TimeKind.MEETING, TimeKind.PRODUCTION, TimeKind.SYSTEM)
"""At work, but not on contacts."""
AWAY = (*ELSEWHERE, TimeKind.BREAK, TimeKind.NOT_RESPONDING)


class Minutes(NamedTuple):
    """Time of one kind: of an agent, of a queue (0: of none), in microseconds."""

    agent_id: int
    queue_id: int
    pool_kind: str
    kind: str
    reason: str
    billable: bool
    paid: bool
    share: int
    session: int
    busy: int

    @property
    def is_away(self) -> bool:
        return self.kind in AWAY


@dataclass(frozen=True, slots=True)
class Time:
    """`words` is what is added up, as a formula names it."""

    words: Promise


TIMES: dict[str, Time] = {
    "time_worked": Time(_("time on contacts")),
    "time_waiting": Time(_("waiting of agents kept for this brand")),
    "time_elsewhere": Time(_("training, meetings and other work for this brand")),
    "time_break": Time(_("breaks of agents kept for this brand")),
    "time_missed": Time(_("not responding")),
    "time_paid": Time(_("paid time for this brand")),
    "time_paid_away": Time(_("paid time away")),
    "time_billable": Time(_("billable time")),
    "time_dedicated": Time(_("time of dedicated agents")),
    "time_session": Time(_("time of contacts, each in full")),
    "time_busy": Time(_("time with at least one contact")),
}


def sums_of_minutes(found: Iterable[Minutes]) -> Counter[str]:
    """Add these up under the names of TIMES."""
    total: Counter[str] = Counter()
    for one in found:
        for name in _names(one):
            total[name] += one.share
        total["time_session"] += one.session
        total["time_busy"] += one.busy
    return total


OF_KIND: Mapping[str, str] = {
    **dict.fromkeys(WORK_KINDS, "time_worked"),
    **dict.fromkeys(ELSEWHERE, "time_elsewhere"),
    TimeKind.WAITING: "time_waiting",
    TimeKind.BREAK: "time_break",
    TimeKind.NOT_RESPONDING: "time_missed",
}


def _names(one: Minutes) -> list[str]:
    told = {
        "time_paid": one.paid,
        "time_paid_away": one.paid and one.is_away,
        "time_billable": one.billable,
        "time_dedicated": one.pool_kind == PoolKind.DEDICATED,
    }
    return [OF_KIND[one.kind], *(name for name, counts in told.items() if counts)]
