"""How facts and roll-ups keep sums: arrays of bigint that the database adds up, by places of the registers.

`numbers`: a sum for each measure. Of durations a fact keeps `lengths` (place of the spread << 48 |
microseconds, the exact ones) and `buckets` (place << 12 | bucket); a roll-up `spreads` ((place << 12 |
bucket) << 32 | how many), ascending. Targets are one number. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from reporting.histogram import bucket_of
from reporting.measures import MEASURES, SPREADS, Sums

NUMBERS, PLACES = tuple(MEASURES), tuple(SPREADS)
PLACE = {name: place for place, name in enumerate(NUMBERS, start=1)}
"""Of each measure, as PostgreSQL counts."""
LENGTH_BITS, BUCKET_BITS, COUNT_BITS = 48, 12, 32
LONGEST = (1 << LENGTH_BITS) - 1

Target = tuple[int | None, int]
"""So many per cent (None: nobody had said) within so many seconds."""


def length_code(place: int, length: int) -> int:
    """Pack a duration of nearly nine years at the most."""
    return place << LENGTH_BITS | min(length, LONGEST)


def bucket_code(place: int, length: int) -> int:
    return place << BUCKET_BITS | bucket_of(min(length, LONGEST))


def bucket_name(code: int) -> tuple[str, int]:
    """Return the spread and its bucket."""
    return PLACES[code >> BUCKET_BITS], code & (1 << BUCKET_BITS) - 1


def target_code(share: int | None, seconds: int) -> int:
    return seconds << 8 | (0 if share is None else share + 1)


def target_of(code: int) -> Target:
    share = code & 0xFF
    return (share - 1 if share else None, code >> 8)


def sums_kept(numbers: Sequence[int], spreads: Iterable[int]) -> Sums:
    """Read what a roll-up keeps; a roll-up of before a measure was added has nothing of it."""
    found = Sums(Counter({name: number for name, number in zip(NUMBERS, numbers, strict=False) if number}))
    for code in spreads:
        add_bucket(found, code >> COUNT_BITS, code & (1 << COUNT_BITS) - 1)
    return found


def add_bucket(sums: Sums, code: int, count: int) -> None:
    name, bucket = bucket_name(code)
    sums.spreads.setdefault(name, Counter())[bucket] += count
