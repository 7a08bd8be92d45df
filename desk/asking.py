"""What an act asks before it is done: one body, as a dialog of the desk or as a page of its own."""

from typing import Any

from django.http import HttpResponse

from accounts.http import SignedInRequest
from core.http import render_part
from desk.values import Conversation


def ask(
    request: SignedInRequest, found: Conversation, title: str, body: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Show the template `body` under the title; input that was refused comes back the same way."""
    context = {"conversation": found, "title": title, "body": body, **more}
    response = render_part(request, "desk/ask.html", "desk/_ask.html", context, status=status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#asked", "innerHTML"
    return response
