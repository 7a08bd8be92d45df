"""A client's month, made by running the verbs with past clocks: everything that can become of a contact."""

import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.actor import Actor
from config.worlds.player import Player
from config.worlds.script import Talk
from config.worlds.stage import Stage
from interactions import actions as interactions
from interactions.actions import Target
from interactions.choices import DispositionKind
from interactions.models import Inbox, Participant, Queue
from routing import actions as routing
from routing.models import Offer, WorkItem
from tenants.cards import BrandCard
from tenants.scope import labour_scope, tenant_scope
from tests.factories import TESTS, make_agent
from tests.routing.conftest import set_up

Part = Iterator[float]
Ringing = Generator[float, None, int]
HOUR, DAY = 3600.0, 86_400.0
TALK = Talk(
    at=datetime(2026, 1, 1, tzinfo=UTC), customer="Kim", language="en", lines=("Hello",), reason="delivery",
    outcome="solved", patience=0, ring=0, pace=(), wrap=0, missed=0, declined=False, is_test=False,
    reopened=False,
)  # fmt: skip


class Month:
    """The client's days from `first` to `last`; each kind of conversation in its turn, at random times."""

    def __init__(self, card: BrandCard, first: date, last: date) -> None:
        self.card, self.zone = card, ZoneInfo(card.timezone)
        self.first, self.last = first, last
        self.start, self.end = self.midnight(first), self.midnight(last + timedelta(days=1))
        self.rng = random.Random(card.slug)
        self.late: dict[str, UUID] = {}
        self._set_up()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _set_up(self) -> None:
        set_up(self.card, units=2, target_seconds=60, resume_hours=200)
        with tenant_scope(self.card, TESTS):
            self.inbox = Inbox.objects.select_related("queue").order_by("pk")[0]
            self.queue = self.inbox.queue
            self.other: Queue = interactions.save_queue(name="Returns", target_seconds=90, units=2)
            interactions.save_disposition(DispositionKind.REASON, "billing", "Billing")
            interactions.save_disposition(DispositionKind.OUTCOME, "spam", "Spam", not_a_contact=True)
            self._agree()
        slug, names = self.card.slug, ("one", "two", "three", "four")
        people: list[Actor] = [make_agent(f"{name}@{slug}.test", self.card, name=name) for name in names]
        self.actors = {one.user_id: one for one in people}
        shift = (self.start - timedelta(hours=2), self.end + timedelta(days=12))
        self.stage = Stage(TESTS, self.actors, dict.fromkeys(self.actors, shift))
        self.player = Player(shift[0])

    def _agree(self) -> None:
        terms = {
            "first": {"seconds": 90, "counted": "elapsed", "pauses": []},
            "next": {"seconds": 60, "counted": "elapsed", "pauses": ["hold"]},
            "resolution": {"seconds": 1800, "counted": "elapsed", "pauses": ["customer", "snoozed"]},
        }
        before = self.start - timedelta(days=2)
        interactions.save_policy(
            key=uuid4(), queue_ref=None, terms=terms, from_date=before.astimezone(self.zone).date(),
            zone=self.zone, shown="Cy", actor="user:1", now=before,
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.player.now

    def play(self, conversations: int) -> None:
        """Play it as one transaction, up to half an hour past its end."""
        with transaction.atomic():
            for agent_id in self.actors:
                self.stage.clock_in(agent_id)
            self.player.at(self.start + (self.end - self.start) / 2, self._retarget())
            kinds = self.kinds()
            for place in range(conversations):
                self.player.at(self._when(), kinds[place % len(kinds)]())
            self._edges()
            self.player.play(self.end + timedelta(minutes=30))

    def after(self) -> None:
        """What becomes known once the report is out: no contact after all, left before, opened again."""
        with transaction.atomic():
            self.correct(self.late["corrected"], reason="", outcome="spam")
            with tenant_scope(self.card, TESTS):
                gone = self.end - timedelta(seconds=100)
                assert interactions.abandon(self.late["gone"], abandoned_at=gone, now=self.now)
                interactions.reopen(self.late["back"], by="contact", now=self.now)
            self.player.at(self.now, self._finish(self.late["back"]))
            self.player.play(self.now + timedelta(hours=1))

    def _edges(self) -> None:
        """The first instant and the last one, the day of another length, and what late news will be of."""
        micro = timedelta(microseconds=1)
        for at in (self.start - micro, self.start, self.end - micro, self.end, *self._odd_hours()):
            self.player.at(at, self.plain())
        for name, minutes in (("corrected", 20), ("gone", 5), ("back", 30)):
            self.player.at(self.end - timedelta(minutes=minutes), self._kept(name))

    def _odd_hours(self) -> Iterator[datetime]:
        """Each quarter of an hour around the change of the clocks."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        odd = next(
            d for d in days if self.midnight(d + timedelta(days=1)) - self.midnight(d) != timedelta(days=1)
        )
        yield from (self.midnight(odd) + timedelta(minutes=15 * n) for n in range(4, 20, 3))

    def _when(self) -> datetime:
        return self.start + timedelta(seconds=round(self.rng.uniform(HOUR, 28 * DAY), 6))

    def _retarget(self) -> Part:
        with tenant_scope(self.card, TESTS):
            interactions.save_queue(self.queue, target_seconds=25)
        yield 0.0

    def kinds(self) -> list[Callable[[], Part]]:
        return [
            self.plain, self.at_target, self.abandoned, self.short, self.plain, self.edge_short, self.missed,
            self.declined, self.to_queue, self.to_agent, self.moved, self.given_back, self.lost_again,
            self.resting, self.left_on_hold, self.back_later, self.taken_back, self.void, self.void_undone,
            self.void_at_the_end, self.test, self.called, self.called_late, self.call_withdrawn,
            self.call_by_agent, self.consulted, self.forced, self.came_again, self.came_for_the_same,
            self.brief, self.late_news, self.left_while_ringing, self.asleep_closed, self.not_called,
            self.left_in_other,
        ]  # fmt: skip

    # What a conversation is made of.

    def opened(self, *, is_test: bool = False, digest: str = "") -> UUID:
        with tenant_scope(self.card, TESTS):
            inbox = Inbox.objects.select_related("queue").get(pk=self.inbox.pk)
            return interactions.open_conversation(
                digest or uuid4().hex, inbox=inbox, client_id=uuid4(), body="Hello", language="en", page="/",
                is_test=is_test, expires_at=self.now + timedelta(days=300), now=self.now,
            ).interaction_ref  # fmt: skip

    def answered(
        self, ref: UUID, wait: float | None = None, *, without: frozenset[int] = frozenset()
    ) -> Ringing:
        """Wait, ring and be accepted; returns who did."""
        whole = round(self.rng.uniform(2, 110), 6) if wait is None else wait
        rings = min(whole / 2, 25.0)
        yield whole - rings
        found = self.ring(ref, without=without)
        yield rings
        self.stage.accept(*found, now=self.now)
        return found[1]

    def ring(self, ref: UUID, *, without: frozenset[int] = frozenset()) -> tuple[UUID, int]:
        found = self.stage.offer(ref, now=self.now, without=set(without))
        assert found, "nobody can be asked"
        return found

    def taken(self, ref: UUID) -> int:
        """Whoever is asked accepts."""
        with labour_scope():
            offer = Offer.objects.pending().get(work_item__interaction_ref=ref)
        self.stage.accept(offer.ref, offer.agent_id, now=self.now)
        return int(offer.agent_id)

    def says(self, ref: UUID) -> None:
        self.stage.customer_says(self.card, ref, "Hello?", now=self.now)

    def replies(self, ref: UUID, agent: int) -> None:
        self.stage.agent_says(self.card, ref, agent, "One moment", now=self.now)

    def talk(self, ref: UUID, agent: int) -> Part:
        yield self.some(3, 90)
        self.replies(ref, agent)
        for _ in range(self.rng.randint(0, 2)):
            yield self.some(5, 40)
            self.says(ref)
            yield self.some(2, 30)
            self.says(ref)
            yield self.some(5, 100)
            self.replies(ref, agent)
        yield self.some(2, 20)

    def finish(self, ref: UUID, agent: int, *, reason: str = "delivery", outcome: str = "solved") -> Part:
        self.stage.begin_wrap_up(self.card, ref, agent, now=self.now)
        yield self.some(1, 45)
        self.stage.wrap_up(self.card, ref, agent, replace(TALK, reason=reason, outcome=outcome), now=self.now)

    def some(self, least: float, most: float) -> float:
        return round(self.rng.uniform(least, most), 6)

    def do(self, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Run a verb of the conversations in the client's scope."""
        with tenant_scope(self.card, TESTS):
            return verb(*args, now=self.now, **more)

    def correct(self, ref: UUID, *, reason: str, outcome: str) -> None:
        self.do(
            interactions.correct, ref, actor="user:1", actor_id=1, own=False, zone=self.card.timezone,
            reason_code=reason, outcome_code=outcome,
        )  # fmt: skip

    def _kept(self, name: str) -> Part:
        ref = self.late[name] = self.opened()
        if name != "gone":
            yield from self._finish(ref)

    def _finish(self, ref: UUID) -> Part:
        agent = yield from self.answered(ref, 10)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    # Kinds of conversations.

    def plain(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref, self.some(2, 49))
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent, reason=self.rng.choice(("delivery", "billing")))

    def at_target(self) -> Part:
        """Exactly the target that stood when it came, to the microsecond; then one more."""
        ref = self.opened()
        with labour_scope():
            target = WorkItem.objects.get(interaction_ref=ref).target_seconds
        yield target - 10.0
        offer = self.ring(ref)
        yield 10.0 + self.rng.choice((0.0, 0.0, 0.000001))
        self.stage.accept(*offer, now=self.now)
        yield from self.finish(ref, offer[1])

    def abandoned(self) -> Part:
        ref = self.opened()
        yield self.rng.choice((60.0, 25.0, 60.000001, 25.000001, 8.0, 130.5))
        self.stage.leave(self.card, ref, now=self.now)

    def short(self) -> Part:
        ref = self.opened()
        yield self.some(0.5, 4.9)
        self.stage.leave(self.card, ref, now=self.now)

    def edge_short(self) -> Part:
        ref = self.opened()
        yield self.rng.choice((5.0, 5.000001))
        self.stage.leave(self.card, ref, now=self.now)

    def late_news(self) -> Part:
        """That they had gone is noted minutes after."""
        ref = self.opened()
        yield 600.0
        gone = self.now - timedelta(seconds=self.some(400, 560))
        self.do(interactions.abandon, ref, abandoned_at=gone)

    def left_while_ringing(self) -> Part:
        ref = self.opened()
        yield 4.0
        self.ring(ref)
        yield 9.0
        self.stage.leave(self.card, ref, now=self.now)

    def missed(self) -> Part:
        ref = self.opened()
        yield 1.0
        _offer, agent = self.ring(ref)
        yield 30.5
        if self.stage.miss(agent, now=self.now):
            self.stage.back_available(agent, now=self.now)
        yield 0.5
        other = yield from self.answered(ref, self.some(2, 20), without=frozenset({agent}))
        yield from self.talk(ref, other)
        yield from self.finish(ref, other)

    def declined(self) -> Part:
        ref = self.opened()
        yield 1.0
        offer, agent = self.ring(ref)
        yield 3.25
        self.stage.decline(offer, agent, now=self.now)
        other = yield from self.answered(ref, self.some(2, 40), without=frozenset({agent}))
        yield from self.talk(ref, other)
        yield from self.finish(ref, other)

    def hand_over(self, ref: UUID, agent: int, to: Target) -> None:
        self.do(
            interactions.transfer, ref, agent_id=agent, author_shown="One", to=to, note="Late parcel",
            client_id=uuid4(),
        )  # fmt: skip

    def to_queue(self) -> Part:
        """Handed to another queue, with or without a word to the customer before."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        if self.rng.random() < 0.5:
            yield from self.talk(ref, agent)
        self.hand_over(ref, agent, Target(queue_id=self.other.pk))
        other = yield from self.answered(ref, without=frozenset({agent}))
        yield from self.talk(ref, other)
        yield from self.finish(ref, other)

    def left_in_other(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield self.some(5, 20)
        self.hand_over(ref, agent, Target(queue_id=self.other.pk))
        yield self.some(4, 150)
        self.stage.leave(self.card, ref, now=self.now)

    def to_agent(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        to = next(one for one in self.actors if one != agent)
        self.hand_over(ref, agent, Target(agent_id=to, agent_shown="Two"))
        yield self.some(2, 25)
        other = self.taken(ref)
        yield from self.talk(ref, other)
        yield from self.finish(ref, other)

    def moved(self) -> Part:
        """Moved while it waits: a flow-out here, offered there."""
        ref = self.opened()
        yield self.some(5, 50)
        to = Target(queue_id=self.other.pk)
        self.do(interactions.reassign, ref, to=to, reason="Full", actor="user:9", actor_id=9)
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def _back_to_line(self, ref: UUID) -> None:
        self.do(interactions.requeue, ref, reason="agent_lost")
        routing.return_to_line(self.card.id, ref, now=self.now)

    def given_back(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield self.some(5, 60)
        self._back_to_line(ref)
        other = yield from self.answered(ref, without=frozenset({agent}))
        yield from self.talk(ref, other)
        yield from self.finish(ref, other)

    def lost_again(self) -> Part:
        """Answered, given back, and its customer leaves the line then."""
        ref = self.opened()
        yield from self.answered(ref)
        yield self.some(5, 60)
        self._back_to_line(ref)
        yield self.some(3, 80)
        self.stage.leave(self.card, ref, now=self.now)

    def resting(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.do(interactions.hold, ref, agent_id=agent)
        yield self.some(10, 100)
        self.do(interactions.resume, ref, agent_id=agent)
        yield self.some(3, 30)
        self.do(interactions.await_reply, ref, agent_id=agent)
        yield self.some(100, 900)
        self.says(ref)
        yield self.some(3, 30)
        self.replies(ref, agent)
        self.do(interactions.snooze, ref, agent_id=agent, until=self.now + timedelta(hours=2))
        yield self.some(100, 3000)
        self.do(interactions.resume, ref, agent_id=agent)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def left_on_hold(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.do(interactions.hold, ref, agent_id=agent)
        yield self.some(10, 100)
        self.stage.leave(self.card, ref, now=self.now)
        yield self.some(3, 30)
        self.stage.wrap_up(self.card, ref, agent, TALK, now=self.now)

    def asleep_closed(self) -> Part:
        """Its customer ends what was put off: closed, and never wrapped up."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.do(interactions.snooze, ref, agent_id=agent, until=self.now + timedelta(hours=2))
        yield self.some(100, 3000)
        self.stage.leave(self.card, ref, now=self.now)

    def back_later(self) -> Part:
        """Closed, and its customer writes on: hours or days later it goes on."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)
        yield self.rng.choice((HOUR, DAY, DAY + 0.000001, 3 * DAY, 7 * DAY))
        self.do(interactions.resume_conversation, ref, client_id=uuid4(), body="One more thing")
        again = yield from self.answered(ref)
        yield from self.talk(ref, again)
        yield from self.finish(ref, again)

    def taken_back(self) -> Part:
        """Its customer writes while it is wrapped up."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.stage.begin_wrap_up(self.card, ref, agent, now=self.now)
        yield self.some(3, 40)
        self.do(interactions.resume_conversation, ref, client_id=uuid4(), body="One more thing")
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def void(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.do(interactions.mark_not_a_contact, ref, agent_id=agent, code="duplicate")
        yield 10.0
        self.do(interactions.force_wrap_up, ref)

    def void_undone(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.do(interactions.mark_not_a_contact, ref, agent_id=agent, code="duplicate")
        yield 4.0
        self.do(interactions.undo_not_a_contact, ref, agent_id=agent)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def void_at_the_end(self) -> Part:
        """Spam by its outcome, which is corrected for every other one; a good one becomes spam."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        first, then = self.rng.choice((("spam", "solved"), ("solved", "spam"), ("spam", "spam")))
        yield from self.finish(ref, agent, outcome=first)
        yield 900.0
        self.correct(ref, reason="billing", outcome=then)

    def test(self) -> Part:
        ref = self.opened(is_test=True)
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def promise(self, ref: UUID, **more: Any) -> None:
        window = (self.now + timedelta(hours=1), self.now + timedelta(hours=2))
        self.do(
            interactions.promise_callback, ref, number="+46 8-123 456", window=window,
            **({"by": "contact", "consent": True} | more),
        )  # fmt: skip

    def call(self, ref: UUID) -> Ringing:
        """The window has begun: it is offered as a task, and taken."""
        assert self.do(interactions.recall, ref)
        return (yield from self.answered(ref, 20))

    def reached(self, ref: UUID, agent: int, outcome: str = "reached") -> None:
        self.do(interactions.record_attempt, ref, agent_id=agent, outcome=outcome)

    def called(self) -> Part:
        ref = self.opened()
        yield self.some(5, 50)
        self.promise(ref)
        yield HOUR
        agent = yield from self.call(ref)
        yield 40.0
        self.reached(ref, agent)
        yield 100.0
        self.replies(ref, agent)
        yield from self.finish(ref, agent)

    def called_late(self) -> Part:
        ref = self.opened()
        yield self.some(5, 50)
        self.promise(ref)
        yield 3 * HOUR
        agent = yield from self.call(ref)
        yield 40.0
        self.reached(ref, agent)
        yield 60.0
        yield from self.finish(ref, agent)

    def not_called(self) -> Part:
        """Not there at first, then not wanted: missed, and wrapped up."""
        ref = self.opened()
        yield self.some(5, 50)
        self.promise(ref)
        yield HOUR
        agent = yield from self.call(ref)
        yield 40.0
        self.reached(ref, agent, "no_answer")
        yield HOUR
        again = yield from self.call(ref)
        yield 40.0
        self.reached(ref, again, "declined")
        yield 10.0
        self.stage.wrap_up(self.card, ref, again, TALK, now=self.now)

    def call_withdrawn(self) -> Part:
        """They wait in the chat after all."""
        ref = self.opened()
        yield self.some(5, 50)
        self.promise(ref)
        yield 300.0
        self.do(interactions.withdraw_callback, ref)
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def call_by_agent(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.promise(ref, by="agent", actor_id=agent, consent=False)
        yield HOUR
        again = yield from self.call(ref)
        yield 40.0
        self.reached(ref, again)
        yield 60.0
        yield from self.finish(ref, again)

    def consulted(self) -> Part:
        """A colleague is asked, and has it then."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        to = next(one for one in self.actors if one != agent)
        routing.ask_consult(
            ref, brand=self.card, actor=self.actors[agent], to=Target(agent_id=to), note="May I?",
            client_id=uuid4(), now=self.now,
        )  # fmt: skip
        yield 6.0
        assert self.taken(ref) == to
        yield 30.0
        with tenant_scope(self.card, TESTS):
            place = Participant.objects.get(interaction__ref=ref).ref
        routing.complete_consult(ref, place, brand=self.card, actor=self.actors[agent], now=self.now)
        yield from self.talk(ref, to)
        yield from self.finish(ref, to)

    def forced(self) -> Part:
        """Nobody says what it was about before its wrap-up is over."""
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield from self.talk(ref, agent)
        self.stage.begin_wrap_up(self.card, ref, agent, now=self.now)
        yield 60.0
        assert self.do(interactions.force_wrap_up, ref)

    def came_again(self) -> Part:
        """Left the line and came again: a new contact."""
        ref = self.opened()
        yield self.some(2, 80)
        self.stage.leave(self.card, ref, now=self.now)
        yield HOUR
        self.stage.reopen(self.card, ref, now=self.now)
        agent = yield from self.answered(ref)
        self.says(ref)
        yield from self.talk(ref, agent)
        yield from self.finish(ref, agent)

    def came_for_the_same(self) -> Part:
        """Another conversation of the same customer, hours or days later, for the same reason."""
        digest, reason = uuid4().hex, self.rng.choice(("delivery", "billing"))
        for pause in (self.rng.choice((HOUR, 30 * HOUR, 4 * DAY, 9 * DAY)), 0.0):
            ref = self.opened(digest=digest)
            agent = yield from self.answered(ref)
            yield from self.talk(ref, agent)
            yield from self.finish(ref, agent, reason=reason)
            yield pause

    def brief(self) -> Part:
        ref = self.opened()
        agent = yield from self.answered(ref)
        yield self.rng.choice((9.999999, 10.0, 4.0))
        yield from self.finish(ref, agent)
