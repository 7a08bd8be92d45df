"""The engine: published vectors, edges, nulls, and the same numbers however the events come."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import ALWAYS, Calendar
from reporting.catalogue import BY_SLUG, CATALOGUE
from reporting.catalogue.queue import SUPERSEDED
from reporting.clocks import business, elapsed
from reporting.contacts import Contact
from reporting.folding import LogRow, fold
from reporting.measures import MEASURES, SPREADS, Sums
from reporting.metrics import Metric, compute, measured, merged, rows_behind, terms
from tests.reporting.conftest import NINE, contact, log

BY_ID = {metric.id: metric for metric in CATALOGUE}


def number(metric_id: str, contacts: list[Contact]) -> Fraction | None:
    return compute(BY_ID[metric_id], contacts).number


def rounded(metric_id: str, contacts: list[Contact], digits: int = 2) -> float:
    found = number(metric_id, contacts)
    assert found is not None
    return round(float(found), digits)


def icmi() -> list[Contact]:
    """KPI.md section 1: 1000 answered (860 within 20 s), 60 abandoned: 10 within 5 s, 20 within 20 s."""
    return (
        [contact(10.0)] * 860
        + [contact(40.0)] * 140
        + [contact(abandoned=5.0)] * 10
        + [contact(abandoned=15.0)] * 10
        + [contact(abandoned=60.0)] * 40
    )


def by_reply(contacts: list[Contact]) -> list[Contact]:
    """The same, answered by an agent's first message instead of the acceptance."""
    return [
        contact(0.0 if one.answered_at else None, replied_at=one.answered_at, abandoned_at=one.abandoned_at)
        for one in contacts
    ]


class DescribeServiceLevel:
    @pytest.mark.parametrize(
        ("variant", "share"),
        [
            ("SL.POS", 83.02), ("SL.ANS", 86.00), ("SL.NEG", 81.13), ("SL.IGN", 82.69),
            ("SL.SHORTCREDIT", 82.08), ("SL.SHORTEXCL", 81.90),
        ],
    )  # fmt: skip
    def it_matches_the_published_vector(self, variant: str, share: float) -> None:
        assert rounded(variant, icmi()) == share
        assert rounded(f"{variant}.REPLY", by_reply(icmi())) == share

    @pytest.mark.parametrize(("variant", "share"), [("SL.IGN", 77.8), ("SL.NEG", 70.0), ("SL.POS", 80.0)])
    def it_matches_the_second_vector(self, variant: str, share: float) -> None:
        cisco = [contact(10.0)] * 70 + [contact(abandoned=10.0)] * 10 + [contact(30.0)] * 20
        assert rounded(variant, cisco, 1) == share

    def it_counts_flow_outs_against_it_where_the_variant_says_so(self) -> None:
        flowed = [contact(flowed_at=NINE + timedelta(seconds=5))] * 40
        assert rounded("SL.FLOW", icmi() + flowed) == round(86000 / 1100, 2)
        assert number("SL.NEG", icmi() + flowed) == number("SL.NEG", icmi())

    @pytest.mark.parametrize("variant", ["SL.NEG", "SL.POS", "SL.IGN", "SL.ANS"])
    def it_counts_exactly_the_target_as_within(self, variant: str) -> None:
        assert number(variant, [contact(20.0)]) == 100
        assert number(variant, [contact(20.000001)]) == 0

    def it_takes_exactly_five_seconds_as_short(self) -> None:
        assert number("ABN.ADJ", [contact(1.0), contact(abandoned=5.0)]) == 0
        assert number("ABN.ADJ", [contact(1.0), contact(abandoned=5.000001)]) == 50


