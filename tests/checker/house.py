"""The house's hours shared out again, from its exported ledger: what of each quarter was each client's.

Written from docs/time-ledger.md, without a look at how the service does it. Whatever an agent was and did
cuts their time into slices in which nothing changes. A slice goes to the work in it: equally, or by focus to
the conversation in front; without work to what the state was. The parts of a quarter of an hour are made
whole microseconds by largest remainder, so that they add up to it; of equal remainders the first in the order
of client, queue, pool, kind, reason is made larger.

    python -m tests.checker.house ledger.jsonl --client acme --log log.jsonl --zone Europe/Stockholm
        --from 2026-10-01 --to 2026-10-31
"""

import json
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tests.checker.labour import QUARTER, Minutes, minutes_of, within
from tests.checker.lines import bounds, micros

NOBODY = 0
FOREVER = 10**20
DEDICATED = "dedicated"
AWAY, AVAILABLE = "away", "available"
OF_NOBODY = {"offline", "unknown"}


class Span(NamedTuple):
    """`[start, end)` in microseconds since 1970, and what the line said."""

    start: int
    end: int
    said: Mapping[str, Any]

    def has(self, at: int) -> bool:
        return self.start <= at < self.end


class Part(NamedTuple):
    """What time can go to; its order decides between equal remainders."""

    brand: int
    queue: int
    pool: str
    kind: str
    reason: str
    billable: bool
    paid: bool
    is_test: bool


@dataclass
class Times:
    share: Fraction = Fraction()
    session: int = 0
    busy: Fraction = Fraction()


@dataclass
class Agent:
    """What the ledger has of one agent."""

    states: list[Span] = field(default_factory=list)
    works: list[Span] = field(default_factory=list)
    fronts: list[Span] = field(default_factory=list)
    members: list[Span] = field(default_factory=list)


