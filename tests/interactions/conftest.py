"""A queue, an inbox and words in each brand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from interactions import actions
from interactions.choices import DispositionKind
from interactions.models import Inbox
from interactions.values import MessageView
from tests.factories import NOW


def make_inbox() -> Inbox:
    """Make the brand's set-up inside the scope that is bound."""
    queue = actions.save_queue(name="Orders", target_seconds=40, wrap_up_seconds=60)
    actions.save_disposition(DispositionKind.REASON, "delivery", "Delivery")
    actions.save_disposition(DispositionKind.REASON, "spam", "Spam", not_a_contact=True)
    actions.save_disposition(DispositionKind.OUTCOME, "solved", "Solved", resolves=True)
    return actions.create_inbox(name="Web chat", queue=queue, config={})


Opener = Callable[..., UUID]


@pytest.fixture
def open_chat(in_acme: object) -> Opener:
    """Return a maker of waiting conversations in Acme."""
    inbox = make_inbox()

    def make(body: str = "Hello", *, now: datetime = NOW, **more: object) -> UUID:
        return first_message(inbox, body, now=now, **more).interaction_ref

    return make


def first_message(inbox: Inbox, body: str, *, now: datetime = NOW, **more: object) -> MessageView:
    values = {"token_digest": uuid4().hex, "client_id": uuid4(), "language": "en", "page": "/shop/"} | more
    digest = str(values.pop("token_digest"))
    return actions.open_conversation(
        digest,
        inbox=inbox,
        body=body,
        expires_at=now + timedelta(days=30),
        now=now,
        **values,  # type: ignore[arg-type]
    )