class DescribeTheEngine:
    def it_says_nothing_where_there_is_nothing_to_divide_by(self) -> None:
        for metric in CATALOGUE:
            value = compute(metric, [])
            assert value.number == (0 if metric.unit == "count" else None), metric.key

    def it_leaves_tests_and_non_contacts_out_of_every_number(self) -> None:
        outside = [
            changed
            for one in fold(STORY)
            for changed in (_with(one, is_test=True), _with(one, not_a_contact=True))
        ]
        assert measured(outside, CATALOGUE).numbers.total() == 0
        for metric in CATALOGUE:
            assert compute(metric, [*fold(STORY), *outside]) == compute(metric, fold(STORY))
            assert rows_behind(metric, outside) == []

    def it_reads_terms_with_their_signs(self) -> None:
        assert terms("a+b-c") == (("a", 1), ("b", 1), ("c", -1))
        assert terms("") == ()

    def it_makes_every_metric_of_known_sums_and_every_sum_is_used(self) -> None:
        used = {name for metric in CATALOGUE for name in metric.measures}
        assert used | {"promised", "told"} == set(MEASURES)
        assert {metric.spread for metric in CATALOGUE if metric.spread} == set(SPREADS)
        keys = [metric.key for metric in CATALOGUE]
        assert len(set(keys)) == len(keys) == len(BY_SLUG)

    def it_says_which_contacts_are_behind_a_number(self) -> None:
        answered, left, waiting = contact(5.0, number=1), contact(abandoned=5.0, number=2), contact(number=3)
        found = rows_behind(BY_ID["SL.NEG"], [answered, left, waiting])
        assert found == [answered, left]
        assert rows_behind(BY_ID["OFF"], [answered, left, waiting]) == [answered, left, waiting]


def _with(one: Contact, **more: object) -> Contact:
    (copy,) = [
        two for two in fold(STORY) if (two.entry, two.interaction_ref) == (one.entry, one.interaction_ref)
    ]
    for name, value in more.items():
        setattr(copy, name, value)
    return copy


STORY = [
    *log(
        (0, "interaction.opened"), (0, "message.received"), (0, "interaction.queued"),
        (1, "offer.made", {"offer": "a"}), (4, "offer.declined", {"offer": "a"}),
        (5, "offer.made", {"offer": "b"}), (10, "offer.accepted", {"offer": "b"}),
        (10, "interaction.assigned"), (40, "message.sent"),
        (60, "message.received"), (70, "message.received"),
        (90, "message.sent"), (100, "interaction.held"), (130, "interaction.resumed"),
        (140, "interaction.awaited"), (240, "interaction.resumed"), (300, "interaction.wrapped"),
        (320, "interaction.closed", {"reason": "delivery", "outcome": "solved"}),
        (1320, "interaction.reopened"), (1320, "interaction.queued", {"again": True}),
        (1330, "message.received"), (1400, "interaction.assigned"), (1430, "message.sent"),
        (1440, "interaction.wrapped"), (1450, "interaction.closed", {"outcome": "solved"}),
    ),
    *log((0, "interaction.queued"), (60, "interaction.abandoned"), ref=2),
    *log(
        (0, "interaction.queued"), (30, "callback.promised"), (900, "interaction.queued", {"again": True}),
        (950, "interaction.assigned"), (960, "callback.kept"), (1000, "interaction.closed"), ref=3,
    ),
    *log(
        (0, "interaction.queued"), (10, "interaction.assigned"),
        (50, "interaction.transferred",
         {"kind": "blind", "from": {"queue_id": 7}, "to": {"queue_id": 8, "agent_id": None}}),
        (50, "interaction.queued", {"again": True, "queue_id": 8}), (150, "interaction.abandoned"), ref=4,
    ),
]  # fmt: skip


