"""Agents' time that was the client's, from the lines of its minutes: hours, occupancy, shares.

Each line says of a quarter of an hour what of an agent's time was this client's, in whole microseconds: its
share of the agent's hour, how long its conversations were worked on, each in full (session), and how long
there was at least one (busy). The minutes are the house's word; `unlike` holds session and busy against what
the client's own events say, `beyond` against the quarter itself. Shares are counted again by `house`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tests.checker.agents import agents
from tests.checker.contacts import Contact
from tests.checker.figures import SECOND, Number, ratio
from tests.checker.lines import Line, micros

KIND = "agent.minutes"
MINUTE, QUARTER = 60 * SECOND, 900 * SECOND
WORK = {"handling", "hold", "wrap_up", "consult"}
OTHER = {"training", "meeting", "production", "system"}


@dataclass(frozen=True, slots=True, order=True)
class Minutes:
    """What of `[quarter, + 15 min)`, in microseconds since 1970, one kind of an agent's time took."""

    quarter: int
    agent: int
    queue: int
    pool: str
    kind: str
    reason: str
    billable: bool
    paid: bool
    share: int
    session: int
    busy: int


def minutes_of(lines: Iterable[str]) -> list[Minutes]:
    """Return the minutes among the lines, in order, each once however often it stands there.

    Raises ValueError where two lines say one thing differently: the file is made of exports of two instants.
    """
    found: dict[str, Minutes] = {}
    for text in lines:
        if KIND in text and (said := json.loads(text))["kind"] == KIND:
            data, at = said["data"], micros(datetime.fromisoformat(said["occurred_at"]))
            own = Minutes(
                at, data["agent_id"], data["queue_id"], data["pool_kind"], data["kind"], data["reason"],
                data["billable"], data["paid"], data["share_us"], data["session_us"], data["busy_us"],
            )  # fmt: skip
            if found.setdefault(said["ref"], own) != own:
                raise ValueError(f"said twice, and not alike: {said['ref']}")
    return sorted(found.values())


def within(minutes: Iterable[Minutes], start: int, end: int) -> list[Minutes]:
    return [one for one in minutes if start <= one.quarter < end]


def labour(
    minutes: Iterable[Minutes], contacts: Iterable[Contact], start: int, end: int
) -> dict[str, Number]:
    """Return each number of agents' time in `[start, end)`: hours as exact minutes, handle time as seconds.

    Bounds are those of quarters of an hour. Handled contacts are those that entered within the bounds.
    """
    mine = within(minutes, start, end)
    own = (one for one in contacts if one.counts and start <= one.at < end)
    handled = sum(one.answered_at is not None and bool(one.endings) for one in own)
    work, waits = _sum(mine, WORK), _sum(mine, {"waiting"})
    other, lost, breaks = _sum(mine, OTHER), _sum(mine, {"not_responding"}), _sum(mine, {"break"})
    paid = sum(one.share for one in mine if one.paid)
    away = sum(one.share for one in mine if one.paid and one.kind in OTHER | {"break"})
    there = work + waits + other + lost
    return {
        "OCC.STD@1": ratio(work, work + waits),
        "OCC.ICMI@1": ratio(work + other, there),
        "UTL.PAID@1": ratio(work, paid),
        "UTL.ICMI@1": ratio(work + waits, there),
        "AVAIL@1": ratio(work + waits, there + breaks),
        "CONC@1": ratio(sum(one.session for one in mine), sum(one.busy for one in mine)),
        "AHT.ENG@1": ratio(work, handled * SECOND),
        "PROD@1": Fraction(work + waits, MINUTE),
        "DED@1": Fraction(sum(one.share for one in mine if one.pool == "dedicated"), MINUTE),
        "BILL@1": Fraction(sum(one.share for one in mine if one.billable), MINUTE),
        "SHR.INT@1": ratio(away, paid),
    }


def _sum(minutes: Iterable[Minutes], kinds: set[str]) -> int:
    return sum(one.share for one in minutes if one.kind in kinds)


def agents_hours(minutes: Iterable[Minutes], start: int, end: int) -> dict[str, Number]:
    """Return of each agent by id the minutes that were the client's, and those of them that it pays for."""
    mine = within(minutes, start, end)
    whole: dict[int, int] = defaultdict(int)
    billed: dict[int, int] = defaultdict(int)
    for one in mine:
        whole[one.agent] += one.share
        billed[one.agent] += one.share * one.billable
    return {
        **{f"LAB.SHARE/{agent}": Fraction(whole[agent], MINUTE) for agent in sorted(whole)},
        **{f"LAB.BILL/{agent}": Fraction(billed[agent], MINUTE) for agent in sorted(billed)},
    }


def unlike(
    minutes: Iterable[Minutes], logs: Mapping[str, Iterable[Line]], start: int, end: int
) -> dict[str, tuple[Number, Number]]:
    """Return where the events say other times of conversations than the minutes: (events, minutes)."""
    said, seen = _times(within(minutes, start, end)), agents(logs, start, end)
    keys = [key for key in {**seen, **said} if key.startswith("LAB.")]
    pairs = {key: (seen.get(key, Fraction()), said.get(key, Fraction())) for key in sorted(keys)}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _times(minutes: Iterable[Minutes]) -> Mapping[str, Number]:
    """Return the seconds of conversations of each agent who had some, under the keys of `agents`."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for one in minutes:
        if one.session:
            sums[f"LAB.SESSION/{one.agent}"] += Fraction(one.session, SECOND)
            sums[f"LAB.BUSY/{one.agent}"] += Fraction(one.busy, SECOND)
    return sums


def beyond(minutes: Iterable[Minutes]) -> list[tuple[int, int]]:
    """Return each (quarter, agent) of which the minutes say more than can be.

    An agent has 15 minutes in 15 minutes, and was on something no longer than that, nor than on all of it.
    """
    whole: dict[tuple[int, int], list[Minutes]] = defaultdict(list)
    for one in minutes:
        whole[one.quarter, one.agent].append(one)
    return sorted(place for place, rows in whole.items() if not _can_be(rows))


def _can_be(rows: list[Minutes]) -> bool:
    share, session, busy = (sum(getattr(one, n) for one in rows) for n in ("share", "session", "busy"))
    return 0 <= share <= QUARTER and busy <= min(QUARTER, session) and all(one.share >= 0 for one in rows)
