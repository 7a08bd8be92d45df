"""Frames for the page: what the live socket sends and the state poll answers, made of the page's partials.

A frame is {"stream", "now", and as it fits "seq", "html", "event", "data"}; `now` is the server's clock in
milliseconds. Streams: hello, link, list, row, offers, top, and `c.<ref>` for a conversation; docs/realtime.md
has the table. Everything here is synchronous: one job of the executor, or part of a view.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.actor import Actor
from core.errors import NotFound
from desk import reading
from desk.clocks import chips_of
from desk.conversations import open_conversation, scope
from desk.inbox import Inbox, capacity_of, client_of, inbox_of, offers_of, row_of
from desk.lines import lines_of
from desk.presence import presence_context
from desk.reading import Facts
from desk.values import Capacity, Line, OfferCard, milliseconds, stream_of
from desk.wording import gone_words, reader_of, state_words
from interactions.choices import State

Frame = dict[str, Any]
Ends = Mapping[str, tuple[str, str]]
"""How offers ended, by ref: state and reason, which are for good."""


@dataclass(frozen=True)
class News:
    """What is new in one conversation: frames, the last number in them, whether it is the actor's."""

    frames: list[Frame]
    seq: int
    brand_id: int
    is_mine: bool


@contextmanager
def speaking(actor: Actor) -> Iterator[None]:
    """The actor's language and zone, as the middleware gives them to a page."""
    with translation.override(actor.language), timezone.override(ZoneInfo(actor.timezone)):
        yield


def frame(stream: str, *, now: datetime, **fields: Any) -> Frame:
    return {"stream": stream, "now": milliseconds(now), **fields}


def whole(actor: Actor, *, now: datetime) -> list[Frame]:
    """The small state of the desk, fetched whole: list, offers, top bar."""
    inbox = inbox_of(actor, now=now)
    return [
        list_frame(actor, inbox, now=now),
        offers_frame(inbox.offers, now=now),
        top_frame(actor, inbox.capacity, now=now),
    ]


def parts(actor: Actor, names: set[str], *, now: datetime) -> list[Frame]:
    """The named parts of it (list, offers, top or the slots of it), with as few questions as they need."""
    inbox = inbox_of(actor, now=now) if "list" in names else None
    frames = []
    if "offers" in names:
        offers = inbox.offers if inbox else offers_of(actor, now=now)
        frames.append(offers_frame(offers, now=now))
    if inbox:
        frames.append(list_frame(actor, inbox, now=now))
    if names & {"top", "slots"}:
        made = top_frame if "top" in names else slots_frame
        frames.append(made(actor, inbox.capacity if inbox else capacity_of(actor, now=now), now=now))
    return frames


def list_frame(actor: Actor, inbox: Inbox, *, now: datetime) -> Frame:
    context = {"groups": inbox.groups, "is_empty": inbox.is_empty, "actor": actor}
    return frame("list", now=now, html=render_to_string("desk/_rows.html", context))


def offers_frame(offers: tuple[OfferCard, ...], *, now: datetime) -> Frame:
    return frame("offers", now=now, html=render_to_string("desk/_offers.html", {"offers": offers}))


def gone_frame(ended: Ends, *, now: datetime) -> Frame:
    """The cards that go, each with what became of it in words; nothing is asked for it."""
    gone = {ref: gone_words(*how) for ref, how in ended.items()}
    return frame("offers", now=now, data={"gone": gone})


def top_frame(actor: Actor, capacity: Capacity, *, now: datetime) -> Frame:
    context = presence_context(actor, now=now) | {"capacity": capacity}
    names = ("desk/_presence.html", "desk/_capacity.html", "desk/_idle.html")
    html = "".join(render_to_string(name, context) for name in names)
    return frame("top", now=now, html=html, data={"state": context["state"].availability})


