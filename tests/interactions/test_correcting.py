"""Another reason and outcome, until the brand's day is closed; what stood before stays in the log."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from events.models import Event
from interactions import actions
from interactions.actions.correcting import DayClosed
from interactions.choices import DispositionKind
from interactions.errors import NotYours, Refused, WrongState
from interactions.models import Interaction
from reporting.queries import contacts_offered
from tenants.models import AuditRow
from tenants.scope import labour_scope
from tests.factories import NOW
from tests.interactions.conftest import Opener

ADA, BEN = 77, 78
ZONE = "Europe/Stockholm"


def correct(
    ref: UUID, seconds: float = 200, *, reason: str = "return", outcome: str = "solved", by: int = ADA,
    own: bool = True,
) -> None:  # fmt: skip
    actions.correct(
        ref, actor=f"user:{by}", actor_id=by, own=own, zone=ZONE, reason_code=reason, outcome_code=outcome,
        now=NOW + timedelta(seconds=seconds),
    )  # fmt: skip


@pytest.fixture
def closed(open_chat: Opener) -> UUID:
    actions.save_disposition(DispositionKind.REASON, "return", "Return")
    actions.save_disposition(DispositionKind.OUTCOME, "duplicate", "Duplicate", not_a_contact=True)
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
    actions.begin_wrap_up(ref, agent_id=ADA, now=NOW)
    actions.wrap_up(ref, agent_id=ADA, reason_code="delivery", outcome_code="solved", now=NOW)
    return ref


def it_says_what_stood_before_in_the_log_and_the_trail(closed: UUID) -> None:
    correct(closed)
    event = Event.objects.get(interaction_ref=closed, kind="interaction.corrected")
    assert event.data == {
        "reason": ["delivery", "return"], "outcome": ["solved", "solved"], "not_a_contact": False,
    }  # fmt: skip
    with labour_scope():
        (diff,) = AuditRow.objects.filter(verb="conversation.corrected").values_list("diff", flat=True)
    assert diff == {"reason": ["delivery", "return"]}


def it_is_what_the_report_says_then(closed: UUID) -> None:
    correct(closed)
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert (contact.reason, contact.outcome, contact.counts) == ("return", "solved", True)
    correct(closed, reason="", outcome="duplicate")
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert (contact.reason, contact.outcome, contact.counts) == ("", "duplicate", False)
    correct(closed)
    (contact,) = contacts_offered(NOW, NOW + timedelta(days=1))
    assert contact.counts


def it_leaves_no_trace_of_nothing(closed: UUID) -> None:
    correct(closed, reason="delivery")
    assert not Event.objects.filter(kind="interaction.corrected").exists()


@pytest.mark.parametrize(
    ("ended", "until"),
    [
        (datetime(2026, 3, 2, 22, 30, tzinfo=UTC), datetime(2026, 3, 3, 3, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), datetime(2026, 3, 4, 3, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, 0, tzinfo=UTC)),  # summer begins
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 3, 0, tzinfo=UTC)),
    ],
)
def it_closes_the_day_at_four_of_the_next_where_the_brand_is(ended: datetime, until: datetime) -> None:
    assert actions.correctable_until(ended, ZONE) == until


def it_refuses_once_the_day_is_closed(closed: UUID) -> None:
    until = actions.correctable_until(NOW, ZONE) - NOW
    correct(closed, until.total_seconds() - 1)
    with pytest.raises(DayClosed):
        correct(closed, until.total_seconds(), reason="delivery")
    reason = Interaction.objects.values_list("reason__code", flat=True).get(ref=closed)
    assert reason == "return"


def it_is_for_who_had_it_or_for_whoever_may_correct_others(closed: UUID) -> None:
    with pytest.raises(NotYours):
        correct(closed, by=BEN)
    correct(closed, by=BEN, own=False)
    assert Event.objects.get(kind="interaction.corrected").actor_id == BEN


def it_wants_a_reason_and_an_outcome_of_this_brand(closed: UUID) -> None:
    for reason, outcome in (("", "solved"), ("return", ""), ("outage", "solved")):
        with pytest.raises(Refused):
            correct(closed, reason=reason, outcome=outcome)


def it_corrects_only_what_is_closed(open_chat: Opener) -> None:
    ref = open_chat()
    actions.assign(ref, agent_id=ADA, agent_shown="Ada", now=NOW)
    with pytest.raises(WrongState):
        correct(ref)
