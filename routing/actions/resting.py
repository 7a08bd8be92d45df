"""Verbs on rest: when agents rest, and that one begins to."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from routing.choices import OfferState
from routing.errors import Invalid
from routing.loading import load_rests
from routing.models import AgentCapacity, Offer, Pool, RestRule, WorkItem
from routing.notices import wake
from routing.rest import after_contact
from tenants.audit import audit, changes
from tenants.labour import record_labour
from tenants.scope import labour_scope
from workforce.live import announce_presence

NUMBERS = ("occupancy", "hard_in_row", "rest_minutes")
MOST_IN_ROW = 20
MOST_MINUTES = 60


def set_rest(
    pool_id: int | None = None,
    *,
    occupancy: int | None,
    hard_in_row: int | None,
    rest_minutes: int | None,
    actor: str,
    now: datetime,
) -> None:
    """Say when agents rest, for the house (None) or for what comes by way of the pool; None is no number.

    Raises Invalid with all that is wrong, NotFound.
    """
    wanted = {"occupancy": occupancy, "hard_in_row": hard_in_row, "rest_minutes": rest_minutes}
    if wrong := _errors(occupancy, hard_in_row, rest_minutes):
        raise Invalid(wrong)
    with labour_scope(), transaction.atomic():
        pool = Pool.objects.select_for_update().filter(pk=pool_id or 0, retired_at__isnull=True).first()
        if pool_id and pool is None:
            raise NotFound
        rows = RestRule.objects.filter(pool=pool)
        before = rows.values(*NUMBERS).first() or dict.fromkeys(NUMBERS)
        if any(wanted.values()):
            RestRule.objects.update_or_create(pool=pool, defaults=wanted)
        else:
            rows.delete()
        if diff := changes(before, wanted):
            name = f"pool:{pool.pk} {pool.name}" if pool else ""
            audit("routing.rest_changed", actor=actor, object=name, diff=diff, now=now)
            wake(plans=True)


def count_hard(item: WorkItem, agent_id: int, *, was_hard: bool, now: datetime) -> None:
    """Count a closed contact into the agent's row of hard ones; enough of them begin a rest.

    Part of the caller's transaction, which holds the agent's capacity. What had begun to rest goes on.
    """
    capacity = AgentCapacity.objects.get(pk=agent_id)
    if not was_hard and not capacity.hard_in_row:
        return
    rule = load_rests().of(_came_by(item))
    row, until = after_contact(capacity.hard_in_row, was_hard=was_hard, rule=rule, now=now)
    AgentCapacity.objects.filter(pk=agent_id).update(
        hard_in_row=row, rests_until=until or capacity.rests_until
    )
    if until:
        record_labour(
            "agent.rests", brand_id=None, actor_kind="system",
            data={"agent_id": agent_id, "until": until.isoformat(), "hard": rule.hard}, occurred_at=now,
        )  # fmt: skip
        announce_presence(agent_id)


def _came_by(item: WorkItem) -> int | None:
    accepted = Offer.objects.filter(work_item=item, state=OfferState.ACCEPTED)
    return accepted.values_list("pool_id", flat=True).first()


def _errors(occupancy: int | None, hard_in_row: int | None, rest_minutes: int | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if occupancy is not None and not 10 <= occupancy <= 100:
        wrong["occupancy"] = _("Say percent, 10 to 100.")
    if hard_in_row is not None and not 1 <= hard_in_row <= MOST_IN_ROW:
        wrong["hard_in_row"] = _("Say a number from 1 to 20.")
    if rest_minutes is not None and not 1 <= rest_minutes <= MOST_MINUTES:
        wrong["rest_minutes"] = _("Say minutes, 1 to 60.")
    if (hard_in_row is None) != (rest_minutes is None):
        missing = "rest_minutes" if rest_minutes is None else "hard_in_row"
        wrong.setdefault(missing, _("Both belong together: how many in a row, and how long the rest is."))
    return wrong
