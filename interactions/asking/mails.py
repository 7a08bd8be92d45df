"""The mail that tells a client's people that an agent asks something: what it is and where, never a text."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import handoff_path, public_url
from accounts.people import who_may
from accounts.permissions import Permission
from interactions.actions.base import brand_id
from interactions.asking.choices import RequestKind
from interactions.asking.models import RequestTurn
from tenants.cards import card_by_id
from tenants.mail.actions import queue_mail
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard


def tell_client(turn: RequestTurn, *, now: datetime) -> None:
    """Promise a mail to each of the brand's own people who may answer, once for each turn."""
    card = card_by_id(brand_id())
    if card is None:
        return
    request = turn.request
    context = _context(card, request.kind, turn.due_at, f"/requests/{request.ref}/")
    for person in who_may(Permission.OWN_REQUESTS, brand_id=card.id, now=now):
        queue_mail(
            "client_request", to=person.email, context=context, brand=card, language=person.language,
            key=f"request:{request.ref}:{turn.n}:{person.user_id}", now=now,
        )  # fmt: skip


def sample(brand: BrandCard | None) -> dict[str, Any]:
    due = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)
    return {"link": public_url("/handoff/sample/"), "kind": RequestKind.CHECK.label, "due_at": due}


def _context(card: BrandCard, kind: str, due_at: datetime, path: str) -> dict[str, Any]:
    link = public_url(handoff_path(card.slug, path))
    return {"link": link, "kind": RequestKind(kind).label, "due_at": due_at}


KIND = MailKind("client_request", _("Request"), folder="interactions", wears="brand", sample=sample)
