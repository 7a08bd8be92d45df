"""Agents of one pool work for another until an instant, and are back by themselves: dated rows, no timer.

A loan is a member row of the other pool with an end and `lent_from`; their own row ends where it begins, and
another one begins where it ends.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from routing.errors import Invalid
from routing.models import Pool, PoolMember
from routing.notices import wake
from routing.writes import ensure_capacity
from tenants.audit import audit
from tenants.scope import labour_scope

LONGEST = timedelta(days=31)


def lend(
    pool_id: int, agent_ids: Collection[int], *, from_pool_id: int, until: datetime, actor: str, now: datetime
) -> list[PoolMember]:
    """Let agents of one pool work for this one until before `until`; twice is once.

    What they are on they finish. Raises Invalid with all that is wrong (nothing is lent then), NotFound.
    """
    with labour_scope(), transaction.atomic():
        pools = _locked(pool_id, from_pool_id)
        if done := _lent_already(pool_id, agent_ids, from_pool_id, until):
            return done
        homes = _homes(from_pool_id, agent_ids, now)
        if wrong := _errors(pool_id, agent_ids, from_pool_id, until, homes, now):
            raise Invalid(wrong)
        ensure_capacity(sorted(homes))
        rows = [_lend(home, pool_id, until=until, now=now) for home in homes.values()]
        diff = {
            "agents": [None, sorted(homes)], "from": [None, from_pool_id],
            "until": [None, until.isoformat()],
        }  # fmt: skip
        audit("pool.lent", actor=actor, object=_named(pools[pool_id]), diff=diff, now=now)
        wake(agents=sorted(homes))
    return rows


def end_loan(pool_id: int, member_id: int, *, actor: str, now: datetime) -> None:
    """Send an agent back now who is lent to that pool or by it. One that is over, or no loan, is left alone.

    Raises NotFound.
    """
    with labour_scope(), transaction.atomic():
        row = PoolMember.objects.select_for_update(of=("self",)).filter(pk=member_id).first()
        if row is None or pool_id not in {row.pool_id, row.lent_from_id}:
            raise NotFound
        if row.lent_from_id is None or row.valid_until is None or row.valid_until <= now:
            return
        own = PoolMember.objects.filter(pool_id=row.lent_from_id, agent_id=row.agent_id)
        own.filter(valid_from=row.valid_until).update(valid_from=now)
        end_row(row, now=now)
        diff = {"agents": [[row.agent_id], None], "from": [row.lent_from_id, None]}
        audit("pool.loan_ended", actor=actor, object=_named(row.pool), diff=diff, now=now)
        wake(agents=[row.agent_id])


def end_row(row: PoolMember, *, now: datetime) -> None:
    """End a membership; one that lasted no time goes without a trace."""
    if row.valid_from >= now:
        row.delete()
        return
    row.valid_until = now
    row.save(update_fields=["valid_until"])


def _locked(*pool_ids: int) -> dict[int, Pool]:
    rows = Pool.objects.select_for_update().filter(pk__in=pool_ids, retired_at__isnull=True)
    found = {pool.pk: pool for pool in rows.order_by("pk")}
    if set(pool_ids) - set(found):
        raise NotFound
    return found


def _lent_already(
    pool_id: int, agent_ids: Collection[int], from_pool_id: int, until: datetime
) -> list[PoolMember]:
    """The rows of the same loan, if it was made for all of them."""
    rows = list(
        PoolMember.objects.filter(
            pool_id=pool_id, agent_id__in=agent_ids, lent_from_id=from_pool_id, valid_until=until
        )
    )
    return rows if {row.agent_id for row in rows} == set(agent_ids) else []


def _homes(pool_id: int, agent_ids: Collection[int], now: datetime) -> dict[int, PoolMember]:
    """Their own rows in the pool that lends, by agent; who is lent to it is not its own."""
    rows = PoolMember.objects.valid(now).select_for_update(of=("self",)).filter(
        pool_id=pool_id, agent_id__in=agent_ids, agent__left_on__isnull=True, lent_from__isnull=True
    )  # fmt: skip
    return {row.agent_id: row for row in rows.order_by("agent_id")}


def _errors(
    pool_id: int,
    agent_ids: Collection[int],
    from_pool_id: int,
    until: datetime,
    homes: dict[int, PoolMember],
    now: datetime,
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if pool_id == from_pool_id:
        wrong["from_pool"] = _("Choose another pool: they are in this one.")
    if until <= now:
        wrong["until"] = _("The end must be ahead.")
    elif until > now + LONGEST:
        wrong["until"] = _("A loan is for a month at most. Put them into the pool instead.")
    there = PoolMember.objects.valid(now).filter(pool_id=pool_id, agent_id__in=agent_ids)
    if not agent_ids:
        wrong["agents"] = _("Choose somebody.")
    elif set(agent_ids) - set(homes) or (pool_id != from_pool_id and there.exists()):
        wrong["agents"] = _("Somebody of them is lent already, or not in the pool any more. Look again.")
    return wrong


def _lend(home: PoolMember, pool_id: int, *, until: datetime, now: datetime) -> PoolMember:
    own_end, agent_id, own_pool = home.valid_until, home.agent_id, home.pool_id
    end_row(home, now=now)
    if own_end is None or own_end > until:
        PoolMember.objects.create(pool_id=own_pool, agent_id=agent_id, valid_from=until, valid_until=own_end)
    return PoolMember.objects.create(
        pool_id=pool_id, agent_id=agent_id, valid_from=now, valid_until=until, lent_from_id=own_pool
    )


def _named(pool: Pool) -> str:
    return f"pool:{pool.pk} {pool.name}"
