"""What became of each contact: the log of one interaction, read from its first line to its last.

An interaction that enters a queue is a contact; moved to another queue, it is another one there. Back in the
line of the same queue it stays the contact that it was. All its time lies in stretches: in line, in talk, on
hold, awaited, put off, in wrap-up, closed, until a promised call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.checker.clocks import Clock, clocks_of
from tests.checker.hours import Hours
from tests.checker.lines import Line

LINE, AGAIN, TALK, HOLD, AWAITED, SNOOZED, WRAP_UP, CLOSED, CALL, GONE = (
    "line", "again", "talk", "hold", "awaited", "snoozed", "wrap_up", "closed", "call", "gone",
)  # fmt: skip
BEFORE = 0
"""When a contact entered its queue that was there before the first line of the log: long ago."""
RESTS = {
    "interaction.held": HOLD, "interaction.resumed": TALK, "interaction.awaited": AWAITED,
    "interaction.snoozed": SNOOZED,
}  # fmt: skip


@dataclass
class Stretch:
    """Time of one kind, `[start, end)`; `end` None: it goes on."""

    kind: str
    start: int
    end: int | None = None

    def within(self, until: int) -> int:
        """Return its microseconds before `until`."""
        return max(0, min(until if self.end is None else self.end, until) - self.start)


@dataclass
class Contact:
    """One offered contact; instants in microseconds, waits for replies as `[asked, told)`."""

    interaction: str
    queue: int
    at: int
    target: int
    opened_at: int
    stretches: list[Stretch] = field(default_factory=list)
    answered_at: int | None = None
    beside: int | None = None
    abandoned_at: int | None = None
    flowed_at: int | None = None
    replied_at: int | None = None
    firsts: list[tuple[int, int]] = field(default_factory=list)
    nexts: list[tuple[int, int]] = field(default_factory=list)
    closings: list[int] = field(default_factory=list)
    reopenings: list[int] = field(default_factory=list)
    endings: list[int] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    calls: list[bool] = field(default_factory=list)
    clocks: list[tuple[str, bool]] = field(default_factory=list)
    late: int = 0
    authors: set[str] = field(default_factory=set)
    left_on_hold: bool = False
    is_test: bool = False
    is_void: bool = False
    reason: str = ""
    customer: int | None = None
    channel: str = ""
    agent: int | None = None
    wall: "Contact | None" = None

    @property
    def on_wall(self) -> "Contact":
        """The same by the clock on the wall, where this is by opening hours."""
        return self.wall or self

    @property
    def counts(self) -> bool:
        return not self.is_test and not self.is_void

    @property
    def waits(self) -> bool:
        """Whether nothing has become of it yet."""
        return self.answered_at is None and self.abandoned_at is None and self.flowed_at is None

    def turn(self, kind: str, at: int) -> None:
        """Another kind of time begins; it never begins before the last one."""
        start = at
        if self.stretches and self.stretches[-1].end is None:
            last = self.stretches[-1]
            start = last.end = max(last.start, at)
        self.stretches.append(Stretch(kind, start))

    def leave(self, at: int) -> None:
        """It is another contact's time from here on."""
        if self.stretches and self.stretches[-1].end is None:
            last = self.stretches[-1]
            last.end = max(last.start, at)


def contacts_of(
    logs: Mapping[str, Iterable[Line]], hours: Mapping[int, Hours] | None = None, at: int | None = None
) -> list[Contact]:
    """Return every contact of the logs, in the order of their interactions' refs.

    `hours`: of the queues, for clocks that go by them; `at`: when it is to be said which clocks run late.
    """
    found = []
    for ref, log in logs.items():
        lines = list(log)
        contacts = _Reading(ref).read(lines)
        for clock in clocks_of(lines, hours or {}, at) if contacts else ():
            _give(clock, contacts)
        found += contacts
    return found


def _give(clock: Clock, contacts: list[Contact]) -> None:
    """A clock counts with the contact in hand when it was decided; one without a target never does."""
    if clock.decided_at is None:
        return
    in_hand = [contact for contact in contacts if contact.at <= clock.decided_at] or contacts[:1]
    if clock.is_late:
        in_hand[-1].late += 1
    else:
        in_hand[-1].clocks.append((clock.name, clock.used_up is None))


