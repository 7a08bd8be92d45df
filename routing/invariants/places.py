"""One place for each conversation: its brand's row and its work item say the same, the flag of tests too."""

from collections.abc import Iterator
from uuid import UUID

from interactions.choices import PRESENT, WITH_AGENT, State
from interactions.queries import miscounted_places, open_places, places_standing
from routing.choices import ItemState
from routing.models import WorkItem
from tenants.clients import served_clients
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.values import BrandCard

Spot = tuple[str, int | None]
WAITS, WORKED, WRAPS = "waits", "worked", "wrap-up"
OF_ITEM = {
    ItemState.QUEUED: WAITS,
    ItemState.OFFERED: WAITS,
    ItemState.ACCEPTED: WORKED,
    ItemState.SLEEPING: WORKED,
    ItemState.WRAP_UP: WRAPS,
}
OF_INTERACTION = {State.QUEUED: WAITS, State.WRAP_UP: WRAPS} | dict.fromkeys(WITH_AGENT, WORKED)


def misplaced(grant: Grant) -> list[str]:
    """Name the conversations that the two planes place differently, or the line has twice.

    What differs is looked at once more: a verb may have been at work between the two readings.
    """
    found = []
    for card in served_clients():
        suspects = _differing(card, grant, None)
        found += [f"{card.slug} {ref}" for ref in _differing(card, grant, suspects)] if suspects else []
    return found


def astray(grant: Grant) -> list[str]:
    """Name places beside an agent that the two planes know differently; looked at once more, as above."""
    found = []
    for card in served_clients():
        suspects = _unequal(card, grant, None)
        found += [f"{card.slug} place {ref}" for ref in _unequal(card, grant, suspects)] if suspects else []
        with tenant_scope(card, grant):
            wrong = set(miscounted_places())
            wrong &= set(miscounted_places()) if wrong else wrong
        found += [f"{card.slug} {ref} counts its places wrong" for ref in sorted(wrong)]
    return found


def _unequal(card: BrandCard, grant: Grant, refs: list[UUID] | None) -> list[UUID]:
    with labour_scope():
        items = WorkItem.consults.live().filter(brand_id=card.id)
        if refs is not None:
            items = items.filter(ref__in=refs)
        columns = ("ref", "interaction_ref", "state", "agent_id")
        ours = {
            ref: (of, state == ItemState.ACCEPTED, agent_id if state == ItemState.ACCEPTED else None)
            for ref, of, state, agent_id in items.values_list(*columns)
        }
    with tenant_scope(card, grant):
        theirs = {
            ref: (of, state in PRESENT, agent_id if state in PRESENT else None)
            for ref, of, state, agent_id in places_standing(refs)
        }
    return sorted(ref for ref in {*ours, *theirs} if ours.get(ref) != theirs.get(ref))


def mixed_tests(grant: Grant) -> list[str]:
    """Name the conversations that are a test in one plane alone."""
    return [
        f"{card.slug} {ref} is a test in one plane alone"
        for card in served_clients()
        for ref, is_test in _flags(card, grant)
        if is_test
    ]


def _flags(card: BrandCard, grant: Grant) -> Iterator[tuple[UUID, bool]]:
    """Yield each open conversation and whether its flag differs from its item's."""
    with labour_scope():
        rows = WorkItem.objects.live().filter(brand_id=card.id)
        items = dict(rows.values_list("interaction_ref", "is_test"))
    with tenant_scope(card, grant):
        known = [(row.ref, row.is_test) for row in open_places()]
    yield from ((ref, is_test != items[ref]) for ref, is_test in known if ref in items)


def _differing(card: BrandCard, grant: Grant, refs: list[UUID] | None) -> list[UUID]:
    with tenant_scope(card, grant):
        theirs = {row.ref: _spot(row.state, row.agent_id) for row in open_places(refs)}
    ours = _items(card.id, refs)
    every = [*theirs, *(ref for ref in ours if ref not in theirs)]
    return [ref for ref in every if ours.get(ref, []) != ([theirs[ref]] if theirs.get(ref) else [])]


def _items(brand_id: int, refs: list[UUID] | None) -> dict[UUID, list[Spot]]:
    with labour_scope():
        rows = WorkItem.objects.live().filter(brand_id=brand_id)
        if refs is not None:
            rows = rows.filter(interaction_ref__in=refs)
        found: dict[UUID, list[Spot]] = {}
        for ref, state, agent_id in rows.values_list("interaction_ref", "state", "agent_id"):
            place = OF_ITEM[ItemState(state)]
            found.setdefault(ref, []).append((place, None if place == WAITS else agent_id))
    return found


def _spot(state: str, agent_id: int | None) -> Spot | None:
    """Where a conversation is; None for one that has not come to the line yet."""
    place = OF_INTERACTION.get(State(state))
    return (place, None if place == WAITS else agent_id) if place else None
