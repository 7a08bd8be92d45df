"""From a stored message to a line of the stream. Pure: the reader's zone is the current one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.dates import dated
from desk.values import Line, Part
from interactions.choices import Direction
from interactions.values import MessageView

KINDS = {Direction.IN: "in", Direction.OUT: "out", Direction.NOTE: "note", Direction.SYSTEM: "event"}
ICONS = {
    "joined": "route",
    "customer_ended": "log-out",
    "left": "log-out",
    "agent_ended": "check",
    "requeued": "undo-2",
    "address": "mail",
    "message_left": "message-circle",
    "closed_told": "door-closed",
    "closed_ended": "door-closed",
    "transferred": "arrow-right-left",
    "held": "pause",
    "resumed": "play",
    "nudged": "timer",
    "warned": "triangle-alert",
    "callback_promised": "phone",
    "callback_changed": "phone",
    "callback_withdrawn": "phone",
    "callback_reached": "phone",
    "callback_no_answer": "phone",
    "callback_declined": "phone",
    "taken_back": "undo-2",
    "customer_silent": "check",
    "agent_joined": "user-plus",
    "agent_left": "log-out",
}
INNER = {
    "consult_began": gettext_lazy("%(name)s reads along"),
    "consult_kept": gettext_lazy("The consult with %(name)s is over"),
    "consult_left": gettext_lazy("%(name)s left the consult"),
    "consult_removed": gettext_lazy("%(name)s was taken out of the consult"),
    "consult_taken_back": gettext_lazy("The question to %(name)s was taken back"),
    "consult_unanswered": gettext_lazy("%(name)s did not take the question"),
    "consult_lost": gettext_lazy("%(name)s is not there any more"),
    "consult_over": gettext_lazy("The consult with %(name)s is over"),
}
"""What a line means that colleagues alone read."""
EVENTS = {
    "joined": gettext_lazy("%(name)s joined"),
    "customer_ended": gettext_lazy("The customer ended the conversation"),
    "agent_ended": gettext_lazy("Ended here, wrap-up began"),
    "left": gettext_lazy("The customer left before an answer"),
    "address": gettext_lazy("The customer can be reached at %(name)s"),
    "message_left": gettext_lazy("The customer left a message: the answer waits for them here"),
    "closed_told": gettext_lazy("Closed in an emergency: the customer was told, and may have gone"),
    "closed_ended": gettext_lazy(
        "Closed in an emergency: the conversation was ended with the closure's text"
    ),
    "requeued": gettext_lazy("Back in the queue, at its place"),
    "transferred": gettext_lazy("Handed over to %(name)s"),
    "held": gettext_lazy("%(name)s asked for a moment"),
    "resumed": gettext_lazy("%(name)s is back"),
    "nudged": gettext_lazy("The customer was asked whether they are still there"),
    "customer_silent": gettext_lazy("The customer was silent, wrap-up began"),
    "taken_back": gettext_lazy("Wrap-up was taken back, the conversation goes on"),
    "agent_joined": gettext_lazy("%(name)s joined"),
    "agent_left": gettext_lazy("%(name)s left"),
    "warned": gettext_lazy("The customer was warned"),
    "callback_promised": gettext_lazy("A call was promised"),
    "callback_changed": gettext_lazy("The customer changed the promised call"),
    "callback_withdrawn": gettext_lazy("The customer called the call off and waits here"),
    "callback_reached": gettext_lazy("The customer was reached"),
    "callback_no_answer": gettext_lazy("Called, nobody answered"),
    "callback_declined": gettext_lazy("The customer wants no call any more"),
}
"""What a system message means: its words are the page's, not the row's."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and with whom: what the customer is called and writes in."""

    agent_id: int
    name: str
    language: str
    now: datetime


def lines_of(
    messages: Iterable[MessageView], reader: Reader, *, before: MessageView | None = None
) -> tuple[Line, ...]:
    """Return the messages as lines; `before` is the one above the first, for where a day begins."""
    lines, above = [], before
    for message in messages:
        lines.append(_line(message, above, reader))
        above = message
    return tuple(lines)


def parts_of(body: str, redactions: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    """Cut the text at the spans that stand for what was masked."""
    parts, done = [], 0
    for span in sorted(redactions, key=lambda span: span["start"]):
        start, end = span["start"], span["start"] + span["len"]
        parts += [Part(body[done:start]), Part(body[start:end], hidden=True)]
        done = end
    return tuple(part for part in [*parts, Part(body[done:])] if part.text)


def midnight(now: datetime) -> datetime:
    """Return when the reader's day began, in the zone they read in."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def day_words(instant: datetime, now: datetime) -> str:
    """Name the day in the reader's zone: Today, Yesterday, else the date."""
    day, today = timezone.localtime(instant).date(), timezone.localtime(now).date()
    if day == today:
        return _("Today")
    if (today - day).days == 1:
        return _("Yesterday")
    return dated(day, "j F" if day.year == today.year else "j F Y")


def event_words(data: dict[str, Any]) -> str:
    """Say what a system message means."""
    code = str(data.get("code"))
    words = EVENTS.get(code) or INNER.get(code)
    return str(words) % {"name": data.get("name", "")} if words else _("Something happened")


def note_words(data: dict[str, Any]) -> str:
    """Say what kind of note it is; nothing for one that somebody wrote as a note."""
    code = str(data.get("code", ""))
    if code == "consult_asked":
        return _("Asked %(name)s") % {"name": data.get("name", "")}
    if code == "request_answered" and (files := int(data.get("files", 0))):
        with_files = ngettext(
            "The client's answer, with %(n)d file", "The client's answer, with %(n)d files", files
        )
        return with_files % {"n": files}
    words = {
        "consult": _("Consult"),
        "draft": _("Draft of who had this before, never sent"),
        "whisper": _("Help, for the agent alone"),
        "request_asked": _("Asked the client"),
        "request_reopened": _("Asked the client again"),
        "request_answered": _("The client's answer"),
        "request_cancelled": _("Called off what the client was asked"),
    }
    return words.get(code, "")


def _line(message: MessageView, above: MessageView | None, reader: Reader) -> Line:
    code = str(message.data.get("code", ""))
    kind = "event" if code in INNER else KINDS.get(Direction(message.direction), "event")
    by = message.author_shown or (reader.name if kind == "in" else "")
    return Line(
        seq=message.seq,
        kind=kind,
        mine=message.author_id == reader.agent_id,
        by=by,
        at=message.at,
        parts=parts_of(message.body, message.redactions),
        client_id=message.client_id,
        language=reader.language if kind == "in" else "",
        day=_new_day(message, above, reader.now),
        words=event_words(message.data)
        if kind == "event"
        else note_words(message.data)
        if kind == "note"
        else "",
        icon="lock" if code in INNER else ICONS.get(code, "info"),
        voice=f"{by}, {dated(timezone.localtime(message.at), 'H:i')}: {message.body}",
        inner=code in INNER,
        consult=code in {"consult", "consult_asked"},
    )


def _new_day(message: MessageView, above: MessageView | None, now: datetime) -> str:
    if above and timezone.localtime(above.at).date() == timezone.localtime(message.at).date():
        return ""
    return day_words(message.at, now)
