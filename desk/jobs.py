"""What a socket asks of the executor: one function, one job, plain values back. All of it is synchronous."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound
from desk import frames
from desk.frames import Frame, News, speaking
from desk.inbox import client_of
from desk.values import milliseconds
from desk.wording import visitor_name
from interactions.access import get_interaction
from interactions.actions.resting import MOST_HOLD
from interactions.asking.queries import get_request
from routing.help import get_help
from routing.models import WorkItem
from tenants.scope import labour_scope, tenant_scope
from workforce import actions as workforce


@dataclass(frozen=True)
class Welcome:
    """The frames that a page needs after it came (back), and what they told of each stream."""

    frames: list[Frame]
    told: dict[str, News]


def arrive(agent_id: int, *, node: str, channel: str) -> None:
    """Count this socket as the agent's presence."""
    workforce.connect(agent_id, node=node, channel_name=channel, now=clock.now())


def depart(agent_id: int, *, channel: str, at: float) -> None:
    """Count this socket no more, from `at` on: monotonic seconds, as the database may be away for a while."""
    went = clock.now() - timedelta(seconds=time.monotonic() - at)
    workforce.disconnect(agent_id, channel_name=channel, now=went)


def welcome(actor: Actor, known: dict[str, int]) -> Welcome:
    """Answer a hello: the small state whole, and of each stream what came after the number the page has."""
    now = clock.now()
    brands = _brands(actor, known)
    told: dict[str, News] = {}
    with speaking(actor):
        out = [frames.frame("hello", now=now)]
        for ref, after in known.items():
            told[ref] = frames.news(actor, brands.get(ref, 0), UUID(ref), after=after, replay=True, now=now)
            out += told[ref].frames
            if told[ref].is_mine:
                out.append(frames.state_frame(actor, brands[ref], UUID(ref), now=now))
        return Welcome(out + frames.whole(actor, now=now), told)


def catch_up(actor: Actor, ref: str, *, after: int) -> News | None:
    """Answer a watch: what came after that number; None when the conversation is nobody's that works."""
    brand_id = _brands(actor, [ref]).get(ref)
    if brand_id is None:
        return None
    with speaking(actor):
        return frames.news(actor, brand_id, UUID(ref), after=after, now=clock.now())


def news(actor: Actor, brand_id: int, ref: str, *, after: int) -> News:
    with speaking(actor):
        return frames.news(actor, brand_id, UUID(ref), after=after, now=clock.now())


def show(actor: Actor, dirty: set[str], *, rows: dict[str, int], turned: dict[str, int]) -> list[Frame]:
    """Make the frames of all that changed since the last look; `rows`, `turned`: brand ids by ref."""
    now = clock.now()
    with speaking(actor):
        out = frames.parts(actor, dirty, now=now) if dirty else []
        for ref, brand_id in turned.items():
            out.append(frames.state_frame(actor, brand_id, UUID(ref), now=now))
        for brand_id in set(rows.values()):
            refs = [UUID(ref) for ref, brand in rows.items() if brand == brand_id]
            out += frames.row_frames(actor, brand_id, refs, now=now)
    return out


def typing(ref: str) -> Frame:
    return frames.typing_frame(ref, now=clock.now())


def hello() -> Frame:
    return frames.frame("hello", now=clock.now())


def help_asked(actor: Actor, ref: str) -> list[Frame]:
    """Say to a lead who asks for help; nothing when it is not theirs to answer, or over."""
    with speaking(actor):
        try:
            found = get_help(UUID(ref), actor=actor)
        except NotFound:
            return []
        words = _("%(name)s asks for help: %(reason)s") % {"name": found.agent_name, "reason": found.reason}
        return [frames.frame("help", now=clock.now(), data={"words": words})]


def request_answered(actor: Actor, brand_id: int, ref: str) -> list[Frame]:
    """Say to an agent that the client has answered what they asked; nothing when it is none of theirs."""
    client = client_of(actor, brand_id)
    if client is None:
        return []
    with tenant_scope(client, actor.grant(Permission.ANSWER, client)):
        try:
            found = get_request(UUID(ref))
        except NotFound:
            return []
    with speaking(actor):
        named = {"name": found.last.ended_shown, "client": client.name, "kind": found.kind_name}
        words = _("%(name)s of %(client)s has answered: %(kind)s") % named
        return [frames.frame("told", now=clock.now(), data={"words": words})]


def hold_over(actor: Actor, brand_id: int, ref: str) -> list[Frame]:
    """Say to an agent who has been on hold for as long as was promised; nothing when it is over."""
    client = client_of(actor, brand_id)
    if client is None:
        return []
    with tenant_scope(client, actor.grant(Permission.ANSWER, client)):
        try:
            view = get_interaction(UUID(ref), agent_id=actor.user_id)
        except NotFound:
            return []
    if view.held_at is None:
        return []
    data = {"name": visitor_name(view), "until": milliseconds(view.held_at + MOST_HOLD)}
    return [frames.frame("hold", now=clock.now(), data=data)]


def pong() -> Frame:
    return frames.frame("pong", now=clock.now())


def link(*, up: bool) -> Frame:
    """Say whether the server hears what happens elsewhere."""
    return frames.frame("link", now=clock.now(), event="up" if up else "down")


def _brands(actor: Actor, refs: "dict[str, int] | list[str]") -> dict[str, int]:
    """{ref: brand id} of those conversations that the agent is working on, or beside somebody in."""
    with labour_scope():
        rows = WorkItem.every.with_agent().filter(agent_id=actor.user_id, interaction_ref__in=list(refs))
        return {str(ref): brand_id for ref, brand_id in rows.values_list("interaction_ref", "brand_id")}
