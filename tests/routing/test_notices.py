"""What wakes the leader."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from routing.lines import Waiting
from routing.notices import Notices, pack, unpack

NEW = Waiting(
    id=7,
    version=1,
    brand_id=2,
    queue_id=200_000_000_001,
    order_key=datetime(2026, 3, 2, 9, 1, 0, 123456, tzinfo=UTC),
    enqueued_at=datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC),
    units=34,
    channel="webchat",
    interaction_ref=UUID("019cadc6-9a80-7957-97cb-4c99cdd08392"),
)


def heard(*words: str) -> Notices:
    notices = Notices()
    for word in words:
        notices.hear(word)
    return notices


def it_sorts_what_it_hears() -> None:
    notices = heard("i7", "a3", "u4", "i7", "plans")
    assert (notices.items, notices.agents, notices.units) == ({7}, {3}, {4})
    assert notices.plans
    assert notices


def it_carries_a_new_item_whole() -> None:
    assert unpack("7" + pack(NEW)) == NEW
    assert heard("n7" + pack(NEW)).fresh == [NEW]


def it_says_when_who_left_had_come() -> None:
    assert heard("e7,2026-03-02T10:00:00.000005+01:00").ended == {7: NEW.enqueued_at}


@pytest.mark.parametrize(
    "word",
    [
        "e7",
        "e7,now",
        "e7,0001-01-01T00:00+01:00",
        "",
        "i",
        "iseven",
        "i-1",
        "n7",
        "n7,a,b,c,d,e,f",
        "n7,a,b,c,d,e,f,g",
        "x1",
        "a" + "9" * 30,
    ],
)
def it_ignores_what_nobody_here_sent(word: str) -> None:
    assert not heard(word)
