"""An agent's day: stretches and sums that add up, and corrections that lie over what was written."""

from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow, LabourEvent
from tests.factories import NOW
from tests.workforce.conftest import at
from workforce import actions, queries
from workforce.days import stretches, sums, whole
from workforce.errors import BadAvailability, BadCorrection
from workforce.ledger import day_bounds
from workforce.models import LedgerCorrection, StateInterval

HOUR = 3600


@pytest.fixture
def worked(ada: Actor, acme: BrandCard, globex: BrandCard) -> Actor:
    """Ada: an hour available, half an hour of it on one conversation of each brand, a break, offline."""

    def turn(to: str, seconds: float, reason: str | None = None) -> None:
        actions.set_availability(ada.user_id, to=to, reason_code=reason, actor=ada, now=at(seconds))

    turn("available", 0)
    for item, card in ((1, acme), (2, globex)):
        actions.engage(ada.user_id, brand_id=card.id, queue_id=1, work_item_id=item, now=at(600))
    for item in (1, 2):
        actions.disengage(ada.user_id, work_item_id=item, now=at(2400))
    turn("away", HOUR, "break")
    turn("offline", HOUR + 900)
    return ada


def ledger(actor: Actor, hours: float = 2) -> list:  # type: ignore[type-arg]
    return queries.ledger_of(actor.user_id, start=NOW, end=NOW + timedelta(hours=hours))


class DescribeStretches:
    def it_joins_what_is_the_same_and_keeps_concurrent_work_together(
        self, worked: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        found = stretches(ledger(worked))
        assert [(one.start, one.end) for one in found] == [
            (at(0), at(600)), (at(600), at(2400)), (at(2400), at(3600)),
            (at(3600), at(4500)), (at(4500), at(7200)),
        ]  # fmt: skip
        assert {what.brand_id for what in found[1].whats} == {acme.id, globex.id}
        assert [what.reason for what in found[3].whats] == ["break"]

    def it_sums_to_the_wall_time(self, worked: Actor) -> None:
        assert sum(sums(ledger(worked)).values()) == 2 * HOUR

    @given(st.dictionaries(st.integers(), st.fractions(0, 10_000), max_size=12))
    def it_rounds_without_losing_a_second(self, parts: dict[int, Fraction]) -> None:
        rounded = whole(parts)
        assert sum(rounded.values()) == round(sum(parts.values(), Fraction()))
        assert all(abs(rounded[key] - parts[key]) < 1 for key in parts)

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
    )
    def it_has_days_of_23_and_25_hours(self, worked: Actor, day: date, hours: int) -> None:
        start, end = day_bounds(day, ZoneInfo("Europe/Stockholm"))
        slices = queries.ledger_of(worked.user_id, start=start, end=end)
        assert sum(whole(sums(slices)).values()) == hours * HOUR

    def it_tells_several_agents_as_it_tells_one(self, worked: Actor, eve: Actor) -> None:
        both = queries.ledgers_of([worked.user_id, eve.user_id], start=NOW, end=at(7200))
        assert both[worked.user_id] == ledger(worked)
        assert both[eve.user_id] == ledger(eve)


class DescribeCorrections:
    def correct(self, actor: Actor, agent: Actor, **said: object) -> int:
        values = {
            "start": at(HOUR), "end": at(HOUR + 900), "availability": "away", "reason_code": "training",
            "words": "It was the refresher", "actor": actor, "now": at(8000),
        } | said  # fmt: skip
        return actions.correct(agent.user_id, **values)  # type: ignore[arg-type]

    def it_lays_itself_over_what_was_written_and_keeps_it(
        self, worked: Actor, bo: Actor, globex: BrandCard
    ) -> None:
        before = list(StateInterval.objects.filter(is_correction=False).values().order_by("pk"))
        assert self.correct(bo, worked, brand_id=globex.id) == 1
        what = next(one for one in stretches(ledger(worked)) if one.start == at(HOUR)).whats[0]
        assert (what.reason, what.brand_id) == ("training", globex.id)
        assert list(StateInterval.objects.filter(is_correction=False).values().order_by("pk")) == before
        view = queries.corrections_of(worked.user_id, start=NOW, end=at(7200))[0]
        assert (view.was, view.now, view.words) == (
            ("away", "break"), ("away", "training"), "It was the refresher",
        )  # fmt: skip

    def it_is_audited_and_an_event(self, worked: Actor, bo: Actor) -> None:
        self.correct(bo, worked)
        row = AuditRow.objects.get(verb="ledger.corrected")
        assert (row.actor, row.object, row.reason) == (
            bo.who,
            f"user:{worked.user_id}",
            "It was the refresher",
        )
        assert LabourEvent.objects.filter(kind="agent.corrected").count() == 1

    def it_spans_several_intervals(self, worked: Actor, bo: Actor) -> None:
        assert self.correct(bo, worked, start=at(3000), end=at(5000)) == 3
        whats = {one.whats[0].reason for one in stretches(ledger(worked)) if at(3000) <= one.start < at(5000)}
        assert whats == {"training"}

    def it_is_done_once_when_it_is_sent_twice(self, worked: Actor, bo: Actor) -> None:
        assert [self.correct(bo, worked), self.correct(bo, worked)] == [1, 0]
        assert LedgerCorrection.objects.count() == 1

    def it_may_be_corrected_again_and_the_newest_holds(self, worked: Actor, bo: Actor) -> None:
        self.correct(bo, worked)
        self.correct(bo, worked, reason_code="meal")
        assert [one.whats[0].reason for one in stretches(ledger(worked)) if one.start == at(HOUR)] == ["meal"]

    def it_leaves_work_on_conversations_as_it_was_seen(self, worked: Actor, bo: Actor) -> None:
        before = {what: n for what, n in sums(ledger(worked)).items() if what.is_work}
        self.correct(bo, worked, start=at(0), end=at(HOUR), availability="offline", reason_code=None)
        after = sums(ledger(worked))
        assert sum(n for what, n in after.items() if what.is_work) == sum(before.values())
        assert sum(after.values()) == 2 * HOUR

    @pytest.mark.parametrize(
        "said",
        [
            {"start": at(900), "end": at(900)},
            {"end": at(9000)},
            {"start": at(-90_000)},
            {"start": at(-60), "end": at(60)},
            {"words": " x "},
            {"words": "x" * 501},
            {"brand_id": 999_999},
        ],
    )
    def it_refuses_with_words_and_changes_nothing(
        self, worked: Actor, bo: Actor, said: dict[str, object]
    ) -> None:
        with pytest.raises(BadCorrection) as refused:
            self.correct(bo, worked, **said)
        assert str(refused.value.message)
        assert not LedgerCorrection.objects.exists()

    def it_refuses_a_reason_that_there_is_not(self, worked: Actor, bo: Actor) -> None:
        with pytest.raises(BadAvailability):
            self.correct(bo, worked, reason_code="golf")

    def it_is_an_operators(self, worked: Actor, cy: Actor, outsider: Actor, eve: Actor) -> None:
        for stranger in (worked, cy, outsider, eve):
            with pytest.raises(NotFound):
                self.correct(stranger, worked)
        assert not LedgerCorrection.objects.exists()

    def it_knows_no_agent_who_is_none(self, bo: Actor, outsider: Actor) -> None:
        with pytest.raises(NotFound):
            self.correct(bo, outsider)
