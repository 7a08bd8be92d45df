"""The end of a promised call: whether the promise was kept goes into the log, once."""

from datetime import datetime

from events.choices import ActorKind, Kind
from interactions.actions.base import note_event
from interactions.choices import LIVE_CALLBACK, CallbackState
from interactions.models import Callback, Interaction


def live_callback(row: Interaction) -> Callback | None:
    """Return the promise that the locked row is under."""
    if not row.calls_back:
        return None
    rows = Callback.objects.select_for_update().filter(interaction=row, state__in=LIVE_CALLBACK)
    found: Callback | None = rows.first()
    return found


def settle(
    row: Interaction,
    callback: Callback,
    state: CallbackState,
    *,
    connected_at: datetime | None = None,
    now: datetime,
) -> None:
    """End the promise; kept is one whose customer was reached by somebody who began within the window.

    The caller saves the row, and says so of one that its customer withdrew.
    """
    within = connected_at is not None and callback.window_start_at <= connected_at < callback.window_end_at
    callback.state, callback.settled_at = state, now
    withdrawn = state == CallbackState.WITHDRAWN
    callback.kept = None if withdrawn else state == CallbackState.REACHED and within
    callback.next_at = None
    callback.save(update_fields=["state", "settled_at", "kept", "next_at"])
    row.calls_back = False
    if withdrawn:
        return
    kind = Kind.CALLBACK_KEPT if callback.kept else Kind.CALLBACK_MISSED
    data = {"callback": str(callback.ref), "outcome": state.value, "attempts": callback.attempts}
    note_event(row, kind, now=now, actor_kind=ActorKind.SYSTEM, data=data)


def leave(row: Interaction, *, now: datetime) -> None:
    """The conversation of the locked row ends and nobody has said what came of the call it was promised."""
    if callback := live_callback(row):
        settle(row, callback, CallbackState.LEFT, now=now)