def slots_frame(actor: Actor, capacity: Capacity, *, now: datetime) -> Frame:
    """Of the top bar, what an offer that comes or goes can change."""
    context = {"capacity": capacity, "looked_at": milliseconds(now)}
    return frame("top", now=now, html=render_to_string("desk/_capacity.html", context))


def news(actor: Actor, brand_id: int, ref: UUID, *, after: int, replay: bool = False, now: datetime) -> News:
    """What came after number `after` in one of the actor's conversations, one statement.

    Too much to replay: a frame that says reload. Not the actor's (any more): a frame that says lost.
    """
    client = client_of(actor, brand_id)
    if client is None:
        return _lost(brand_id, ref, now=now)
    with scope(actor, client):
        talk, window = reading.news(ref, agent_id=actor.user_id, after=after)
    if talk is None:
        return _lost(brand_id, ref, now=now)
    if not window.is_whole:
        return News([frame(stream_of(ref), now=now, event="reload")], talk.last_seq, brand_id, is_mine=True)
    lines = lines_of(window.messages, reader_of(actor.user_id, talk, now=now), before=window.before)
    frames = [_messages(ref, lines, replay=replay, now=now)] if lines else []
    return News(frames, lines[-1].seq if lines else after, brand_id, is_mine=True)


def row_frames(actor: Actor, brand_id: int, refs: Iterable[UUID], *, now: datetime) -> list[Frame]:
    """The rows of those conversations in the work list, and their clocks; one statement."""
    client = client_of(actor, brand_id)
    if client is None:
        return []
    with scope(actor, client):
        found = reading.facts_of(refs, agent_id=actor.user_id, now=now)
    rows = (row_of(client, facts, actor.user_id, now=now) for facts in found.values())
    shown = [frame("row", now=now, html=render_to_string("desk/_row.html", {"row": row})) for row in rows]
    return shown + [_clocks(ref, facts, now=now) for ref, facts in found.items() if facts.clocks]


def state_frame(actor: Actor, brand_id: int, ref: UUID, *, now: datetime) -> Frame:
    """The head and the foot of an open conversation, for when its state changed; never the composer."""
    client = client_of(actor, brand_id)
    try:
        found = open_conversation(actor, client, ref, now=now) if client else None
    except NotFound:
        found = None
    if found is None or not (found.is_mine or found.place):
        return _lost(brand_id, ref, now=now).frames[0]
    context = {"conversation": found, "actor": actor}
    clocks = {"chips": found.chips, "looked_at": found.looked_at}
    html = "".join(render_to_string(name, context) for name in ("desk/_acts.html", "desk/_foot.html"))
    html += render_to_string("desk/_clocks.html", clocks)
    return frame(found.stream, now=now, event="state", html=html, data={"state": found.state})


def typing_frame(ref: str, *, now: datetime) -> Frame:
    return frame(f"c.{ref}", now=now, event="typing")


def _messages(ref: UUID, lines: tuple[Line, ...], *, replay: bool, now: datetime) -> Frame:
    html = render_to_string("desk/_messages.html", {"lines": lines})
    data: dict[str, Any] = {"from": lines[-1].kind if not lines[-1].mine else "me"}
    if replay:
        data["replay"] = sum(line.kind == "in" for line in lines)
    return frame(stream_of(ref), now=now, seq=lines[-1].seq, html=html, data=data)


def _clocks(ref: UUID, facts: Facts, *, now: datetime) -> Frame:
    """What the clocks of an open conversation show."""
    context = {"chips": chips_of(facts.clocks, now), "looked_at": milliseconds(now)}
    html = render_to_string("desk/_clocks.html", context)
    return frame(stream_of(ref), now=now, event="clocks", html=html)


def _lost(brand_id: int, ref: UUID, *, now: datetime) -> News:
    words = state_words(State.QUEUED)
    return News(
        [frame(stream_of(ref), now=now, event="lost", data={"words": words})], 0, brand_id, is_mine=False
    )
