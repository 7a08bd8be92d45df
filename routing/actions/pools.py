"""Verbs on pools: who is in one, and which queues it serves. The shared pool stays as it is.

`actor` is how the trail names who did it (`user:7`). Each raises Invalid with all that is wrong, NotFound.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from routing.actions.lending import end_loan
from routing.choices import Order, PoolKind
from routing.errors import Invalid
from routing.models import Pool, PoolMember, PoolQueue, QueuePlan
from routing.notices import wake
from routing.querysets import UNDO
from routing.writes import ensure_capacity
from tenants.audit import audit, changes
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.models import Agent

MOST_RANK = 99
MOST_DELAY = 86_400


def save_pool(
    pool_id: int | None = None,
    *,
    name: str,
    kind: str,
    brand_id: int | None,
    order: str = "",
    actor: str,
    now: datetime,
) -> Pool:
    """Make a pool, or change its name and its order ("": as it is); its kind and client are for good.

    A dedicated pool works for one client; a burst pool's members each have an end.
    """
    name = name.strip()
    with labour_scope(), transaction.atomic():
        pool = _pool(pool_id) if pool_id else Pool(kind=kind, brand_id=brand_id)
        wrong = _name_errors(name, pool_id) | ({} if pool_id else _kind_errors(kind, brand_id))
        if wrong := wrong | _order_errors(order):
            raise Invalid(wrong)
        before = {"name": pool.name, "order": pool.order} if pool_id else {"order": pool.order}
        pool.name, pool.order = name, order or pool.order
        pool.save()
        diff = changes(before, {"name": name, "order": pool.order} | ({} if pool_id else {"kind": kind}))
        if "order" in diff:
            wake(plans=True)
        _note("pool.changed" if pool_id else "pool.created", pool, diff, actor=actor, now=now)
    return pool


def retire_pool(pool_id: int, *, actor: str, now: datetime) -> None:
    """End a pool that no queue depends on: its members leave it, it serves nothing, its name is free."""
    with labour_scope(), transaction.atomic():
        pool = _pool(pool_id)
        if _is_shared(pool):
            raise RoomError(_("The pool of everybody stays: new queues and new agents go there."))
        _lock_serving(pool)
        if alone := _served_only_by(pool):
            words = _("Give these queues another pool first: %(names)s.")
            raise RoomError(words % {"names": ", ".join(alone)})
        pool.queues.all().delete()
        pool.overflows.all().delete()
        PoolMember.objects.filter(pool=pool, valid_from__gte=now).delete()
        for loan in PoolMember.objects.valid(now).filter(pool=pool, lent_from__isnull=False):
            end_loan(pool_id, loan.pk, actor=actor, now=now)
        PoolMember.objects.valid(now).filter(pool=pool).update(valid_until=now)
        _note("pool.retired", pool, {}, actor=actor, now=now)
        pool.retired_at, pool.name = now, f"{pool.name[:100]}{pool.mark}"
        pool.save(update_fields=["retired_at", "name"])
        wake(plans=True)


def add_member(
    pool_id: int, agent_id: int, *, valid_until: datetime | None = None, actor: str, now: datetime
) -> PoolMember:
    """Make the agent a member from now on, until before `valid_until`; who is one already gets that end."""
    with labour_scope(), transaction.atomic():
        pool = _pool(pool_id)
        wrong = _end_errors(pool, valid_until, now)
        if not Agent.objects.filter(pk=agent_id, left_on__isnull=True).exists():
            wrong["agent"] = _("No agent of this house is meant.")
        current = (
            PoolMember.objects.valid(now)
            .select_for_update(of=("self",))
            .filter(pool=pool, agent_id=agent_id)
            .first()
        )
        if current and current.lent_from_id:
            wrong["agent"] = _("They are lent to this pool. Send them back first.")
        if wrong:
            raise Invalid(wrong)
        ensure_capacity([agent_id])
        member = current or PoolMember(pool=pool, agent_id=agent_id, valid_from=now)
        member.valid_until = valid_until
        member.save()
        diff = {"agent": [None, agent_id], "until": [None, valid_until.isoformat() if valid_until else None]}
        _note("pool.joined", pool, diff, actor=actor, now=now)
        wake(agents=[agent_id])
    return member


def end_membership(pool_id: int, member_id: int, *, actor: str, now: datetime) -> None:
    """Let the agent leave the pool now; the row stays, as hours are billed from it. Twice is once.

    Who is lent to it goes back to their own.
    """
    with labour_scope(), transaction.atomic():
        pool = _pool(pool_id)
        member = _member(pool, member_id)
        if member is None:
            raise NotFound
        if member.valid_until is not None and member.valid_until <= now:
            return
        if member.lent_from_id:
            end_loan(pool_id, member_id, actor=actor, now=now)
            return
        if member.valid_from >= now:
            member.delete()
        else:
            member.taken_out_at, member.was_until, member.valid_until = now, member.valid_until, now
            member.save(update_fields=["taken_out_at", "was_until", "valid_until"])
        _note("pool.left", pool, {"agent": [member.agent_id, None]}, actor=actor, now=now)
        wake(agents=[member.agent_id])


def restore_membership(pool_id: int, member_id: int, *, actor: str, now: datetime) -> None:
    """Put an agent who was taken out back, from now until the end that they had, within 30 days.

    Twice is once. Raises RoomError when that end is over, or the agent has left the house.
    """
    with labour_scope(), transaction.atomic():
        member = _member(_pool(pool_id), member_id)
        if member is None or member.taken_out_at is None or member.taken_out_at <= now - UNDO:
            raise NotFound
        if PoolMember.objects.valid(now).filter(pool_id=pool_id, agent_id=member.agent_id).exists():
            return
        try:
            add_member(pool_id, member.agent_id, valid_until=member.was_until, actor=actor, now=now)
        except Invalid as error:
            raise RoomError(" ".join(error.errors.values())) from error


def serve(
    pool_id: int,
    queue_id: int,
    *,
    rank: int = 1,
    delay_seconds: int = 0,
    min_share: int | None = None,
    actor: str,
    now: datetime,
) -> PoolQueue:
    """Let the pool serve the queue, or change how: rank 1 is asked first, after a wait of `delay_seconds`."""
    with labour_scope(), transaction.atomic():
        pool, plan = _pool(pool_id), _plan(queue_id)
        wrong = _serving_errors(pool, plan, rank, delay_seconds, min_share)
        if wrong:
            raise Invalid(wrong)
        values = {"rank": rank, "delay_seconds": delay_seconds, "min_share": min_share}
        before = PoolQueue.objects.filter(pool=pool, plan=plan).values(*values).first() or {}
        row, _made = PoolQueue.objects.update_or_create(pool=pool, plan=plan, defaults=values)
        if diff := changes(before, values):
            diff["queue"] = [None, queue_id]
            _note("pool.serves", pool, diff, brand_id=plan.brand_id, actor=actor, now=now)
        wake(plans=True)
    return row


def stop_serving(pool_id: int, queue_id: int, *, actor: str, now: datetime) -> None:
    """Take the queue from the pool, unless no other pool serves it. One that is not served is no error."""
    with labour_scope(), transaction.atomic():
        pool, plan = _pool(pool_id), _plan(queue_id)
        rows = PoolQueue.objects.select_for_update().filter(plan=plan).order_by("pk")
        mine = [row for row in rows if row.pool_id == pool.pk]
        if not mine:
            return
        if len(rows) == 1:
            raise RoomError(_("Nobody would serve this queue. Give it another pool first."))
        mine[0].delete()
        diff = {"queue": [queue_id, None]}
        _note("pool.leaves", pool, diff, brand_id=plan.brand_id, actor=actor, now=now)
        wake(plans=True)


def _pool(pool_id: int) -> Pool:
    pool = Pool.objects.select_for_update().filter(pk=pool_id, retired_at__isnull=True).first()
    if pool is None:
        raise NotFound
    return pool


def _member(pool: Pool, member_id: int) -> PoolMember | None:
    return PoolMember.objects.select_for_update(of=("self",)).filter(pk=member_id, pool=pool).first()


def _plan(queue_id: int) -> QueuePlan:
    plan = QueuePlan.objects.filter(queue_id=queue_id).first()
    if plan is None:
        raise NotFound
    return plan


def _is_shared(pool: Pool) -> bool:
    return pool.kind == PoolKind.SHARED and pool.brand_id is None


def _lock_serving(pool: Pool) -> None:
    """Lock whoever serves its queues, as `stop_serving` does: of two that go at once one is alone."""
    rows = PoolQueue.objects.select_for_update().filter(plan__in=pool.queues.values("plan"))
    list(rows.order_by("pk").values_list("pk"))


def _served_only_by(pool: Pool) -> list[str]:
    others = PoolQueue.objects.exclude(pool=pool).values("plan_id")
    alone = PoolQueue.objects.filter(pool=pool).exclude(plan_id__in=others)
    return list(alone.order_by("plan__label").values_list("plan__label", flat=True))


def _name_errors(name: str, pool_id: int | None) -> dict[str, str]:
    if not name:
        return {"name": _("Give the pool a name.")}
    if len(name) > 120:
        return {"name": _("Use at most 120 characters.")}
    if Pool.objects.filter(name=name).exclude(pk=pool_id or 0).exists():
        return {"name": _("Another pool has this name.")}
    return {}


def _kind_errors(kind: str, brand_id: int | None) -> dict[str, str]:
    if kind not in PoolKind.values:
        return {"kind": _("Choose what kind of pool it is.")}
    if kind == PoolKind.DEDICATED and (brand_id is None or card_by_id(brand_id) is None):
        return {"client": _("Say for which client it works.")}
    if kind != PoolKind.DEDICATED and brand_id is not None:
        return {"client": _("Only a dedicated pool works for one client.")}
    if kind == PoolKind.SHARED and Pool.objects.filter(Q(kind=kind) & Q(brand_id__isnull=True)).exists():
        return {"kind": _("There is one pool of everybody already.")}
    return {}


def _order_errors(order: str) -> dict[str, str]:
    return {"order": _("Choose whose turn it is.")} if order and order not in Order.values else {}


def _end_errors(pool: Pool, valid_until: datetime | None, now: datetime) -> dict[str, str]:
    if valid_until is not None and valid_until <= now:
        return {"until": _("The end must be ahead.")}
    if valid_until is None and pool.kind == PoolKind.BURST:
        return {"until": _("A burst ends: say until when.")}
    return {}


def _serving_errors(
    pool: Pool, plan: QueuePlan, rank: int, delay_seconds: int, min_share: int | None
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if pool.kind == PoolKind.DEDICATED and plan.brand_id != pool.brand_id:
        wrong["queue"] = _("A dedicated pool serves its own client alone.")
    if not 1 <= rank <= MOST_RANK:
        wrong["rank"] = _("A rank is a number from 1 to 99.")
    if not 0 <= delay_seconds <= MOST_DELAY:
        wrong["delay_seconds"] = _("Say seconds, at most a day.")
    elif pool.kind == PoolKind.OVERFLOW and not delay_seconds:
        wrong["delay_seconds"] = _("An overflow pool helps after a wait: say how many seconds.")
    if min_share is not None:
        wrong |= _share_errors(pool, plan, min_share)
    return wrong


def _share_errors(pool: Pool, plan: QueuePlan, min_share: int) -> dict[str, str]:
    """What is promised to all clients of a pool together is no more than all of it."""
    if not 0 <= min_share <= 100:
        return {"min_share": _("Say percent, 0 to 100.")}
    promised: dict[int, int] = {}
    rows = PoolQueue.objects.filter(pool=pool, min_share__isnull=False).exclude(plan__brand_id=plan.brand_id)
    for brand_id, share in rows.values_list("plan__brand_id", "min_share"):
        promised[brand_id] = max(promised.get(brand_id, 0), share or 0)
    left = 100 - sum(promised.values())
    if min_share > left:
        return {"min_share": _("Only %(left)d percent of this pool are not promised yet.") % {"left": left}}
    return {}


def _note(
    verb: str,
    pool: Pool,
    diff: dict[str, Any],
    *,
    brand_id: int | None = None,
    actor: str,
    now: datetime,
) -> None:
    if diff or not verb.endswith("changed"):
        audit(
            verb, actor=actor, brand_id=brand_id or pool.brand_id, object=f"pool:{pool.pk} {pool.name}",
            diff=diff, now=now,
        )  # fmt: skip
