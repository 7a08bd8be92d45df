"""What a visitor may send over the socket: each frame a value, everything else BadFrame.

    {"op": "hello", "key", "token", "after"?, "conversation"?, "language"?, "page"?}   first, once
    {"op": "msg", "client_id": uuid, "body", "fresh"?}      fresh: begin a new conversation if the last ended
    {"op": "typing"} {"op": "end"} {"op": "ping"} {"op": "identify"}
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from interactions.connectors.webchat.settings import MAX_FRAME, MAX_PAGE

LANGUAGE = re.compile(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")
BIGGEST = 2**53


class BadFrame(RoomError):
    """The frame is not one of the protocol's; the message says which part."""

    status = 400
    code = "bad_frame"


class TooLong(RoomError):
    status = 413
    code = "too_long"


@dataclass(frozen=True, kw_only=True)
class Hello:
    key: str
    token: str
    after: int
    conversation: UUID | None
    language: str
    page: str


@dataclass(frozen=True, kw_only=True)
class Say:
    client_id: UUID
    body: str
    fresh: bool


@dataclass(frozen=True)
class Typing:
    """The visitor is writing."""


@dataclass(frozen=True)
class End:
    """The visitor leaves the line, or ends the conversation."""


@dataclass(frozen=True)
class Ping:
    """Is anybody there?"""


@dataclass(frozen=True)
class Identify:
    """Reserved: who the visitor is to the client's own system."""


Frame = Hello | Say | Typing | End | Ping | Identify


def read(text: str | None) -> Frame:
    """Return the frame. Raises BadFrame, TooLong."""
    if text is None:
        raise BadFrame(_("Frames are text."))
    if len(text) > MAX_FRAME:
        raise TooLong(_("This message is too long."))
    said = _object(text)
    match said.get("op"):
        case "hello":
            return _hello(said)
        case "msg":
            return Say(client_id=_uuid(said, "client_id"), body=_body(said), fresh=said.get("fresh") is True)
        case "typing":
            return Typing()
        case "end":
            return End()
        case "ping":
            return Ping()
        case "identify":
            return Identify()
    raise BadFrame(_("Unknown op."))


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame(_("Frames are JSON.")) from error
    if not isinstance(said, dict):
        raise BadFrame(_("A frame is an object."))
    return said


def _hello(said: dict[str, Any]) -> Hello:
    return Hello(
        key=_text(said, "key"),
        token=_text(said, "token"),
        after=_number(said, "after"),
        conversation=_uuid(said, "conversation") if said.get("conversation") is not None else None,
        language=_language(said.get("language")),
        page=_page(said.get("page")),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise BadFrame(_("{name} is missing.").format(name=name))
    return value


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name) or 0
    if type(value) is not int or not 0 <= value < BIGGEST:
        raise BadFrame(_("{name} is not a number.").format(name=name))
    return value


def _uuid(said: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(_text(said, name))
    except ValueError as error:
        raise BadFrame(_("{name} is not a UUID.").format(name=name)) from error


def _body(said: dict[str, Any]) -> str:
    """Return the text without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    body = _text(said, "body").replace("\0", "").encode("utf-8", "replace").decode()
    if not body.strip():
        raise BadFrame(_("The message is empty."))
    return body


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