class DescribeAStory:
    """One of everything, reckoned by hand."""

    @pytest.mark.parametrize(
        ("metric_id", "wanted"),
        [
            ("OFF", 5), ("ANS.ACCEPT", 2), ("ABN", 2), ("FO", 1), ("ANS.REPLY", 1),
            ("ASA.QUEUE", 10), ("ASA.ALLWAIT", Fraction(10 + 80 + 10, 2)), ("ATA", Fraction(60 + 100, 2)),
            ("RONA", 50), ("RONA.NOABN", 50), ("CB.KEPT", 100),
            ("AHT.ELAPSED", Fraction(310 + 50 + 40, 2)), ("AHT", Fraction(210 + 50 + 40, 2)), ("ACW", 30),
            ("TRF", 50), ("TRF.QUEUE", 50), ("TRF.AGENT", 0), ("HOLD.ABN", 0), ("SHORT.TALK", 0),
            ("FRT.CUSTOMER", Fraction(40 + 100, 2)), ("FRT.ASSIGNED", 30), ("NRT", 30),
            ("RES.FIRST", 220), ("RES.TOTAL", 350), ("RWT", 320), ("AWT", 290),
            ("REOPEN.1D", 100), ("REOPEN.7D", 100),
        ],
    )  # fmt: skip
    def it_comes_to(self, metric_id: str, wanted: Fraction) -> None:
        assert number(metric_id, fold(STORY)) == wanted

    def it_is_a_new_contact_of_the_queue_it_was_moved_to(self) -> None:
        first, second = (one for one in fold(STORY) if one.interaction_ref.int == 4)
        assert (first.queue_id, first.handled_at) == (7, NINE + timedelta(seconds=50))
        assert (second.queue_id, second.offered_at) == (8, NINE + timedelta(seconds=50))
        assert second.abandoned_at

    def it_flows_out_when_it_is_moved_before_an_answer(self) -> None:
        moved = {"kind": "reassign", "from": {"queue_id": 7}, "to": {"queue_id": 8}}
        first, second = fold(
            log(
                (0, "interaction.queued"),
                (30, "interaction.transferred", moved),
                (30, "interaction.queued", {"again": True, "queue_id": 8}),
            )
        )
        assert first.flowed_at == second.offered_at == NINE + timedelta(seconds=30)
        assert number("TRF", [first, second]) is None

    def it_counts_who_flowed_out_and_was_written_to_once(self) -> None:
        contacts = fold(
            log(
                (0, "interaction.queued", {"target_seconds": 2000}),
                (30, "callback.promised"),
                (900, "interaction.queued", {"again": True}),
                (950, "interaction.assigned"),
                (955, "message.sent"),
                (1000, "interaction.closed"),
            )
        )
        assert [number(one, contacts) for one in ("FO", "ANS.REPLY", "SL.FLOW.REPLY")] == [1, 1, 100]
        (old,) = SUPERSEDED
        assert compute(old, contacts).number == 50, "as it was defined, of what was promised by it"

    def it_stays_one_contact_when_a_colleague_takes_it(self) -> None:
        handed = {"kind": "blind", "from": {"queue_id": 7}, "to": {"queue_id": 7, "agent_id": 9}}
        (only,) = fold(
            log(
                (0, "interaction.queued"),
                (10, "interaction.assigned"),
                (40, "interaction.transferred", handed),
                (40, "interaction.queued", {"again": True}),
                (60, "interaction.assigned"),
                (90, "interaction.wrapped"),
                (100, "interaction.closed"),
            )
        )
        assert number("TRF.AGENT", [only]) == 100
        assert number("AHT.ELAPSED", [only]) == 90
        assert number("AHT", [only]) == 70

    def it_goes_to_a_colleague_who_was_asked_without_a_wait(self) -> None:
        given = {"kind": "consult", "from": {"queue_id": 7}, "to": {"queue_id": 7, "agent_id": 9}}
        asked = {"offer": "a", "consult": True}
        (only,) = fold(
            log(
                (0, "interaction.queued"),
                (10, "interaction.assigned", {"agent_id": 8}),
                (20, "offer.made", asked),
                (25, "offer.accepted", asked),
                (40, "interaction.transferred", given),
                (40, "interaction.assigned", {"agent_id": 9}),
                (90, "interaction.wrapped"),
                (100, "interaction.closed"),
            )
        )
        assert (only.agent_id, only.offers) == (9, [])
        assert [number(key, [only]) for key in ("TRF", "TRF.AGENT", "TRF.CONSULT")] == [100] * 3
        assert number("AHT", [only]) == number("AHT.ELAPSED", [only]) == 90

    def it_takes_a_wrap_up_back_without_a_rest(self) -> None:
        back = {"from": "wrap_up"}
        (only,) = fold(
            log(
                (0, "interaction.queued"),
                (10, "interaction.assigned"),
                (60, "interaction.wrapped"),
                (70, "interaction.reopened", back),
                (100, "interaction.wrapped"),
                (110, "interaction.closed"),
            )
        )
        assert number("AHT.ELAPSED", [only]) == 100
        assert only.reopened == []

    def it_knows_who_left_while_on_hold(self) -> None:
        (only,) = fold(
            log(
                (0, "interaction.queued"),
                (5, "interaction.assigned"),
                (8, "interaction.held"),
                (20, "interaction.wrapped", {"why": "customer_ended"}),
                (30, "interaction.closed"),
            )
        )
        assert number("HOLD.ABN", [only]) == 1
        assert number("SHORT.TALK", [only]) == 1