class _Reading:
    """One interaction's log, read forwards."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.contacts: list[Contact] = []
        self.opened_at = 0
        self.customer: int | None = None
        self.is_test = self.is_void = False
        self.reason = ""
        self.asked_at: int | None = None
        self.is_first = True
        self.is_moved = False
        self.asks_first = True

    def read(self, log: Iterable[Line]) -> list[Contact]:
        for line in log:
            self.is_test |= line.is_test
            self._see(line)
        for contact in self.contacts:
            contact.is_test, contact.is_void = self.is_test, self.is_void
            contact.customer = self.customer
        return self.contacts

    @property
    def now(self) -> Contact | None:
        return self.contacts[-1] if self.contacts else None

    def _see(self, line: Line) -> None:
        name = line.kind.replace(".", "_")
        if line.kind in RESTS:
            self._turn(RESTS[line.kind], line)
        elif line.kind.startswith("offer."):
            self._offer(line)
        elif step := getattr(self, f"_{name}", None):
            step(line)

    def _turn(self, kind: str, line: Line) -> None:
        if self.now:
            self.now.turn(kind, line.at)

    def _interaction_opened(self, line: Line) -> None:
        self.opened_at, self.customer = line.at, line.data.get("contact")

    def _interaction_queued(self, line: Line) -> None:
        queue, old, again = line.data["queue_id"], self.now, bool(line.data.get("again"))
        if old is None or not again or old.queue != queue:
            if old and old.waits and again:
                old.flowed_at = line.at
            if old:
                self._let_go(line)
                old.leave(line.at)
            begun = line.at if old or not again or self.is_moved else BEFORE
            target, channel = line.data["target_seconds"], line.data.get("channel", "")
            self.contacts.append(Contact(self.ref, queue, begun, target, self.opened_at, channel=channel))
        self._turn(self._place(), line)

    def _place(self) -> str:
        """In line: given back while it was worked on, or for an answer, its first or after a rest."""
        now = self.now
        in_hand = now is not None and bool(now.stretches) and now.stretches[-1].kind not in {CLOSED, CALL}
        return AGAIN if now and now.answered_at is not None and in_hand else LINE

    def _interaction_assigned(self, line: Line) -> None:
        now = self.now
        if now and now.waits:
            now.answered_at, now.beside = line.at, line.data.get("beside")
        if now:
            now.agent = line.data["agent_id"]
        self._turn(TALK, line)

    def _interaction_abandoned(self, line: Line) -> None:
        if self.now and self.now.waits:
            self.now.abandoned_at = max(line.at, self.now.at)
        self._turn(GONE, line)
        self.asked_at = None

    def _interaction_wrapped(self, line: Line) -> None:
        if self.now:
            last = self.now.stretches[-1].kind
            self.now.left_on_hold |= last == HOLD and line.by == "contact"
        self._turn(WRAP_UP, line)

    def _interaction_closed(self, line: Line) -> None:
        if self.now:
            self.now.closings.append(line.at)
            self._let_go(line)
            self.now.reason = line.data["reason"]
        self._turn(CLOSED, line)
        self.is_void, self.asked_at = line.data["not_a_contact"], None

    def _interaction_corrected(self, line: Line) -> None:
        self.is_void = line.data["not_a_contact"]
        if self.now and "reason" in line.data:
            self.now.reason = line.data["reason"][1]

    def _interaction_reopened(self, line: Line) -> None:
        self.is_void = False
        if line.data.get("from") == "wrap_up":
            self._turn(TALK, line)
            return
        self.asks_first = True
        if self.now and self.now.closings:
            self.now.reopenings.append(line.at)

    def _interaction_transferred(self, line: Line) -> None:
        to, by_agent = line.data["to"], line.data["kind"] in {"blind", "consult"}
        self.is_moved = line.data["from"]["queue_id"] != to["queue_id"]
        if self.now and by_agent:
            consult = line.data["kind"] == "consult"
            self.now.handed.append("consult" if consult else "agent" if to["agent_id"] else "queue")

    def _callback_promised(self, line: Line) -> None:
        if self.now and self.now.waits:
            self.now.flowed_at = line.at
        self._let_go(line)
        self._turn(CALL, line)

    def _callback_attempted(self, line: Line) -> None:
        if line.data["again"]:
            self._let_go(line)
            self._turn(CALL, line)

    def _let_go(self, line: Line) -> None:
        """An agent's work with it has come to its end: what is given back to the same line has not."""
        now = self.now
        if now and now.answered_at is not None and now.stretches[-1].kind not in {LINE, AGAIN, CALL, GONE}:
            now.endings.append(line.at)

    def _callback_kept(self, line: Line) -> None:
        self._called(kept=True)

    def _callback_missed(self, line: Line) -> None:
        self._called(kept=False)

    def _called(self, *, kept: bool) -> None:
        if self.now:
            self.now.calls.append(kept)

    def _message_received(self, line: Line) -> None:
        if self.asked_at is None:
            self.asked_at, self.is_first, self.asks_first = line.at, self.asks_first, False

    def _message_sent(self, line: Line) -> None:
        now = self.now
        if now is None:
            return
        now.authors.add(line.by)
        if line.by != "agent":
            return
        if now.replied_at is None:
            now.replied_at = line.at
        if self.asked_at is not None:
            waited = (self.asked_at, max(self.asked_at, line.at))
            (now.firsts if self.is_first else now.nexts).append(waited)
        self.asked_at, self.asks_first = None, False

    def _offer(self, line: Line) -> None:
        what = line.kind.removeprefix("offer.")
        if line.data.get("consult") or what in {"made", "explained"} or not self.contacts:
            return
        theirs = [contact for contact in self.contacts if contact.at <= line.at] or self.contacts[:1]
        asked = [contact for contact in theirs if contact.queue == line.data.get("queue_id")] or theirs
        gone = what == "withdrawn" and line.data.get("reason") == "left"
        asked[-1].offers.append("gone" if gone else what)
