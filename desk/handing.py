"""Where a conversation can be handed to, as the dialog shows it, and what was chosen there."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from core.templatetags.ui import spell
from interactions.actions import Target
from interactions.errors import Refused
from interactions.values import InteractionView
from routing.models import WorkItem
from routing.targets import AgentTarget, QueueTarget, targets
from tenants.values import BrandCard
from workforce.choices import Availability
from workforce.queries import shown_name

QUEUE, AGENT = "q", "a"


@dataclass(frozen=True)
class Pick:
    """One place to choose. `value` is what the form sends, `state` how it is there now, in words."""

    value: str
    name: str
    icon: str
    state: str
    can: bool


def picks_of(
    actor: Actor, client: BrandCard, view: InteractionView | WorkItem, *, now: datetime
) -> tuple[Pick, ...]:
    """Return queues, then colleagues; the ones that cannot be asked now are shown and cannot be chosen."""
    queues, agents = targets(
        client.id, channel=view.channel, units=view.units, but=view.agent_id or 0, now=now
    )
    there = {actor.user_id, *map(int, view.beside if isinstance(view, InteractionView) else ())}
    others = [one for one in agents if one.agent_id not in there]
    return (*(_queue(one, view.queue_id) for one in queues), *map(_agent, others))


def target_of(value: str, client: BrandCard) -> Target:
    """Return the Target that the form's value means. Raises Refused."""
    kind, number = value[:1], value[1:]
    if kind not in (QUEUE, AGENT) or not number.isdecimal() or len(number) > 18:
        raise Refused(_("Choose a queue or an agent."), code="no_target")
    if kind == QUEUE:
        return Target(queue_id=int(number))
    return Target(agent_id=int(number), agent_shown=shown_name(int(number), client.id))


def _queue(one: QueueTarget, own: int) -> Pick:
    words = [
        _("where it is now") if one.queue_id == own else "",
        ngettext("%(n)d waiting", "%(n)d waiting", one.waiting) % {"n": one.waiting},
        _wait(one),
        ngettext("%(n)d free", "%(n)d free", one.free) % {"n": one.free},
    ]
    return Pick(f"{QUEUE}{one.queue_id}", one.label, "list", " · ".join(filter(None, words)), can=True)


def _wait(one: QueueTarget) -> str:
    if one.is_closed:
        return _("closed now")
    if one.expected_seconds is None:
        return _("nobody there")
    return _("about %(wait)s") % {"wait": spell(one.expected_seconds)} if one.expected_seconds >= 1 else ""


def _agent(one: AgentTarget) -> Pick:
    state = _("Free") if one.is_free else _("Busy")
    if one.availability != Availability.AVAILABLE:
        state = str(Availability(one.availability).label)
    return Pick(f"{AGENT}{one.agent_id}", one.name, "user-round", state, can=one.is_free)
