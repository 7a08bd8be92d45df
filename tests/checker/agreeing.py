"""What two sides agree about a played month: targets, forecasts, times that are left out or not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from interactions.errors import Invalid
from reporting import actions as reporting
from reporting.actions.exclusions import Contradicted, Proposal
from reporting.actions.forecasts import agree_forecast, propose_overrun, upload_forecast, use_forecast
from reporting.choices import Cause
from reporting.promises import PROMISABLE
from tenants.scope import tenant_scope
from tests.checker.contacts import Contact
from tests.checker.forecast import Overrun
from tests.checker.lines import SINCE, micros
from tests.checker.played import Month
from tests.factories import TESTS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = (timedelta(minutes=90), timedelta(minutes=160))
"""From the midnight of the day of another length: the hour that comes twice, or never, is within."""
HEAD = "date,start,queue,contacts\n"


def instant(at: int) -> datetime:
    return SINCE + timedelta(microseconds=at)


class Agreeing:
    """The operator and the client's manager of a month; what they say is said at the month's `now`."""

    def __init__(self, month: Month, *, lock_days: int, over_share: int) -> None:
        self.month, self.lock_days, self.over_share = month, lock_days, over_share
        self.ours = {"shown": "Op", "actor": "user:1"}
        self.theirs = {"shown": "Cy", "actor": "user:2"}

    # Targets.

    def promise(self) -> None:
        """Everything that may be promised of a month; some of days, weeks, a queue, a part of the month."""
        for metric in PROMISABLE:
            self.target(metric)
        for metric in ("SL.NEG@1", "FCR.REPEAT.7D@1", "ASA.P90@1"):
            self.target(metric, window="week", minimum=Decimal(20) if metric.startswith("SL") else None)
        self.target("SL.NEG@1", window="day", target=Decimal(60), minimum=Decimal("33.33"), weight=3)
        self.target("ASA.QUEUE@1", window="day", target=Decimal("45.5"), minimum=Decimal(60), weight=2)
        for queue in (self.month.queue.pk, self.month.other.pk):
            self.target("SL.FLOW@1", queue_ids=[queue], target=Decimal(20))
        changed = self.target("ABN.RATE@1", window="week", target=Decimal(20))
        ended = self.target("AHT.ELAPSED@1", window="week", target=Decimal(300))
        self.target("RES.TOTAL@1", window="week", target=Decimal(600), from_date=self.day(14))
        with tenant_scope(self.month.card, TESTS):
            reporting.change_clause(
                changed, key=uuid4(), target=Decimal(15), minimum=Decimal(40), weight=2,
                from_date=self.day(14), now=self.before, zone=self.month.zone, **self.ours,
            )  # fmt: skip
            reporting.end_clause(
                ended, last_day=self.day(19), zone=self.month.zone, actor="user:1", now=self.before
            )

    def promise_by_hours(self) -> None:
        """By opening hours: of all, of a queue, of each queue's weeks, of each day from the odd one on."""
        queue, other = [self.month.queue.pk], [self.month.other.pk]
        odd = self.odd_midnight().astimezone(self.month.zone).date()
        by_hours: dict[str, Any] = {"counted": "business"}
        for metric in ("SL.NEG@1", "FCR.REPEAT.7D@1", "RES.TOTAL@1"):
            self.target(metric, target=Decimal(20), **by_hours)
        for queues in (queue, other):
            self.target(
                "SL.FLOW@1", queue_ids=queues, window="week", target=Decimal(70), weight=2, **by_hours
            )
        self.target("ASA.QUEUE@1", queue_ids=queue, target=Decimal("12.5"), minimum=Decimal(20), **by_hours)
        self.target("SL.ANS@1", window="day", target=Decimal(90), from_date=odd, weight=3, **by_hours)

    def target(self, metric: str, **more: Any) -> UUID:
        values: dict[str, Any] = {
            "key": uuid4(), "metric": metric, "counted": "elapsed", "window": "month", "queue_ids": [],
            "target": Decimal(50), "minimum": None, "weight": 1, "from_date": self.month.first,
            "now": self.before,
            "zone": self.month.zone,
        }  # fmt: skip
        with tenant_scope(self.month.card, TESTS):
            return reporting.add_clause(**values | self.ours | more).ref

    @property
    def before(self) -> datetime:
        return self.month.start - 2 * DAY

    def day(self, n: int) -> date:
        return self.month.first + n * DAY

    # Forecasts.

    def forecast(self) -> None:
        """Three versions: of all days; of some of a queue; and one that comes when the month is fixed."""
        fixed = self.month.midnight(self.month.first - self.lock_days * DAY)
        with tenant_scope(self.month.card, TESTS):
            agree_forecast(
                key=uuid4(), lock_days=self.lock_days, over_share=self.over_share,
                from_month=self.month.first, now=fixed - 40 * DAY, zone=self.month.zone, **self.ours,
            )  # fmt: skip
        queue, other = self.month.queue.name, self.month.other.name
        days = range((self.month.last - self.month.first).days + 1)
        self._use(self._file([queue, other], days, timedelta(minutes=30), "0.25"), fixed - 5 * DAY)
        self._use(self._file([queue], days[12:], HOUR, "0.9"), fixed - timedelta(microseconds=1))
        self._use(self._file([queue, other], days, HOUR, "9"), fixed)

    def _file(self, queues: list[str], days: Iterable[int], step: timedelta, said: str) -> str:
        return HEAD + "".join(
            f"{at:%Y-%m-%d},{self._wall(at)},{queue},{said}\n"
            for queue in queues
            for n in days
            for at in self._steps(self.day(n), step)
        )

    def _steps(self, day: date, step: timedelta) -> Iterator[datetime]:
        """Every other interval of a working day, and the whole of a day of another length."""
        start, end = self.month.midnight(day), self.month.midnight(day + DAY)
        at, n = start, 0
        while at < end:
            if n % 7 or end - start != DAY:
                yield at.astimezone(self.month.zone)
            at, n = at + step, n + 1

    def _wall(self, at: datetime) -> str:
        """A time that comes twice says which."""
        twice = at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset()
        offset = f"{at:%z}" if twice else ""
        return f"{at:%H:%M}" + (f"{offset[:3]}:{offset[3:]}" if offset else "")

    def _use(self, text: str, at: datetime) -> None:
        with tenant_scope(self.month.card, TESTS):
            row = upload_forecast(
                BytesIO(text.encode()), key=uuid4(), filename="volume.csv", zone=self.month.zone, now=at,
                **self.theirs,
            )  # fmt: skip
            use_forecast(row.ref, now=at, **self.theirs)

    # Times that are to be left out.

    def leave_out(self, contacts: Sequence[Contact]) -> UUID:
        """One of the odd night and one of a queue are accepted, one is refused; one waits for its answer."""
        odd = self.odd_midnight()
        self.answer(self.propose(odd + NIGHT[0], odd + NIGHT[1]), "accepted")
        queue = self.month.queue.pk
        self.answer(self.first_of(contacts, 2, [queue], cause=Cause.FORCE_MAJEURE), "accepted")
        self.answer(self.first_of(contacts, 8, [], cause=Cause.CLIENT), "refused")
        return self.first_of(contacts, 15, [], cause=Cause.FORCE_MAJEURE)

    def odd_midnight(self) -> datetime:
        for n in range((self.month.last - self.month.first).days + 1):
            start, end = (self.month.midnight(self.day(n + more)) for more in (0, 1))
            if end - start != DAY:
                return start
        raise AssertionError("no such day")

    def first_of(self, contacts: Sequence[Contact], n: int, queues: list[int], *, cause: str) -> UUID:
        """Propose two hours from when somebody came in, so many days on; what leaves nothing is refused."""
        since = micros(self.month.midnight(self.day(n)))
        for at in sorted(one.at for one in contacts if one.counts and one.answered_at and one.at >= since):
            try:
                return self.propose(instant(at), instant(at) + 2 * HOUR, queues, cause=cause)
            except Invalid:
                continue
        raise AssertionError("none may be proposed")

    def propose(
        self, start: datetime, end: datetime, queues: Iterable[int] = (), *, cause: str = Cause.FORCE_MAJEURE
    ) -> UUID:
        said = Proposal(cause, start, end, list(queues), reason="Storm", evidence="No power in the valley")
        with tenant_scope(self.month.card, TESTS):
            return reporting.propose_exclusion(
                said, key=uuid4(), zone=self.month.zone, now=self.month.now, **self.ours
            ).ref

    def answer(self, ref: UUID, answer: str) -> None:
        with tenant_scope(self.month.card, TESTS):
            reporting.answer_exclusion(
                ref, answer=answer, why="So it is", zone=self.month.zone, now=self.month.now,
                **self.theirs,
            )  # fmt: skip

    def accept_an_overrun(self, found: Iterable[Overrun]) -> Overrun:
        """Propose the first of the checker's that may be: what the service does not find it refuses."""
        for one in found:
            try:
                with tenant_scope(self.month.card, TESTS):
                    ref = propose_overrun(
                        key=uuid4(), queue_id=one.queue, start=instant(one.start), end=instant(one.end),
                        zone=self.month.zone, now=self.month.now, **self.ours,
                    ).ref  # fmt: skip
            except Contradicted:
                continue
            self.answer(ref, "accepted")
            return one
        raise AssertionError("there is no overrun")
