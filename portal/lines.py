"""A conversation as its client reads it: what was said, and in words what happened between."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.dates import dated
from events.choices import Kind
from events.values import EventView
from interactions.choices import Direction
from interactions.values import MessageView

EVENTS = {
    "joined": _("%(name)s joined"),
    "agent_joined": _("%(name)s joined"),
    "agent_left": _("%(name)s left"),
    "requeued": _("Back in line"),
    "transferred": _("Handed over to %(name)s"),
    "held": _("%(name)s asked for a moment"),
    "resumed": _("%(name)s was back"),
    "left": _("The customer left before an answer"),
    "customer_ended": _("Ended by the customer"),
    "agent_ended": _("Ended by the agent"),
    "customer_silent": _("Ended: the customer was silent"),
    "taken_back": _("The conversation went on"),
    "address": _("The customer can be reached at %(name)s"),
    "message_left": _("The customer left a message"),
    "closed_told": _("Closed: the customer was told and keeps the place"),
    "closed_ended": _("Closed: the conversation was ended with the closure's text"),
    "nudged": _("The customer was asked whether they were still there"),
    "warned": _("The customer was warned"),
    "callback_promised": _("A call was promised"),
    "callback_changed": _("The customer changed the promised call"),
    "callback_withdrawn": _("The customer wanted no call and waited in the chat"),
    "callback_reached": _("The customer was called"),
    "callback_no_answer": _("Called, nobody answered"),
    "callback_declined": _("The customer wanted no call any more"),
}
"""Words of the system messages, by their codes."""
LOGGED = {
    Kind.INTERACTION_AWAITED.value: _("Waiting for the customer's answer"),
    Kind.INTERACTION_SNOOZED.value: _("Put off until %(until)s"),
    Kind.INTERACTION_RESUMED.value: _("Taken up again"),
    Kind.INTERACTION_REOPENED.value: _("Opened again"),
}
"""Words of what happened that no message tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `message` for what was said, `words` for what happened."""

    at: datetime
    words: str = ""
    message: MessageView | None = None


def lines_of(messages: Iterable[MessageView], events: Iterable[EventView], *, zone: str) -> list[Line]:
    """Return both in the order of time; who is back from hold is told by the message alone."""
    said = [_said(message) for message in messages]
    told = {line.at for line in said if line.words}
    happened = [
        Line(event.occurred_at, str(LOGGED[event.kind]) % _named(event, zone))
        for event in events
        if event.kind in LOGGED and event.occurred_at not in told
    ]
    return sorted([*said, *happened], key=lambda line: line.at)


def event_words(data: dict[str, Any]) -> str:
    """Say what a system message means; "" for one that says nothing to a client."""
    words = EVENTS.get(str(data.get("code")))
    return str(words) % {"name": data.get("name", "")} if words else ""


def _said(message: MessageView) -> Line:
    if message.direction == Direction.SYSTEM:
        return Line(message.at, message.body or event_words(message.data))
    return Line(message.at, message=message)


def _named(event: EventView, zone: str) -> dict[str, str]:
    """Return the instant that an event names, in the client's zone."""
    if not (until := event.data.get("until")):
        return {"until": ""}
    there = datetime.fromisoformat(until).astimezone(ZoneInfo(zone))
    return {"until": f"{dated(there, 'j M Y, H:i')} ({zone})"}
