"""Histograms of microseconds that merge exactly and answer percentiles with a known error. Pure.

Buckets grow by a constant ratio, so that any value of a bucket is within ERROR of its middle, relative to the
value (the bound of Masson, Rim and Lee, "DDSketch", VLDB 2019). Bucket 0 is everything up to a microsecond.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

ERROR = 0.005
"""A percentile is off by at most this share of itself."""
RATIO = (1 + ERROR) / (1 - ERROR)
STEP = math.log(RATIO)

Histogram = Counter[int]
"""Bucket -> how many values are in it."""


def bucket_of(value: int) -> int:
    """Return the bucket of so many microseconds."""
    return math.ceil(math.log(value) / STEP) if value > 1 else 0


def middle(bucket: int) -> float:
    """Return the value that stands for the bucket, in microseconds."""
    return 2 * math.exp(bucket * STEP) / (RATIO + 1) if bucket else 0.0


def histogram(values: Iterable[int]) -> Histogram:
    return Counter(map(bucket_of, values))


def percentile(found: Mapping[int, int], share: int) -> float | None:
    """Return the value that `share` per cent do not exceed (nearest rank), in microseconds; None of none."""
    buckets = sorted(found)
    reached = list(accumulate(map(found.__getitem__, buckets)))
    rank = -(-share * reached[-1] // 100) if reached else 0
    return middle(buckets[bisect_left(reached, rank)]) if rank > 0 else None
