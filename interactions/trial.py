"""The test of a brand that is not live: its entrance, and what becomes of the test conversations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from interactions.choices import State
from interactions.models import Inbox, Interaction
from tenants.choices import EndpointState
from tenants.models import Endpoint
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant

SHOWN = 5
MOST_ENTRANCES = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """A test conversation. `agent` is the alias that the visitor reads, "" while nobody has it."""

    ref: UUID
    state: str
    words: str
    queue: str
    agent: str
    opened_at: datetime
    answered_at: datetime | None


def trial_key(brand: BrandCard) -> str:
    """Return the key of the brand's test entrance, "" without one."""
    with labour_scope():
        rows = Endpoint.objects.filter(brand_id=brand.id, state=EndpointState.TEST).order_by("pk")
        return rows.values_list("key", flat=True).first() or ""


def entrances(brand: BrandCard, grant: Grant) -> list[tuple[str, str]]:
    """Return (name of the inbox, public key) of the brand's entrances for everybody, the oldest first."""
    with labour_scope():
        rows = Endpoint.objects.filter(brand_id=brand.id, state=EndpointState.ACTIVE).order_by("pk")
        keys = list(rows.values_list("inbox_ref", "key")[:MOST_ENTRANCES])
    with tenant_scope(brand, grant):
        names = dict(Inbox.objects.values_list("ref", "name"))
    return [(names.get(ref, ""), key) for ref, key in keys]


def trials(brand: BrandCard, grant: Grant) -> list[Trial]:
    """Return the newest test conversations, the last one first."""
    with tenant_scope(brand, grant):
        rows = Interaction.objects.filter(is_test=True).select_related("queue").order_by("-pk")[:SHOWN]
        return [_trial(row) for row in rows]


def is_tested(brand: BrandCard, grant: Grant) -> bool:
    """Tell whether somebody has answered a test conversation."""
    with tenant_scope(brand, grant):
        return bool(Interaction.objects.filter(is_test=True, answered_at__isnull=False).exists())


def _trial(row: Interaction) -> Trial:
    words = str(State(row.state).label)
    return Trial(row.ref, row.state, words, row.queue.name, row.agent_shown, row.opened_at, row.answered_at)
