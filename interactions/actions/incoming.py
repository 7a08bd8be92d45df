"""A customer's message: one statement, so that it costs one trip to the database and nothing is held between.

It is on the way of every message to its agent. Exactly once by `client_id`: a repeat is answered with what is
stored, whatever has become of the conversation since.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from core.errors import NotFound
from core.ids import new_ref
from core.luhn import mask_cards
from events.choices import ActorKind, Kind
from events.log import APPEND
from interactions.actions.base import brand_id
from interactions.actions.messages import checked, known, preview_of
from interactions.actions.resting import wake
from interactions.choices import (
    OPEN,
    RESTING,
    AuthorKind,
    ClockKind,
    ClockPause,
    ClockState,
    ClockTime,
    Direction,
    State,
)
from interactions.clocks.ringing import settle_clocks
from interactions.errors import Ended, Refused
from interactions.live import announce_message
from interactions.values import MessageView

OPEN_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN))
STILL = frozenset({State.HELD, State.CALLBACK_SCHEDULED})
"""Where clocks may stand still all the same; a rest is ended by the message."""
RECEIVE = f"""
WITH given AS (
  SELECT %s::uuid AS ref, %s::uuid AS client_id, %s::text AS body, %s::jsonb AS redactions,
    %s::text AS preview, %s::timestamptz AS now, %s::uuid AS event_ref, %s::uuid[] AS clock_refs
),
chat AS (
  SELECT i.id, i.state, i.agent_id, i.inbox_id, i.language, i.is_test, i.last_seq + 1 AS seq,
    i.event_n + 1 AS n, i.beside, i.waiting_since
  FROM interactions_interaction i JOIN given ON given.ref = i.ref
  FOR UPDATE OF i
),
said AS (
  INSERT INTO interactions_message (interaction_id, inbox_id, seq, direction, author_kind, author_shown,
    language, content_type, body, data, redactions, client_id, at)
  SELECT chat.id, chat.inbox_id, chat.seq, '{Direction.IN}', '{AuthorKind.CONTACT}', '', chat.language,
    'text/plain', given.body, '{{}}', given.redactions, given.client_id, given.now
  FROM chat, given WHERE chat.state IN ({OPEN_STATES})
  ON CONFLICT (interaction_id, client_id) WHERE client_id IS NOT NULL DO NOTHING
  RETURNING seq
),
begun AS (
  UPDATE interactions_clock c SET state = '{ClockState.RUNNING}', started_at = given.now, since = given.now,
    due_at = given.now + make_interval(secs => c.target_seconds)
  FROM chat, said, given WHERE c.interaction_id = chat.id AND c.state = '{ClockState.ARMED}'
  RETURNING c.kind, c.n, c.target_seconds, c.counted, c.queue_id, c.pauses
),
numbered AS (
  SELECT begun.*, row_number() OVER (ORDER BY begun.kind) AS place FROM begun
),
noted AS (
  {APPEND}
  SELECT given.event_ref, 1, chat.n, given.now, '{Kind.MESSAGE_RECEIVED}', given.ref,
    '{ActorKind.CONTACT}', NULL::bigint, chat.is_test, jsonb_build_object('seq', said.seq)
  FROM chat, said, given
  UNION ALL
  SELECT given.clock_refs[place], 1, chat.n + place, given.now, '{Kind.CLOCK_ACTIVATED}', given.ref,
    '{ActorKind.SYSTEM}', NULL::bigint, chat.is_test, jsonb_build_object(
      'clock', kind, 'clock_n', numbered.n, 'target', target_seconds, 'counted', counted,
      'queue_id', queue_id, 'consumed_us', 0, 'paused_us', 0)
  FROM chat, numbered, given
),
kept AS (
  UPDATE interactions_interaction i SET last_seq = said.seq, last_in_seq = said.seq,
    event_n = chat.n + (SELECT count(*) FROM begun),
    unread = i.unread + 1, preview = given.preview, last_message_at = given.now,
    waiting_since = coalesce(i.waiting_since, given.now), idle_due_at = NULL, nudged_at = NULL
  FROM chat, said, given WHERE i.id = chat.id
)
SELECT chat.state, chat.agent_id, chat.beside::text, said.seq,
  (SELECT bool_or(counted = '{ClockTime.BUSINESS}' OR pauses @> '"{ClockPause.CLIENT}"') FROM begun),
  chat.waiting_since IS NULL
FROM chat LEFT JOIN said ON true
"""  # noqa: S608


def receive_message(ref: UUID, *, client_id: UUID, body: str, now: datetime) -> MessageView:
    """Store what the customer wrote, once per `client_id`; a repeat returns what is stored.

    One that rests is woken by it; should that break, routing's sweep makes up for it. So it does for clocks
    that go by opening hours, or stand still for what the client is asked: until they are settled they are due
    too early, and are looked at again then. What waited behind a reply sees no clock that the reply made
    ready: that is begun when they are settled.

    Raises Refused (empty, too_long, control; taken: the number is somebody else's), Ended once wrap-up has
    begun, NotFound.
    """
    bound = brand_id()
    text, redactions = mask_cards(checked(body))
    refs = [new_ref(now) for _ in ClockKind.values]
    values = [ref, client_id, text, Jsonb(redactions), preview_of(text), now, new_ref(now), refs]
    with connection.prepared() as cursor:  # type: ignore[attr-defined]
        cursor.execute(RECEIVE, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        raise NotFound
    state, agent_id, beside, seq, is_rough, asks_anew = found
    if seq is None:
        return _stored(ref, client_id, state=state)
    announce_message(brand_id=bound, ref=ref, agent_id=agent_id, seq=seq, beside=json.loads(beside))
    if asks_anew if is_rough is None else is_rough or state in STILL:
        settle_clocks(ref, now=now)
    if state in RESTING:
        wake(ref, now=now)
    return MessageView(
        ref, seq, Direction.IN, AuthorKind.CONTACT, None, "", text, client_id, now,
        redactions=tuple(dict(span) for span in redactions),
    )  # fmt: skip


def _stored(ref: UUID, client_id: UUID, *, state: str) -> MessageView:
    """Answer a repeat; nothing is stored of it where the conversation was over."""
    stored = known(ref, client_id)
    if stored is not None:
        return stored
    if state not in OPEN:
        raise Ended
    raise Refused("The message's number was used before.", code="taken")
