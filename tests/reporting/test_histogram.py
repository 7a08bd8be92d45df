"""Percentiles of merged histograms, within the error that they state."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reporting.histogram import ERROR, bucket_of, histogram, middle, percentile

VALUES = st.lists(st.integers(0, 10**12), min_size=1, max_size=200)


def nearest_rank(values: list[int], share: int) -> int:
    return sorted(values)[-(-share * len(values) // 100) - 1]


@given(VALUES, st.integers(1, 100))
def it_is_off_by_no_more_than_it_says(values: list[int], share: int) -> None:
    found, true = percentile(histogram(values), share), nearest_rank(values, share)
    assert found is not None
    assert abs(found - true) <= ERROR * true * (1 + 1e-6) + 1


@given(VALUES, VALUES, st.integers(1, 100))
def it_merges_into_the_histogram_of_the_whole(left: list[int], right: list[int], share: int) -> None:
    together = histogram(left)
    together.update(histogram(right))
    assert together == histogram([*left, *right])
    assert percentile(together, share) == percentile(histogram([*right, *left]), share)


def it_knows_no_percentile_of_nothing() -> None:
    assert percentile(Counter(), 95) is None


def it_keeps_what_took_no_time_apart() -> None:
    assert bucket_of(0) == bucket_of(1) == 0
    assert middle(0) == 0
