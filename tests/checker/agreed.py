"""What was agreed: the lines of the export that are no events, kinds `agreed.*`.

Targets hold on days `[from, until)` of the client's zone; times left out are instants `[from, until)`.
Forecasts say hundredths of contacts.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.checker.contacts import Contact
from tests.checker.lines import micros

NEVER = 10**20
MINUTE = 60 * 10**6
RISING = ("SL.", "SLA.ATTAIN", "ANS.RATE", "CB.KEPT", "FCR.")
"""More is better; of every other number that may be promised less is."""
TIMES = ("ASA", "ATA", "AHT", "ACW", "FRT", "NRT", "RES", "RWT", "AWT")
"""Said in seconds; every other one is a share, which a target says in per cent."""

ACCEPTED = ("accepted",)
AGREED = '"agreed.'


@dataclass(frozen=True, slots=True)
class Clause:
    """A version of a target; levels are shares of one, or seconds."""

    ref: str
    metric: str
    counted: str
    window: str
    queues: frozenset[int]
    target: Fraction
    minimum: Fraction | None
    weight: int
    first: date
    until: date | None

    @property
    def key(self) -> str:
        return self.metric if self.counted == "elapsed" else f"{self.metric}/{self.counted}"

    @property
    def rises(self) -> bool:
        return self.metric.startswith(RISING)

    def holds(self, contact: Contact) -> bool:
        return not self.queues or contact.queue in self.queues

    def verdict(self, number: Fraction | None) -> str:
        """Tell what became of it: met, missed; under the minimum: missed badly; nothing to measure."""
        if number is None:
            return "nothing"
        if self._reaches(number, self.target):
            return "met"
        return "missed" if self.minimum is None or self._reaches(number, self.minimum) else "under"

    def _reaches(self, number: Fraction, level: Fraction) -> bool:
        return number >= level if self.rises else number <= level


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A time `[start, end)` that is to be left out; of no queues: of every one."""

    ref: str
    state: str
    queues: frozenset[int]
    start: int
    end: int

    def takes(self, contact: Contact) -> bool:
        """Tell whether the contact came in or waited meanwhile; who moved on waits in that line no longer."""
        if self.queues and contact.queue not in self.queues:
            return False
        until = contact.answered_at or contact.abandoned_at or contact.flowed_at or NEVER
        return contact.at < self.end and (self.start <= contact.at or self.start < until)


@dataclass(frozen=True, slots=True)
class Terms:
    """From this month on a forecast is fixed so many days before its month; so much over it is agreed."""

    month: date
    made_at: int
    lock_days: int
    over_share: int


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """What a version says of a day and a queue: each interval's hundredths, of `step` microseconds."""

    number: int
    used_at: int
    day: date
    queue: int
    start: int
    step: int
    said: tuple[int | None, ...]


@dataclass(slots=True)
class Agreed:
    clauses: list[Clause] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    forecast: list[ForecastDay] = field(default_factory=list)

    def without(self, contacts: Iterable[Contact], *states: str) -> list[Contact]:
        """Leave out who came in or waited in a time that was accepted; or that is in one of the states."""
        held = [one for one in self.exclusions if one.state in (states or ACCEPTED)]
        return [contact for contact in contacts if not any(one.takes(contact) for one in held)]

    def leaves_out(self, start: int, end: int) -> bool:
        """Tell whether some of that time was accepted to be left out."""
        accepted = [one for one in self.exclusions if one.state in ACCEPTED]
        return any(one.start < end and start < one.end for one in accepted)


def agreed(lines: Iterable[str]) -> Agreed:
    """Read the lines, in whatever order and however often they stand there."""
    said = (json.loads(text) for text in lines if AGREED in text)
    by_ref = {(one["kind"], one["ref"]): one for one in said if one["kind"].startswith("agreed.")}
    ordered = [by_ref[key] for key in sorted(by_ref)]
    versions = {one["data"]["forecast"]: one for one in ordered if one["kind"] == "agreed.forecast"}
    return Agreed(
        [_clause(one["data"]) for one in ordered if one["kind"] == "agreed.clause"],
        [_exclusion(one["data"]) for one in ordered if one["kind"] == "agreed.exclusion"],
        [_terms(one) for one in ordered if one["kind"] == "agreed.terms"],
        [
            _forecast_day(one["data"], versions[one["data"]["forecast"]])
            for one in ordered
            if one["kind"] == "agreed.forecast_day"
        ],
    )


def _clause(data: dict[str, Any]) -> Clause:
    whole = 1 if data["metric"].startswith(TIMES) else 100
    minimum = data["minimum"]
    return Clause(
        data["clause"], data["metric"], data["counted"], data["window"], frozenset(data["queue_ids"]),
        Fraction(data["target"]) / whole, None if minimum is None else Fraction(minimum) / whole,
        data["weight"], date.fromisoformat(data["from"]),
        date.fromisoformat(data["until"]) if data["until"] else None,
    )  # fmt: skip


def _exclusion(data: dict[str, Any]) -> Exclusion:
    end = NEVER if data["until"] is None else _instant(data["until"])
    queues = frozenset(data["queue_ids"])
    return Exclusion(data["exclusion"], data["state"], queues, _instant(data["from"]), end)


def _terms(line: dict[str, Any]) -> Terms:
    data = line["data"]
    month = date.fromisoformat(data["from"])
    return Terms(month, _instant(line["occurred_at"]), data["lock_days"], data["over_share"])


def _forecast_day(data: dict[str, Any], version: dict[str, Any]) -> ForecastDay:
    return ForecastDay(
        version["data"]["number"], _instant(version["occurred_at"]), date.fromisoformat(data["day"]),
        data["queue_id"], _instant(data["starts_at"]), data["minutes"] * MINUTE, tuple(data["contacts"]),
    )  # fmt: skip


def _instant(text: str) -> int:
    return micros(datetime.fromisoformat(text))


SAID = ("metric", "counted", "window", "queue_ids", "weight", "from")
LEVELS = ("target", "minimum")


def unlike_the_log(lines: Iterable[str]) -> list[str]:
    """Return the refs of targets and times left out of which the log's own events say something else.

    Of those that were agreed or answered before the exported days the log says nothing.
    """
    marks = ('"clause.', '"exclusion.', AGREED)
    said = [json.loads(text) for text in lines if any(mark in text for mark in marks)]
    stands = {one["ref"]: one["data"] for one in said if one["kind"].startswith("agreed.")}
    events = [one for one in said if one["kind"].split(".")[0] in {"clause", "exclusion"}]
    last: dict[str, dict[str, Any]] = {}
    for event in sorted(events, key=lambda one: (_instant(one["occurred_at"]), one["recorded_at"])):
        last[event["data"].get("clause") or event["data"]["exclusion"]] = event
    return sorted(ref for ref, event in last.items() if not _agrees(event, stands.get(ref)))


def _agrees(event: dict[str, Any], stands: dict[str, Any] | None) -> bool:
    data = event["data"]
    if event["kind"] == "clause.withdrawn":
        return stands is None
    if stands is None:  # of other days than the exported ones
        return True
    if "clause" not in data:
        return bool(data["state"] == stands["state"] and data["cause"] == stands["cause"])
    levels = all(_level(data[name]) == _level(stands[name]) for name in LEVELS)
    return levels and all(data[name] == stands[name] for name in SAID)


def _level(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
