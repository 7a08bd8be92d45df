"""What a visitor may send over the socket: each frame a value, everything else BadFrame.

{"op": "hello", "key", "token", "after"?, "conversation"?, "language"?, "page"?}   first, once
{"op": "msg", "client_id": uuid, "body", "fresh"?, "address"?}      fresh: begin a new conversation if the
last ended; address: where else an answer finds the visitor, for the first message of one
{"op": "call", "client_id": uuid, "number", "from", "until", "consent"}      instants with their offsets
{"op": "call_windows"} {"op": "no_call"} {"op": "leave_message"} {"op": "typing"} {"op": "end"}
{"op": "ping"} {"op": "identify"}
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from core.hours import zones
from interactions.connectors.webchat.settings import MAX_CHARACTERS, MAX_FRAME, MAX_PAGE

LANGUAGE = re.compile(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")
NAME = re.compile(r"^[A-Za-z0-9_:.=-]{1,300}$", re.ASCII)
BIGGEST = 2**53
MOST_OF_A_NUMBER = 60
FIRST_YEAR, LAST_YEAR = 2000, 2200


class BadFrame(RoomError):
    """The frame is not one of the protocol's; the message says which part."""

    status = 400
    code = "bad_frame"
    client_id: UUID | None = None


class NoAddress(RoomError):
    """What stands for a mail address is none."""

    status = 422
    code = "bad_address"
    client_id: UUID | None = None


class TooLong(RoomError):
    status = 413
    code = "too_long"
    client_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Hello:
    key: str
    token: str
    after: int
    conversation: UUID | None
    language: str
    page: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class Say:
    client_id: UUID
    body: str
    fresh: bool
    address: str = ""


@dataclass(frozen=True)
class Typing:
    """The visitor is writing."""


@dataclass(frozen=True)
class End:
    """The visitor leaves the line, or ends the conversation."""


@dataclass(frozen=True)
class Leave:
    """The visitor leaves a message and need not stay; the place is kept."""


@dataclass(frozen=True)
class CallWindows:
    """When could the visitor be called?"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """The visitor asks to be called, or gives another number or time; `consent`: we may."""

    client_id: UUID
    number: str
    window: tuple[datetime, datetime]
    consent: bool


@dataclass(frozen=True)
class NoCall:
    """The visitor wants no call any more."""


@dataclass(frozen=True)
class Ping:
    """Is anybody there?"""


@dataclass(frozen=True)
class Identify:
    """Reserved: who the visitor is to the client's own system."""


Frame = Hello | Say | Typing | Leave | CallWindows | Call | NoCall | End | Ping | Identify


def read(text: str | None) -> Frame:
    """Return the frame. Raises BadFrame, TooLong."""
    if text is None:
        raise BadFrame("Frames are text.")
    if len(text) > MAX_FRAME:
        raise TooLong(_("This message is too long."))
    said = _object(text)
    op = said.get("op")
    if not isinstance(op, str) or op not in OPS:
        raise BadFrame("Unknown op.")
    return OPS[op](said)


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("Frames are JSON.") from error
    if not isinstance(said, dict):
        raise BadFrame("A frame is an object.")
    return said


def _hello(said: dict[str, Any]) -> Hello:
    return Hello(
        key=_name(said, "key"),
        token=_name(said, "token"),
        after=_number(said, "after"),
        conversation=_uuid(said, "conversation") if said.get("conversation") is not None else None,
        language=_language(said.get("language")),
        page=_page(said.get("page")),
        zone=_zone(said.get("zone")),
    )


def _say(said: dict[str, Any]) -> Say:
    client_id = _uuid(said, "client_id")
    try:
        fresh = said.get("fresh") is True
        return Say(client_id=client_id, body=_body(said), fresh=fresh, address=_address(said.get("address")))
    except (BadFrame, NoAddress, TooLong) as error:
        error.client_id = client_id
        raise


def _call(said: dict[str, Any]) -> Call:
    client_id = _uuid(said, "client_id")
    try:
        return Call(
            client_id=client_id,
            number=_typed_number(said),
            window=(_instant(said, "from"), _instant(said, "until")),
            consent=said.get("consent") is True,
        )
    except BadFrame as error:
        error.client_id = client_id
        raise


def _typed_number(said: dict[str, Any]) -> str:
    """Return the number as typed; whether it is one, the verb says in words."""
    value = said.get("number")
    if not isinstance(value, str) or len(value) > MOST_OF_A_NUMBER:
        raise BadFrame("number is malformed.")
    return value


def _instant(said: dict[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(said, name))
    except ValueError as error:
        raise BadFrame(f"{name} is no instant.") from error
    if at.tzinfo is None or not FIRST_YEAR < at.year < LAST_YEAR:
        raise BadFrame(f"{name} is no instant.")
    return at.astimezone(UTC)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise BadFrame(f"{name} is missing.")
    return value


def _name(said: dict[str, Any], name: str) -> str:
    value = _text(said, name)
    if not NAME.match(value):
        raise BadFrame(f"{name} is malformed.")
    return value


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name) or 0
    if type(value) is not int or not 0 <= value < BIGGEST:
        raise BadFrame(f"{name} is not a number.")
    return value


def _uuid(said: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(_text(said, name))
    except ValueError as error:
        raise BadFrame(f"{name} is not a UUID.") from error


def _body(said: dict[str, Any]) -> str:
    """Return the text without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    body = _text(said, "body").replace("\0", "").encode("utf-8", "replace").decode()
    if not body.strip():
        raise BadFrame(_("The message is empty."))
    if len(body) > MAX_CHARACTERS:
        raise TooLong(_("This message is too long."))
    return body


def _address(value: Any) -> str:
    """Return the mail address, or "" where none is given. Raises NoAddress."""
    if not isinstance(value, str) or not value.strip():
        return ""
    try:
        validate_email(value.strip())
    except ValidationError as error:
        raise NoAddress(_("This is not a mail address. Look at it again.")) from error
    return value.strip()


def _language(value: Any) -> str:
    return value if isinstance(value, str) and LANGUAGE.match(value) else ""


def _page(value: Any) -> str:
    """Return the page's address without query and fragment: they may carry what is none of our business."""
    if not isinstance(value, str) or len(value) > MAX_PAGE:
        return ""
    try:
        parts = urlsplit(value.encode("utf-8", "replace").decode().replace("\0", ""))
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _zone(value: Any) -> str:
    """Return the visitor's zone, or "": the desk tells time in it, so only one that can be computed in."""
    return value if isinstance(value, str) and value in zones() else ""


OPS: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": _hello,
    "msg": _say,
    "call": _call,
    "typing": lambda _said: Typing(),
    "leave_message": lambda _said: Leave(),
    "call_windows": lambda _said: CallWindows(),
    "no_call": lambda _said: NoCall(),
    "end": lambda _said: End(),
    "ping": lambda _said: Ping(),
    "identify": lambda _said: Identify(),
}
