"""Folding: the log of an interaction becomes its contacts. Pure, without Django.

The order inside one interaction is `n`, never the order of arrival, so doubled and late events cost nothing.
Offers have no number: each is known by its ref, and belongs to the contact that waited when it was made.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from reporting.contacts import Asked, Contact, Reply, Stage, Stretch, Ticked, Told, microseconds

OPENED = "interaction.opened"
ENTRY = "interaction.queued"
OFFERS = frozenset({"offer.made", "offer.accepted", "offer.declined", "offer.expired", "offer.withdrawn"})


class LogRow(NamedTuple):
    """The part of an Event that the fold reads; `data` holds ids, numbers and codes, `by` is who did it."""

    interaction_ref: UUID
    n: int
    kind: str
    occurred_at: datetime
    is_test: bool
    data: dict[str, Any]
    by: str = ""


def as_log_row(event: Any) -> LogRow:
    """Make it of an event as events.values has it."""
    own = {name: getattr(event, name) for name in LogRow._fields if name != "by"}
    return LogRow(**own, by=event.actor_kind)


@dataclass(slots=True)
class Story:
    """One interaction as far as its log was read.

    `asked_at`: since when the customer waits for an answer; `since`: when its stage began; `moved`: on its
    way to another queue; `greeted`: answered since it came in, or since it was opened again; `late`: clocks
    that were missed and go on, each with its contact and since when; `customer_id` and `came_at`: who opened
    it, and when.
    """

    contacts: list[Contact] = field(default_factory=list)
    asked_at: datetime | None = None
    stage: Stage = Stage.LINE
    since: datetime | None = None
    moved: bool = False
    greeted: bool = False
    late: dict[tuple[str, int], tuple[Contact, Ticked, datetime]] = field(default_factory=dict)
    customer_id: int | None = None
    came_at: datetime | None = None

    def turn(self, stage: Stage, at: datetime) -> None:
        """End the stage it is in and begin another one; what is late by a moment ends where it began."""
        if self.contacts and self.since is not None:
            end = max(at, self.since)
            lasted = microseconds(end - self.since)
            self.contacts[-1].stretches.append(Stretch(self.stage, self.since, end, lasted))
            at = end
        self.stage, self.since = stage, at


Step = Callable[[Story, Contact, LogRow], None]
NUMBER = attrgetter("n")


def fold(rows: Iterable[LogRow]) -> list[Contact]:
    """Return the contacts of all interactions in `rows`, ordered by the instant they were offered."""
    logs: dict[UUID, list[LogRow]] = defaultdict(list)
    for row in rows:
        logs[row.interaction_ref].append(row)
    return in_order(fold_logs(logs.values()))


def fold_logs(logs: Iterable[Iterable[LogRow]]) -> list[Contact]:
    """Return the contacts of these logs, each of one interaction, in any order of its rows."""
    return [contact for log in logs for contact in _fold_one(sorted(log, key=NUMBER))]


def in_order(contacts: Iterable[Contact]) -> list[Contact]:
    return sorted(contacts, key=lambda contact: (contact.offered_at, contact.interaction_ref, contact.entry))


def _fold_one(log: list[LogRow]) -> list[Contact]:
    story, seen = Story(), 0
    for row in log:
        if row.n == seen:
            continue  # the same event twice, or an offer
        seen = row.n
        _take(story, row)
    offers = [row for row in log if row.kind in OFFERS and not row.data.get("consult")]
    if offers:
        _add_offers(story.contacts, offers)
    return story.contacts


def _take(story: Story, row: LogRow) -> None:
    if row.kind == "message.received":
        story.asked_at = story.asked_at or row.occurred_at
    elif row.kind == ENTRY:
        _queued(story, row)
    elif row.kind == OPENED:
        customer = row.data.get("contact")
        story.came_at, story.customer_id = row.occurred_at, int(customer) if customer else None
    elif story.contacts and (step := STEPS.get(row.kind)):
        step(story, story.contacts[-1], row)


def _queued(story: Story, row: LogRow) -> None:
    if story.contacts and row.data.get("again") and not story.moved:
        rested = story.stage in {Stage.CLOSED, Stage.CALLBACK, Stage.BACK}
        story.turn(Stage.BACK if rested else Stage.LINE, row.occurred_at)
        return
    story.moved, story.greeted = False, False
    story.stage, story.since = Stage.LINE, row.occurred_at
    story.contacts.append(
        Contact(
            interaction_ref=row.interaction_ref,
            entry=len(story.contacts) + 1,
            queue_id=int(row.data["queue_id"]),
            channel=str(row.data["channel"]),
            offered_at=row.occurred_at,
            target_seconds=int(row.data["target_seconds"]),
            is_test=row.is_test,
            target_share=int(share) if (share := row.data.get("target_share")) else None,
            customer_id=story.customer_id,
            came_at=story.came_at,
        )
    )


def _answered(story: Story, contact: Contact, row: LogRow) -> None:
    """The first answer is the answer: work that returns to the queue was answered all the same.

    Who was promised a call has left the line for it, and is answered in no line.
    """
    contact.agent_id = row.data.get("agent_id")
    story.turn(Stage.TALK, row.occurred_at)
    if contact.flowed_at is None and contact.answered_at is None:
        contact.answered_at = row.occurred_at
        contact.beside = row.data.get("beside")


def _abandoned(story: Story, contact: Contact, row: LogRow) -> None:
    story.turn(Stage.CLOSED, row.occurred_at)
    story.asked_at = None
    if contact.answered_at is None and contact.flowed_at is None:
        contact.abandoned_at = row.occurred_at


def _transferred(story: Story, contact: Contact, row: LogRow) -> None:
    """To another queue it leaves this one; to an agent, or back to this one, it stays the contact it is.

    To a colleague who was asked first it goes without a wait: nothing is queued.
    """
    came_from, to = row.data.get("from") or {}, row.data.get("to") or {}
    kind = row.data.get("kind")
    if kind == "consult":
        contact.handed.append("consult")
    if kind == "blind":
        contact.handed.append("agent" if to.get("agent_id") else "queue")
    story.moved = to.get("queue_id") != came_from.get("queue_id")
    if not story.moved:
        return
    story.turn(Stage.LINE, row.occurred_at)
    if contact.answered_at:
        contact.handled_at = row.occurred_at
    else:
        contact.flowed_at = contact.flowed_at or row.occurred_at


def _goes_to(stage: Stage) -> Step:
    def step(story: Story, contact: Contact, row: LogRow) -> None:
        story.turn(stage, row.occurred_at)

    return step


def _wrapping(story: Story, contact: Contact, row: LogRow) -> None:
    left = row.data.get("why") == "customer_ended" and story.stage == Stage.HOLD
    contact.left_on_hold = contact.left_on_hold or left
    story.turn(Stage.WRAP, row.occurred_at)


def _closed(story: Story, contact: Contact, row: LogRow) -> None:
    story.turn(Stage.CLOSED, row.occurred_at)
    story.asked_at = None
    if contact.answered_at:
        contact.handled_at = row.occurred_at
        contact.resolved_at = contact.resolved_at or row.occurred_at
    contact.not_a_contact = bool(row.data.get("not_a_contact"))
    contact.reason = str(row.data.get("reason") or "")
    contact.outcome = str(row.data.get("outcome") or "")


def _reopened(story: Story, contact: Contact, row: LogRow) -> None:
    """From wrap-up the handling just goes on; from closed it rests until somebody takes it."""
    if row.data.get("from") == "wrap_up":
        story.turn(Stage.TALK, row.occurred_at)
        return
    story.greeted = False
    if contact.handled_at:
        contact.reopened.append(row.occurred_at - contact.handled_at)


def _sent(story: Story, contact: Contact, row: LogRow) -> None:
    contact.replied_at = contact.replied_at or row.occurred_at
    contact.authors.add(row.by)
    if story.asked_at:
        contact.replies.append(Reply(story.asked_at, row.occurred_at, not story.greeted))
    story.asked_at, story.greeted = None, True


def _told(story: Story, contact: Contact, row: LogRow) -> None:
    data = row.data
    said = Told(
        str(data.get("given")), int(data["p50"]), int(data["p80"]), int(data["place"]), row.occurred_at
    )
    contact.told.append(said)


def _promised(story: Story, contact: Contact, row: LogRow) -> None:
    """Out of the line before an answer; after one, the agent's work rests until the call."""
    contact.promises += 1
    story.turn(Stage.CALLBACK, row.occurred_at)
    if contact.answered_at:
        contact.handled_at = row.occurred_at
    else:
        contact.flowed_at = contact.flowed_at or row.occurred_at