EVENTS = st.permutations(STORY).flatmap(
    lambda order: st.lists(st.sampled_from(STORY), max_size=12).map(lambda extra: [*order, *extra])
)


@given(EVENTS)
def it_does_not_care_about_order_or_doubles(rows: list[LogRow]) -> None:
    assert fold(rows) == fold(STORY)


CONTACTS = st.lists(
    st.builds(
        contact,
        st.one_of(st.none(), st.floats(0, 500)),
        st.one_of(st.none(), st.floats(0, 500)),
        is_test=st.booleans(),
        kept=st.integers(0, 2),
        not_a_contact=st.booleans(),
    )
    | st.sampled_from(fold(STORY)),
    max_size=30,
)


@given(CONTACTS, st.lists(st.integers(0, 4), min_size=30, max_size=30))
def it_adds_up_over_any_partition(contacts: list[Contact], places: list[int]) -> None:
    whole = measured(contacts, CATALOGUE)
    parts = [[one for one, place in zip(contacts, places, strict=False) if place == n] for n in range(5)]
    together = merged(measured(part, CATALOGUE) for part in parts)
    for metric in CATALOGUE:
        assert metric.value(together) == metric.value(whole), metric.key


@given(CONTACTS)
def it_counts_the_same_on_a_clock_that_never_stops(contacts: list[Contact]) -> None:
    always = business({1: Calendar("UTC", week=ALWAYS)}, NINE - DAY, NINE + DAY)
    assert measured(contacts, CATALOGUE, clock=always) == measured(contacts, CATALOGUE, clock=elapsed)


DAY = timedelta(days=1)


class DescribeTheBusinessClock:
    """Open from nine to five past nine and from ten to six, in UTC."""

    def value(self, metric: Metric, contacts: list[Contact]) -> Fraction | None:
        week = {0: ((540, 545), (600, 1080))}
        clock = business({1: Calendar("UTC", week=week)}, NINE - DAY, NINE + DAY)
        return compute(metric, contacts, clock=clock).number

    def it_counts_only_open_hours(self) -> None:
        over_the_break = contact(3600 + 10.0)
        assert self.value(BY_ID["ASA.QUEUE"], [over_the_break]) == 310
        assert compute(BY_ID["ASA.QUEUE"], [over_the_break]).number == 3610

    def it_measures_the_target_by_the_same_clock(self) -> None:
        closed = contact(3600 + 15.0, offered_at=NINE + timedelta(seconds=300))
        assert self.value(BY_ID["SL.NEG"], [closed]) == 100
        assert compute(BY_ID["SL.NEG"], [closed]).number == 0

    def it_takes_a_queue_without_hours_as_always_open(self) -> None:
        assert self.value(BY_ID["ASA.QUEUE"], [contact(3600 + 10.0, queue_id=2)]) == 3610


def it_merges_states_without_changing_them() -> None:
    one, other = measured([contact(5.0)], CATALOGUE), measured([contact(7.0)], CATALOGUE)
    before = (Counter(one.numbers), {name: Counter(found) for name, found in one.spreads.items()})
    assert (one + other).numbers["wait"] == 12_000_000
    assert (one.numbers, one.spreads) == before
    assert one + Sums() == one
