"""From stored messages to lines of the stream."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from desk.lines import Reader, lines_of, parts_of
from interactions.values import MessageView

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
READER = Reader(agent_id=1, name="Maya", language="sv", now=NOW)


def message(seq: int, *, at: datetime = NOW, direction: str = "in", **more: Any) -> MessageView:
    values = {"author_kind": "contact", "author_id": None, "author_shown": "", "body": f"text {seq}"} | more
    return MessageView(uuid4(), seq, direction, client_id=None, at=at, **values)


def days_of(*messages: MessageView, before: MessageView | None = None) -> list[str]:
    return [line.day for line in lines_of(messages, READER, before=before)]


def it_cuts_a_text_at_what_was_masked() -> None:
    parts = parts_of("card •••• 1234 thanks", [{"kind": "card", "start": 5, "len": 9}])
    assert [(part.text, part.hidden) for part in parts] == [
        ("card ", False),
        ("•••• 1234", True),
        (" thanks", False),
    ]


def it_names_a_day_where_one_begins() -> None:
    yesterday = NOW - timedelta(days=1)
    assert days_of(message(1, at=yesterday), message(2, at=yesterday), message(3)) == [
        "Yesterday",
        "",
        "Today",
    ]


def it_names_no_day_that_has_begun_above() -> None:
    assert days_of(message(2), before=message(1)) == [""]


def it_counts_days_in_the_readers_zone() -> None:
    late, later = NOW.replace(hour=10), NOW.replace(hour=14)
    with timezone.override(ZoneInfo("Pacific/Auckland")):  # midnight there is at 11:00 UTC
        assert [bool(day) for day in days_of(message(1, at=late), message(2, at=later))] == [True, True]


def it_calls_the_customer_by_name_and_me_you() -> None:
    mine = message(2, direction="out", author_id=1, author_shown="Amara")
    note = message(3, direction="note", author_id=2, author_shown="Jonas")
    theirs, own, said = lines_of([message(1), mine, note], READER)
    assert (theirs.kind, theirs.by, theirs.mine) == ("in", "Maya", False)
    assert (own.kind, own.mine) == ("out", True)
    assert (said.kind, said.by, said.mine) == ("note", "Jonas", False)


def it_says_what_a_system_message_means() -> None:
    joined = message(1, direction="system", data={"code": "joined", "name": "Amara"}, body="")
    unknown = message(2, direction="system", data={"code": "later_invention"}, body="")
    lines = lines_of([joined, unknown], READER)
    assert lines[0].words == "Amara joined"
    assert lines[1].words