def _attempted(story: Story, contact: Contact, row: LogRow) -> None:
    """Nobody answered, and it is tried again: until then the work rests."""
    if not row.data.get("again"):
        return
    story.turn(Stage.CALLBACK, row.occurred_at)
    if contact.answered_at:
        contact.handled_at = row.occurred_at


def _kept(story: Story, contact: Contact, row: LogRow) -> None:
    contact.kept += 1


def _missed(story: Story, contact: Contact, row: LogRow) -> None:
    contact.missed += 1


def _corrected(story: Story, contact: Contact, row: LogRow) -> None:
    """What it was about and how it ended as it stands now; each pair is what stood before, and after."""
    contact.not_a_contact = bool(row.data.get("not_a_contact"))
    contact.reason = str(row.data["reason"][1] or "")
    contact.outcome = str(row.data["outcome"][1] or "")


def _clock_missed(story: Story, contact: Contact, row: LogRow) -> None:
    """It is decided now, so with this contact, wherever it began and however it ends."""
    one = Ticked(str(row.data["clock"]), is_missed=True, is_over=False)
    contact.clocks.append(one)
    story.late[_clock(row)] = contact, one, row.occurred_at


def _clock_fulfilled(story: Story, contact: Contact, row: LogRow) -> None:
    if not _ends_missed(story, row) and row.data.get("target") is not None:
        contact.clocks.append(Ticked(str(row.data["clock"]), is_missed=False, is_over=True))


