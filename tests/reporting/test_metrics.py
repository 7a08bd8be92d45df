"""The figures of the service report, after the formulas and vectors of KPI.md."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from reporting import metrics
from reporting.contacts import Contact, LogRow, fold

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def contact(
    answered: float | None = None, abandoned: float | None = None, *, number: int = 0, **more: object
) -> Contact:
    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else NINE + timedelta(seconds=seconds)

    base = {"target_seconds": 20, "is_test": False, "queue_id": 1, "channel": "webchat", "offered_at": NINE}
    base |= {"answered_at": at(answered), "abandoned_at": at(abandoned)}
    return Contact(interaction_ref=UUID(int=number), entry=1, **(base | more))  # type: ignore[arg-type]


def icmi() -> list[Contact]:
    """The vector of KPI.md section 1: 1000 answered (860 within 20 s), 60 abandoned (20 within 20 s)."""
    return (
        [contact(10.0)] * 860
        + [contact(40.0)] * 140
        + [contact(abandoned=5.0)] * 20
        + [contact(abandoned=60.0)] * 40
    )


def it_matches_the_published_vector() -> None:
    level = metrics.SERVICE_LEVEL.compute(icmi()).number
    assert level is not None
    assert round(float(level), 2) == 81.13
    assert metrics.OFFERED.compute(icmi()).number == 1060
    assert metrics.ANSWERED.compute(icmi()).number == 1000
    assert metrics.ABANDONED.compute(icmi()).number == 60


def it_counts_an_answer_at_exactly_the_target() -> None:
    assert metrics.SERVICE_LEVEL.compute([contact(20.0)]).number == 100
    assert metrics.SERVICE_LEVEL.compute([contact(20.000001)]).number == 0


def it_says_nothing_where_nothing_was_settled() -> None:
    for metric in (metrics.SERVICE_LEVEL, metrics.SPEED_OF_ANSWER, metrics.HANDLE_TIME):
        assert metric.compute([contact()]).number is None
        assert metric.compute([]).number is None


def it_leaves_tests_and_non_contacts_out_of_every_figure() -> None:
    outside = [contact(5.0, is_test=True), contact(5.0, not_a_contact=True)]
    for metric in metrics.METRICS:
        assert metric.compute([*icmi(), *outside]) == metric.compute(icmi())
        assert metrics.rows_behind(metric, outside) == []


def it_measures_handling_from_the_answer_to_the_end_of_wrap_up() -> None:
    handled = contact(10.0, handled_at=NINE + timedelta(seconds=310))
    assert metrics.HANDLE_TIME.compute([handled, contact(10.0)]).number == 300
    assert metrics.SPEED_OF_ANSWER.compute([handled, contact(20.0)]).number == 15


CONTACTS = st.lists(
    st.builds(
        contact,
        st.one_of(st.none(), st.floats(0, 500)),
        st.one_of(st.none(), st.floats(0, 500)),
        is_test=st.booleans(),
    ),
    max_size=30,
)


@given(CONTACTS, st.integers(0, 30))
def it_adds_up_over_any_partition(contacts: list[Contact], cut: int) -> None:
    for metric in metrics.METRICS:
        whole, left, right = (metric.compute(part) for part in (contacts, contacts[:cut], contacts[cut:]))
        assert whole.numerator == left.numerator + right.numerator
        assert (whole.denominator or 0) == (left.denominator or 0) + (right.denominator or 0)


def log(*kinds: str, ref: int = 1, again: tuple[int, ...] = ()) -> list[LogRow]:
    data = {"queue_id": 7, "channel": "webchat", "target_seconds": 20, "agent_id": 3}
    return [
        LogRow(
            UUID(int=ref),
            n,
            kind,
            NINE + timedelta(seconds=10 * n),
            False,
            None,
            data | {"again": n in again},
        )
        for n, kind in enumerate(kinds, start=1)
    ]


WHOLE = log(
    "interaction.opened", "message.received", "interaction.queued", "interaction.assigned", "message.sent",
    "interaction.wrapped", "interaction.closed", "interaction.reopened", "interaction.queued",
    "interaction.abandoned",
)  # fmt: skip


def it_makes_a_second_contact_of_a_reopened_interaction() -> None:
    first, second = fold(WHOLE)
    assert (first.entry, first.waited, first.handled) == (1, timedelta(seconds=10), timedelta(seconds=30))
    assert (second.entry, second.answered_at, second.waited) == (2, None, timedelta(seconds=10))


def it_keeps_one_contact_when_a_closed_one_goes_on_and_counts_no_rest() -> None:
    kinds = ["queued", "assigned", "wrapped", "closed", "reopened", "queued", "assigned", "wrapped", "closed"]
    (only,) = fold(log(*(f"interaction.{kind}" for kind in kinds), again=(6,)))
    assert (only.waited, only.rest) == (timedelta(seconds=10), timedelta(seconds=30))
    assert only.handled == timedelta(seconds=40)


def it_keeps_one_contact_when_work_returns_to_the_same_queue() -> None:
    kinds = ["interaction.queued", "interaction.assigned", "interaction.queued", "interaction.assigned"]
    (only,) = fold(log(*kinds, again=(3,)))
    assert only.waited == timedelta(seconds=10)


@given(st.lists(st.sampled_from(WHOLE), max_size=12).flatmap(lambda extra: st.permutations(WHOLE + extra)))
def it_does_not_care_about_order_or_doubles(rows: list[LogRow]) -> None:
    assert fold(rows) == fold(WHOLE)


@given(st.fractions(), st.fractions(min_value=1))
def it_divides_exactly(top: Fraction, bottom: Fraction) -> None:
    assert metrics.Value(top, bottom).number == top / bottom
