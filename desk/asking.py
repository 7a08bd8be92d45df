"""What an act asks before it is done: one body, as a dialog of the desk or as a page of its own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from accounts.http import SignedInRequest
from core import clock
from core.errors import RoomError
from core.http import render_part
from desk.conversations import open_conversation
from desk.values import Conversation
from interactions.errors import NotYours
from tenants.values import BrandCard


def ask(
    request: SignedInRequest, found: Conversation, title: str, body: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Show the template `body` under the title; input that was refused comes back the same way."""
    context = {"conversation": found, "title": title, "body": body, **more}
    response = render_part(request, "desk/ask.html", "desk/_ask.html", context, status=status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#asked", "innerHTML"
    return response


@dataclass(frozen=True)
class Asked:
    """What an act of one conversation asks, to be shown first and again when the verb refused the answer."""

    request: SignedInRequest
    client: BrandCard
    ref: UUID
    title: str
    body: str

    def again(self, error: RoomError | None = None, **more: Any) -> HttpResponse:
        """Show it, with why it was refused and what was typed. Raises NotFound, NotYours."""
        found = open_conversation(self.request.actor, self.client, self.ref, now=clock.now())
        if not found.is_mine:
            raise NotYours
        status, words = (error.status, str(error.message)) if error else (200, "")
        return ask(self.request, found, self.title, self.body, status=status, error=words, **more)


def hours_of(typed: str) -> int | None:
    """Read within or for how many hours; "" is None. What is no number is 0, which none of them takes."""
    return None if not typed else int(typed) if typed.isdecimal() and len(typed) < 6 else 0