def _clock_over(story: Story, contact: Contact, row: LogRow) -> None:
    _ends_missed(story, row)


def _ends_missed(story: Story, row: LogRow) -> bool:
    """Tell whether the clock that ends was missed: not when it turns out to have ended before that."""
    late = story.late.pop(_clock(row), None)
    if late is None:
        return False
    contact, one, since = late
    one.is_over = True
    if row.occurred_at <= since:
        contact.clocks.remove(one)
    return row.occurred_at > since


def _clock(row: LogRow) -> tuple[str, int]:
    return str(row.data["clock"]), int(row.data["clock_n"])


def _add_offers(contacts: list[Contact], rows: list[LogRow]) -> None:
    """What was offered of the contacts; to be asked for advice by a colleague is no offer of a contact."""
    made = {row.data["offer"]: row.occurred_at for row in rows if row.kind == "offer.made"}
    ended = sorted((row for row in rows if row.kind != "offer.made"), key=lambda row: row.occurred_at)
    ends = {row.data["offer"]: row for row in ended}
    for offer, at in sorted(made.items(), key=lambda pair: (pair[1], pair[0])):
        owners = [contact for contact in contacts if contact.offered_at <= at]
        if owners:
            end = ends.get(offer)
            said = (end.kind.partition(".")[2], str(end.data.get("reason") or "")) if end else ("", "")
            owners[-1].offers.append(Asked(at, *said))


STEPS: dict[str, Step] = {
    "interaction.wait_estimated": _told,
    "interaction.assigned": _answered,
    "interaction.abandoned": _abandoned,
    "interaction.transferred": _transferred,
    "interaction.held": _goes_to(Stage.HOLD),
    "interaction.resumed": _goes_to(Stage.TALK),
    "interaction.awaited": _goes_to(Stage.AWAITED),
    "interaction.snoozed": _goes_to(Stage.SNOOZED),
    "interaction.wrapped": _wrapping,
    "interaction.closed": _closed,
    "interaction.reopened": _reopened,
    "interaction.corrected": _corrected,
    "message.sent": _sent,
    "callback.promised": _promised,
    "callback.attempted": _attempted,
    "callback.kept": _kept,
    "callback.missed": _missed,
    "clock.breached": _clock_missed,
    "clock.fulfilled": _clock_fulfilled,
    "clock.cancelled": _clock_over,
}
READ = (OPENED, ENTRY, "message.received", *STEPS, *OFFERS)
"""Every kind of event that the fold reads."""
MUTE = frozenset(
    {
        "message.received",
        "message.sent",
        "interaction.abandoned",
        "interaction.held",
        "interaction.resumed",
        "interaction.awaited",
        "interaction.snoozed",
        "callback.promised",
        "callback.kept",
        "callback.missed",
    }
)
"""Those of whose `data` it reads nothing."""
