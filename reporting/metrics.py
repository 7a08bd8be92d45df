"""Metrics as `metric_id@version`, after KPI.md: numerator over denominator, null when the denominator is 0.

Averages are sums and counts until they are shown. Every contact belongs to the interval it was offered in.
The variant of "answered" is ANS.ACCEPT: a chat is answered when the agent accepts the offer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.contacts import Contact


@dataclass(frozen=True)
class Value:
    """A computed figure: exact numerator and denominator, so that sums over parts equal the whole."""

    numerator: Fraction
    denominator: Fraction | None = None

    @property
    def number(self) -> Fraction | None:
        """The figure; null when it is a ratio over nothing."""
        if self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Metric:
    """A definition. `rows` picks the contacts behind the figure, `compute` makes it."""

    id: str
    version: int
    slug: str
    name: Promise
    words: Promise
    unit: str  # count, percent, seconds
    rows: Callable[[Contact], bool]
    compute: Callable[[Sequence[Contact]], Value]

    @property
    def key(self) -> str:
        return f"{self.id}@{self.version}"


def _offered(contact: Contact) -> bool:
    return contact.counts


def _answered(contact: Contact) -> bool:
    return contact.counts and contact.answered_at is not None


def _abandoned(contact: Contact) -> bool:
    return contact.counts and contact.abandoned_at is not None


def _settled(contact: Contact) -> bool:
    return _answered(contact) or _abandoned(contact)


def _handled(contact: Contact) -> bool:
    return contact.counts and contact.handled is not None


def _promised(contact: Contact) -> bool:
    return contact.counts and contact.promises > 0


def _share_of_promises(contacts: Sequence[Contact]) -> Value:
    rows = [contact for contact in contacts if _promised(contact)]
    kept = sum(contact.kept for contact in rows)
    return Value(Fraction(100 * kept), Fraction(kept + sum(contact.missed for contact in rows)))


def _count(rows: Callable[[Contact], bool]) -> Callable[[Sequence[Contact]], Value]:
    return lambda contacts: Value(Fraction(sum(1 for contact in contacts if rows(contact))))


def _share(
    top: Callable[[Contact], bool], bottom: Callable[[Contact], bool]
) -> Callable[[Sequence[Contact]], Value]:
    def compute(contacts: Sequence[Contact]) -> Value:
        return Value(100 * _count(top)(contacts).numerator, _count(bottom)(contacts).numerator)

    return compute


def _mean_wait(contacts: Sequence[Contact]) -> Value:
    waits = [_seconds(contact.waited) for contact in contacts if _answered(contact)]
    return Value(sum(waits, Fraction(0)), Fraction(len(waits)))


def _mean_handle(contacts: Sequence[Contact]) -> Value:
    times = [_seconds(contact.handled) for contact in contacts if _handled(contact)]
    return Value(sum(times, Fraction(0)), Fraction(len(times)))


def _seconds(span: timedelta | None) -> Fraction:
    return Fraction((span or timedelta()) // timedelta(microseconds=1), 1_000_000)


OFFERED = Metric(
    "OFF", 1, "offered", _("Offered"), _("Contacts that entered a queue; tests and non-contacts left out."),
    "count", _offered, _count(_offered),
)  # fmt: skip
ANSWERED = Metric(
    "ANS.ACCEPT", 1, "answered", _("Answered"), _("Offered contacts that an agent accepted."),
    "count", _answered, _count(_answered),
)  # fmt: skip
ABANDONED = Metric(
    "ABN", 1, "abandoned", _("Abandoned"), _("Offered contacts that left the queue before an answer."),
    "count", _abandoned, _count(_abandoned),
)  # fmt: skip
SERVICE_LEVEL = Metric(
    "SL.NEG", 1, "service-level", _("Service level"),
    _("Answered within the target, out of answered and abandoned (abandons count against it)."),
    "percent", _settled, _share(lambda contact: contact.counts and contact.in_target, _settled),
)  # fmt: skip
SPEED_OF_ANSWER = Metric(
    "ASA.QUEUE", 1, "speed-of-answer", _("Speed of answer"),
    _("Average wait from entering the queue to the answer, ringing included."),
    "seconds", _answered, _mean_wait,
)  # fmt: skip
HANDLE_TIME = Metric(
    "AHT.ELAPSED", 1, "handle-time", _("Handle time"),
    _("Average time from the answer to the end of wrap-up, of contacts whose wrap-up ended."),
    "seconds", _handled, _mean_handle,
)  # fmt: skip

CALLBACKS_KEPT = Metric(
    "CB.KEPT", 1, "callbacks-kept", _("Callbacks kept"),
    _("Promised calls that reached the customer within the window, of those that are settled."),
    "percent", _promised, _share_of_promises,
)  # fmt: skip

METRICS = (SERVICE_LEVEL, SPEED_OF_ANSWER, OFFERED, ANSWERED, ABANDONED, HANDLE_TIME)
"""What every report shows; where calls were promised, CALLBACKS_KEPT beside them."""
BY_SLUG = {metric.slug: metric for metric in (*METRICS, CALLBACKS_KEPT)}


def metrics_for(contacts: Iterable[Contact]) -> tuple[Metric, ...]:
    """Return the metrics that a report over these contacts shows."""
    return (*METRICS, CALLBACKS_KEPT) if any(map(_promised, contacts)) else METRICS


def rows_behind(metric: Metric, contacts: Iterable[Contact]) -> list[Contact]:
    """Return the contacts that the metric's figure is made of."""
    return [contact for contact in contacts if metric.rows(contact)]
