"""POST happens once: the caller's key is claimed in the command's own transaction (tenants.calls)."""

import re
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.api.problems import Unreadable
from accounts.api.schema import HEADER, PATTERN
from accounts.keys.access import Caller
from tenants.calls import digest_of, idempotent


def once(request: Request, make: Callable[[], UUID]) -> UUID:
    """Run the command, or find that this call was made before; returns the ref of what was made.

    `make` runs in the transaction that claims the key, so a command that failed may be sent again. The
    address is a part of the body: the same key on another address is another call.

    Raises Unreadable without a key, tenants.calls.KeyReused (422) for one that came with another body, and
    whatever the command raises.
    """
    key = once_key(request)
    caller: Caller = request.auth  # type: ignore[assignment]
    with transaction.atomic():
        call = idempotent(
            key, actor=caller.who, route=request.path[:120], digest=digest_of(raw_body(request))
        )
        if call.ref is None:
            call.settle(make())
    if call.ref is None:
        raise AssertionError("a call was settled without a ref")
    return call.ref


def once_key(request: Request) -> str:
    """Return the caller's key. Raises Unreadable."""
    key = request.headers.get(HEADER, "").strip()
    if not re.fullmatch(PATTERN, key):
        words = _("Send an %(header)s with each POST: 1 to 80 signs of ASCII, without spaces.")
        raise Unreadable(words % {"header": HEADER}, "idempotency_key")
    return key


def raw_body(request: Request) -> bytes:
    body: bytes = request._request.body
    return body
