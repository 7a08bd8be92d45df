"""A brand for the floors to write in, and the statements that a customer's message is, recorded there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection

from bench.replay import Recorded, Recorder, Replay, merged
from core import clock
from desk import reading
from interactions import actions as interactions
from routing import actions as routing
from tenants import actions, cards
from tenants.scope import Grant, system, tenant_scope
from tenants.values import BrandCard

SLUG = "bench-floor"
BODY = "x" * 200
AGENT = 1


@contextmanager
def scratch_brand() -> Iterator[BrandCard]:
    """Make a brand nobody works for, and drop it again."""
    made = actions.create_brand(slug=SLUG, name=SLUG, actor="bench", now=clock.now())
    try:
        yield cards.card_of(made)
    finally:
        actions.drop_brand(made.pk, actor="bench", now=clock.now())


def message_statements(card: BrandCard) -> Replay:
    """Open a conversation in the brand, send messages, and return what the last ones said to PostgreSQL."""
    grant = system("bench", brand=card)
    ref = _conversation(card, grant)
    seen = [_message(card, grant, ref) for _ in range(3)]
    writes, reads = zip(*seen[1:], strict=True)
    return Replay(card.schema_name, card.role_name, merged(*writes), merged(*reads))


def _conversation(card: BrandCard, grant: Grant) -> UUID:
    now = clock.now()
    with tenant_scope(card, grant):
        queue = interactions.save_queue(name="Bench")
        inbox = interactions.create_inbox(name="Bench", queue=queue, config={})
        first = interactions.open_conversation(
            uuid4().hex * 2, inbox=inbox, client_id=uuid4(), body=BODY, language="en", page="",
            expires_at=now + timedelta(days=1), now=now,
        )  # fmt: skip
        interactions.assign(first.interaction_ref, agent_id=AGENT, agent_shown="Bench", now=now)
    routing.leave_line(card.id, first.interaction_ref, outcome="closed", now=now)
    return first.interaction_ref


def _message(card: BrandCard, grant: Grant, ref: UUID) -> tuple[Recorded, Recorded]:
    """Send one message and read it back as the agent's socket does."""
    recorder = Recorder()
    with tenant_scope(card, grant):
        with recorder.on(connection.execute_wrapper):
            message = interactions.receive_message(ref, client_id=uuid4(), body=BODY, now=clock.now())
        written = recorder.taken
        with recorder.on(connection.execute_wrapper):
            reading.news(ref, agent_id=AGENT, after=message.seq - 1)
    return written, recorder.taken
