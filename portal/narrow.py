"""Which of a period's contacts an address is about: those of a queue, an interval, an hour of a weekday."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from interactions.queries import queue_names, queue_refs, reason_labels
from reporting.choices import Step
from reporting.contacts import Contact
from reporting.counting import Counting
from reporting.heat import hour_name
from reporting.queries import contacts_offered
from reporting.steps import Slot, slots_of


@dataclass(frozen=True)
class QueueOf:
    """A queue of the brand."""

    id: int
    ref: UUID
    name: str

    @property
    def key(self) -> str:
        """Its ref as an address carries it."""
        return str(self.ref)


@dataclass(frozen=True)
class Narrow:
    """A part of a period; what is null narrows nothing. `hour` is (weekday from Monday, hour) in its zone.

    `reason`: (code, label) of what contacts were closed with.
    """

    of: Counting
    queue: QueueOf | None = None
    slot: Slot | None = None
    hour: tuple[int, int] | None = None
    reason: tuple[str, str] | None = None

    @property
    def words(self) -> str:
        """It in words; "" for the whole period."""
        found = [self.queue.name] if self.queue else []
        found += [self.slot.label] if self.slot else []
        found += [hour_name(self.hour)] if self.hour else []
        found += [self.reason[1]] if self.reason else []
        return " · ".join(found)

    def within(self, start: datetime, end: datetime) -> "Narrow | None":
        """Return the part of it that lies in `[start, end)`, None for nothing."""
        mine = self.slot or Slot(*_whole(self.of), "")
        start, end = max(start, mine.start), min(end, mine.end)
        return replace(self, slot=Slot(start, end, mine.label)) if start < end else None

    def contacts(self) -> list[Contact]:
        """Return the contacts that it is about; in a tenant_scope."""
        start, end = (self.slot.start, self.slot.end) if self.slot else _whole(self.of)
        return [one for one in contacts_offered(start, end) if self._holds(one)]

    def _holds(self, contact: Contact) -> bool:
        if self.queue and contact.queue_id != self.queue.id:
            return False
        if self.reason and (contact.reason != self.reason[0] or not contact.resolved_at):
            return False
        if self.hour is None:
            return True
        at = contact.offered_at.astimezone(ZoneInfo(self.of.zone))
        return (at.weekday(), at.hour) == self.hour


def narrow_of(given: Mapping[str, str], of: Counting) -> Narrow:
    """Read ?queue=, ?step=&at=, ?weekday=&hour= and ?reason=; 404 for no queue of the brand; in a scope."""
    queue = queue_of(given["queue"]) if given.get("queue") else None
    return Narrow(of, queue, _slot(given, of), _hour(given), _reason(given))


def queues() -> list[QueueOf]:
    """Return the brand's queues by name; in a tenant_scope."""
    refs = queue_refs()
    found = [QueueOf(pk, refs[pk], name) for pk, name in queue_names().items() if pk in refs]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def queue_of(ref: "UUID | str") -> QueueOf:
    """Return the brand's queue, 404 for what is none of it; in a tenant_scope."""
    found = next((one for one in queues() if str(one.ref) == str(ref)), None)
    if found is None:
        raise Http404
    return found


def step_of(given: Mapping[str, str], of: Counting) -> Step:
    """Read ?step=; hours for a day, days for more."""
    wanted = given.get("step", "")
    if wanted in Step.values:
        return Step(wanted)
    return Step.HOUR if of.days == 1 else Step.DAY


def slot_query(slot: Slot, step: Step) -> str:
    """Write an interval as an address carries it."""
    return urlencode({"step": str(step), "at": _mark(slot.start)})


def _slot(given: Mapping[str, str], of: Counting) -> Slot | None:
    if not given.get("at"):
        return None
    slots: Sequence[Slot] = slots_of(of.cut, step_of(given, of), ZoneInfo(of.zone))
    return next((slot for slot in slots if _mark(slot.start) == given["at"]), None)


def _reason(given: Mapping[str, str]) -> tuple[str, str] | None:
    code = given.get("reason")
    return None if code is None else (code, (reason_labels() | {"": _("Not said")}).get(code, code))


def _mark(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%MZ}"


def _hour(given: Mapping[str, str]) -> tuple[int, int] | None:
    pairs = {(str(weekday), str(hour)): (weekday, hour) for weekday in range(7) for hour in range(24)}
    return pairs.get((given.get("weekday", ""), given.get("hour", "")))


def _whole(of: Counting) -> tuple[datetime, datetime]:
    return of.cut[0].start, of.cut[-1].end