@dataclass
class Ledger:
    """The exported ledger. `rules`: (since, rule); `terms`: of a reason and a client, (since, billable)."""

    clients: dict[str, int] = field(default_factory=dict)
    agents: dict[int, Agent] = field(default_factory=lambda: defaultdict(Agent))
    rules: list[tuple[int, str]] = field(default_factory=list)
    reasons: dict[str, tuple[str, bool]] = field(default_factory=dict)
    terms: dict[tuple[str, int], list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    pools: dict[int, tuple[str, int]] = field(default_factory=dict)

    def take(self, said: Mapping[str, Any]) -> None:
        what = said["line"]
        if what == "client":
            self.clients[said["slug"]] = said["id"]
        elif what == "ledger.rule":
            self.rules.append((_at(said["valid_from"]), said["rule"]))
        elif what == "reason":
            self.reasons[said["code"]] = (said["kind"], said["paid"])
        elif what == "reason.term":
            place = (said["code"], said["brand_id"])
            self.terms[place].append((_at(said["valid_from"]), said["billable"]))
        elif what == "pool":
            self.pools[said["id"]] = (said["kind"], said["brand_id"] or NOBODY)
        else:
            self._take_span(what, self.agents[said["agent_id"]], said)

    def _take_span(self, what: str, agent: Agent, said: Mapping[str, Any]) -> None:
        first, last = ("valid_from", "valid_until") if what == "pool.member" else ("started_at", "ended_at")
        span = Span(_at(said[first]), FOREVER if said[last] is None else _at(said[last]), said)
        lists = {
            "state": agent.states, "engagement": agent.works, "focus": agent.fronts,
            "pool.member": agent.members,
        }  # fmt: skip
        lists[what].append(span)

    def rule(self, at: int) -> str:
        return max(((since, rule) for since, rule in self.rules if since <= at), default=(0, "equal"))[1]

    def pays(self, reason: str, brand: int, at: int) -> bool:
        return max((one for one in self.terms[reason, brand] if one[0] <= at), default=(0, False))[1]


def _at(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def ledger_of(lines: Iterable[str]) -> Ledger:
    """Return the ledger of the lines, each taken once."""
    found = Ledger()
    for text in dict.fromkeys(line.strip() for line in lines):
        if text:
            found.take(json.loads(text))
    return found


def shares(ledger: Ledger, start: int, end: int) -> dict[int, list[Minutes]]:
    """Return the minutes of each client in the quarters of `[start, end)`, tests left out."""
    found: dict[int, list[Minutes]] = defaultdict(list)
    for number, agent in ledger.agents.items():
        for quarter, parts in _quarters(ledger, agent, start, end).items():
            for part, times in _whole(parts).items():
                if part.brand != NOBODY and not part.is_test:
                    found[part.brand].append(Minutes(quarter, number, *part[1:7], *times))
    return {brand: sorted(rows) for brand, rows in found.items()}


def _quarters(ledger: Ledger, agent: Agent, start: int, end: int) -> dict[int, dict[Part, Times]]:
    """Return what each quarter went to, in exact fractions of microseconds."""
    states, works, fronts, members = (
        _by_quarter(spans, start, end)
        for spans in (agent.states, agent.works, agent.fronts, agent.members)
    )  # fmt: skip
    found = {}
    for at in range(start, end, QUARTER):
        if states[at] or works[at]:
            then = Agent(states[at], works[at], fronts[at], members[at])
            found[at] = _quarter(ledger, then, at)
    return found


def _by_quarter(spans: Iterable[Span], start: int, end: int) -> dict[int, list[Span]]:
    """Return what touches each quarter of `[start, end)`."""
    found: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        first = max(span.start, start)
        for quarter in range(first - (first - start) % QUARTER, min(span.end, end), QUARTER):
            found[quarter].append(span)
    return found


def _quarter(ledger: Ledger, agent: Agent, start: int) -> dict[Part, Times]:
    parts: dict[Part, Times] = defaultdict(Times)
    cuts = _cuts(ledger, agent, start, start + QUARTER)
    for a, b in pairwise(cuts):
        works = [work for work in agent.works if work.has(a)]
        if works:
            _share_out(ledger, agent, works, a, b, parts)
        else:
            parts[_state_at(ledger, agent, a)].share += b - a
    return parts


def _cuts(ledger: Ledger, agent: Agent, start: int, end: int) -> list[int]:
    """Return every instant of `[start, end]` at which something may change, in order."""
    spans = [*agent.states, *agent.works, *agent.fronts, *agent.members]
    edges = {edge for span in spans for edge in span[:2]} | {since for since, _rule in ledger.rules}
    edges |= {since for terms in ledger.terms.values() for since, _billable in terms}
    return sorted({start, end} | {edge for edge in edges if start < edge < end})


def _share_out(
    ledger: Ledger, agent: Agent, works: list[Span], a: int, b: int, parts: dict[Part, Times]
) -> None:
    """Give `[a, b)` to the works in it; each is a session in full, and its client's share of being busy."""
    seen = {one.said["work_item_id"] for one in agent.fronts if one.has(a)}
    front = [work for work in works if work.said["work_item_id"] in seen]
    taking = front if front and ledger.rule(a) == "focus" else works
    for work in works:
        times = parts[_work_part(ledger, work)]
        beside = sum(_whose(other) == _whose(work) for other in works)
        times.session += b - a
        times.busy += Fraction(b - a, beside)
        if work in taking:
            times.share += Fraction(b - a, len(taking))


def _whose(work: Span) -> tuple[int, bool]:
    return work.said["brand_id"], work.said["is_test"]


def _work_part(ledger: Ledger, work: Span) -> Part:
    said = work.said
    pool = ledger.pools[said["pool_id"]][0] if said["pool_id"] else ""
    test = said["is_test"]
    return Part(said["brand_id"], said["queue_id"], pool, said["kind"], "", not test, True, test)


def _state_at(ledger: Ledger, agent: Agent, at: int) -> Part:
    """Return what the time without work is, and whose: the newest correction says what the state was.

    Of nobody's time not all is told that the house keeps apart: no client has it.
    """
    over = [state for state in agent.states if state.has(at)]
    if not over:
        return Part(NOBODY, 0, "", "unknown", "", False, False, False)
    said = max(over, key=lambda state: (state.said["corrected_at"] or "", state.said["id"])).said
    availability, code = said["availability"], said["code"] or ""
    if availability in OF_NOBODY:
        return Part(NOBODY, 0, "", availability, "", False, False, False)
    home = _home(ledger, agent, at)
    brand = said["brand_id"] or home
    kept = brand == home != NOBODY
    pool = DEDICATED if kept else ""
    if availability == AWAY:
        kind, paid = ledger.reasons[code]
        return Part(brand, 0, pool, kind, code, ledger.pays(code, brand, at), paid, False)
    if availability == AVAILABLE:
        return Part(brand, 0, pool, "waiting", "", kept, True, False)
    return Part(brand, 0, pool, availability, "", False, False, False)


def _home(ledger: Ledger, agent: Agent, at: int) -> int:
    """Return the client that somebody is kept for: that of their dedicated pools, if it is one alone."""
    pools = [ledger.pools[member.said["pool_id"]] for member in agent.members if member.has(at)]
    brands = {brand for kind, brand in pools if kind == DEDICATED}
    return brands.pop() if len(brands) == 1 else NOBODY


def _whole(parts: Mapping[Part, Times]) -> dict[Part, tuple[int, int, int]]:
    """Return (share, session, busy) of each part in whole microseconds."""
    share = _largest_remainder({part: times.share for part, times in parts.items()})
    busy: dict[Part, int] = {}
    for whose in {(part.brand, part.is_test) for part in parts}:
        own = {part: t.busy for part, t in parts.items() if (part.brand, part.is_test) == whose}
        busy |= _largest_remainder(own)
    return {part: (share[part], parts[part].session, busy[part]) for part in parts}


def _largest_remainder(exact: Mapping[Part, Fraction]) -> dict[Part, int]:
    """Return whole numbers with the sum of the exact ones; who lost most by cutting off gets one more."""
    whole = {part: int(value) for part, value in exact.items()}
    missing = int(sum(exact.values())) - sum(whole.values())
    for part in sorted(exact, key=lambda part: (whole[part] - exact[part], part))[:missing]:
        whole[part] += 1
    return whole


def differences(ours: Iterable[Minutes], theirs: Iterable[Minutes]) -> tuple[list[Minutes], list[Minutes]]:
    """Return what stands on one side alone: (shared out here, said by the client's log)."""
    one, two = set(ours), set(theirs)
    return sorted(one - two), sorted(two - one)


def main(words: list[str] | None = None) -> None:
    """Write what differs, `+` shared out here alone, `-` in the log alone; nothing is good."""
    parser = ArgumentParser(prog="python -m tests.checker.house", description="Share hours out again.")
    parser.add_argument("ledger", type=Path, help="what manage.py export_ledger wrote")
    parser.add_argument("--log", type=Path, required=True, help="what manage.py export_log wrote")
    parser.add_argument("--client", required=True, help="the client's short name")
    parser.add_argument("--zone", required=True, help="the client's zone, like Europe/Stockholm")
    parser.add_argument("--from", dest="first", required=True, type=date.fromisoformat, help="the first day")
    parser.add_argument("--to", dest="last", required=True, type=date.fromisoformat, help="the last day")
    asked = parser.parse_args(words)
    days = bounds(asked.zone, asked.first, asked.last)
    with asked.ledger.open(encoding="utf-8") as lines:
        ledger = ledger_of(lines)
    ours = shares(ledger, *days).get(ledger.clients[asked.client], [])
    with asked.log.open(encoding="utf-8") as lines:
        theirs = within(minutes_of(lines), *days)
    for sign, rows in zip("+-", differences(ours, theirs), strict=True):
        for row in rows:
            sys.stdout.write(f"{sign} {row}\n")


if __name__ == "__main__":
    main()
