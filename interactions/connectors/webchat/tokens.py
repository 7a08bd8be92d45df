"""The token that names a visitor: issued by us, signed, bound to one entrance, no row until a message comes.

It is opaque to the page and travels in the first frame of the socket only, never in an address and never as a
cookie. A brand's schema keeps its digest once there is something to return to.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from core.errors import RoomError
from interactions.connectors.webchat.settings import TOKEN_LIFETIME
from tenants.values import EndpointCard

MAX_LENGTH = 300


class BadToken(RoomError):
    """Not issued by us for this endpoint, or altered."""

    status = 401
    code = "bad_token"


class ExpiredToken(BadToken):
    code = "expired_token"


@dataclass(frozen=True, kw_only=True)
class Token:
    digest: str
    expires_at: datetime


def issue(endpoint: EndpointCard, *, now: datetime) -> tuple[str, datetime]:
    """Return a new token and its end; nothing is stored."""
    expires_at = (now + TOKEN_LIFETIME).replace(microsecond=0)
    claim = {"n": secrets.token_urlsafe(15), "x": int(expires_at.timestamp())}
    return signing.dumps(claim, salt=_salt(endpoint)), expires_at


def read(text: str, *, endpoint: EndpointCard, now: datetime) -> Token:
    """Verify a token of this endpoint. Raises BadToken, ExpiredToken."""
    expires_at = _expiry(text, endpoint)
    if expires_at <= now:
        raise ExpiredToken(_("This conversation can't be opened any more. Write, and a new one begins."))
    return Token(digest=sha256(text.encode()).hexdigest(), expires_at=expires_at)


def _expiry(text: str, endpoint: EndpointCard) -> datetime:
    try:
        claim: dict[str, Any] = signing.loads(text, salt=_salt(endpoint)) if len(text) <= MAX_LENGTH else {}
        return datetime.fromtimestamp(claim["x"], UTC)
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise BadToken(_("This chat has to be opened anew.")) from error


def _salt(endpoint: EndpointCard) -> str:
    return f"webchat.{endpoint.id}"
