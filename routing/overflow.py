"""When others help a queue out, and who can be asked to. Pure but for the words.

A gate is one overflow that is open. The leader asks each few seconds; who helps is asked after the queue's
own agents, and every guard of an offer holds for them as for anybody: seat, certification, pool, capacity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routing.choices import OverflowWhen

RECENT_SECONDS = 900
FEW = 3
HELPER_RANK = 1_000  # after every rank of the queue's own pools


@dataclass(frozen=True, slots=True)
class Target:
    """What a queue can overflow to: `name` is the column of Overflow that holds it."""

    name: str
    title: Promise


TARGETS: tuple[Target, ...] = (
    Target("pool", _("Agents of a pool")),
    Target("helper", _("Who serves another queue")),
    Target("message", _("Customers are offered to leave a message")),
    Target("callback", _("Customers are offered a call")),
)
"""The registry of targets. A message is left by `interactions.actions.leave_message`, a call is promised by
`interactions.actions.promise_callback`."""

OFFERED = ("message", "callback")
"""Those by which nobody helps: what a waiting customer is offered. Each is a column that is true or null."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An overflow as the leader knows it."""

    id: int
    queue_id: int
    when: str
    threshold: int


@dataclass(frozen=True, slots=True)
class Load:
    """A queue now: who waits and since when, and of the last RECENT_SECONDS how many were answered or wait
    past their target (`decided`), and how many were answered in time. `alone`: an emergency says that nobody
    helps."""

    waiting: int = 0
    oldest_seconds: float = 0.0
    answered: int = 0
    decided: int = 0
    in_target: int = 0
    is_closed: bool = False
    alone: bool = False

    @property
    def expected_wait(self) -> float:
        """Seconds until somebody who comes now is answered, at the pace of the last quarter of an hour.

        With fewer than FEW answers there is no pace: as long as the oldest has waited already.
        """
        if self.answered < FEW:
            return self.oldest_seconds
        return self.waiting * RECENT_SECONDS / self.answered

    @property
    def service_level(self) -> float | None:
        """Percent answered within target; None when nothing was due."""
        return 100 * self.in_target / self.decided if self.decided else None


def is_open(rule: Rule, load: Load) -> bool:
    """Tell whether help is wanted: never while nobody waits."""
    if not load.waiting or load.alone:
        return False
    if rule.when == OverflowWhen.CLOSED:
        return load.is_closed
    if rule.when == OverflowWhen.EXPECTED_WAIT:
        return load.expected_wait > rule.threshold
    return load.service_level is not None and load.service_level < rule.threshold


def open_gates(rules: Iterable[Rule], loads: Mapping[int, Load]) -> frozenset[int]:
    """Return the ids of the overflows that are open."""
    return frozenset(rule.id for rule in rules if is_open(rule, loads.get(rule.queue_id, Load())))
