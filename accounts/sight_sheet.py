"""Who can see what, as rows of a spreadsheet: machines' words, instants in UTC."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from accounts.sight import FACETS, Holder

HEAD = (
    "name", "email", "role", "seat", "since (UTC)", "until (UTC)", "last sign-in (UTC)",
    *(name for name, _title, _wanted in FACETS),
)  # fmt: skip


def sheet_rows(found: Iterable[Holder], names: Mapping[int, tuple[str, str]]) -> Iterator[list[str]]:
    """Yield a row for each seat; `names`: {user's id: (name, address)} as the reader may know them."""
    for one in found:
        seat = "provider" if one.everywhere else "brand"
        dates = map(_instant, (one.since, one.until, one.last_seen))
        yield [*names[one.user_id], one.role, seat, *dates, *(glance.state for glance in one.glances)]


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
