"""Verbs on how agents are chosen: a queue's manner, its overflows, and what is not interrupted.

`actor` is how the trail names who did it. Each raises Invalid with all that is wrong, NotFound.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from routing.choices import OverflowWhen, Period, Strategy
from routing.errors import Invalid
from routing.lines import Bars
from routing.models import ChannelBar, Overflow, Pool, QueuePlan
from routing.notices import wake
from routing.overflow import OFFERED
from routing.querysets import UNDO
from routing.scoring import SCORERS
from tenants.audit import audit, changes
from tenants.scope import labour_scope

MOST_HOLDOUT = 50
MOST_PREFER = 3_600
MOST_WAIT = 86_400
MOST_STEPS = 12
MOST_AMOUNT = 1_000_000_000
MANNER = ("strategy", "scorer", "holdout", "prefer_seconds", "pull_allowed")


def set_manner(
    queue_id: int,
    *,
    strategy: str,
    scorer: str = "",
    holdout: int = 0,
    prefer_seconds: int,
    pull_allowed: bool = False,
    actor: str,
    now: datetime,
) -> QueuePlan:
    """Choose how the queue chooses: the strategy, a score before it, and how long a last agent is kept.

    `holdout`: percent of the items which the strategy decides although there is a score. `pull_allowed`:
    agents who are asked for the queue may take from its line themselves.
    """
    wrong = _manner_errors(strategy, scorer, holdout, prefer_seconds)
    if wrong:
        raise Invalid(wrong)
    said = (strategy, scorer, holdout if scorer else 0, prefer_seconds, pull_allowed)
    values = dict(zip(MANNER, said, strict=True))
    return _change("queue.manner_changed", queue_id, values, actor=actor, now=now)


def set_terms(
    queue_id: int, *, period: str, credits: Sequence[tuple[float, float]], actor: str, now: datetime
) -> QueuePlan:
    """Say what missing the queue's target costs by contract: amounts owed when a period ends under a percent.

    None: each percent short of the target costs 1. Pools whose order goes by contract count with it.
    """
    steps = sorted(([float(under), float(amount)] for under, amount in credits), reverse=True)
    if wrong := _terms_errors(period, steps):
        raise Invalid(wrong)
    return _change(
        "queue.terms_changed", queue_id, {"period": period, "credits": steps}, actor=actor, now=now
    )


def add_overflow(
    queue_id: int,
    *,
    when: str,
    threshold: int = 0,
    pool_id: int | None = None,
    helper_id: int | None = None,
    message: bool = False,
    callback: bool = False,
    actor: str,
    now: datetime,
) -> Overflow:
    """Let a pool, or who serves the helper queue, help the queue out while it is in need; or with `message`
    or `callback` let those who wait leave one, or be called. Twice is once: the same target for the same
    reason has the new threshold.
    """
    with labour_scope(), transaction.atomic():
        plan = _plan(queue_id)
        pool = Pool.objects.filter(pk=pool_id, retired_at__isnull=True).first() if pool_id else None
        helper = QueuePlan.objects.filter(queue_id=helper_id).first() if helper_id else None
        threshold = 0 if when == OverflowWhen.CLOSED else threshold
        if wrong := _overflow_errors(plan, when, threshold, pool, helper, offered=message + callback):
            raise Invalid(wrong)
        row, _made = Overflow.objects.update_or_create(
            plan=plan, when=when, pool=pool, helper=helper, message=message or None,
            callback=callback or None, defaults={"threshold": threshold, "removed_at": None},
        )  # fmt: skip
        diff = {"when": [None, when], "threshold": [None, threshold], "to": [None, _target(row)]}
        _note("queue.overflow_added", plan, diff, actor=actor, now=now)
    return row


def remove_overflow(queue_id: int, overflow_id: int, *, actor: str, now: datetime) -> Overflow:
    """Let them help the queue no more; it can be put back. Twice is once."""
    with labour_scope(), transaction.atomic():
        plan = _plan(queue_id)
        row = _overflow(plan, overflow_id)
        if row.removed_at is None:
            row.removed_at = now
            row.save(update_fields=["removed_at"])
            diff = {"when": [row.when, None], "to": [_target(row), None]}
            _note("queue.overflow_removed", plan, diff, actor=actor, now=now)
    return row


def restore_overflow(queue_id: int, overflow_id: int, *, actor: str, now: datetime) -> Overflow:
    """Put a removed overflow back as it was, within 30 days.

    Raises RoomError when it cannot help any more, such as by a pool that was ended.
    """
    with labour_scope(), transaction.atomic():
        row = _overflow(_plan(queue_id), overflow_id)
        if row.removed_at is None:
            return row
        if row.removed_at <= now - UNDO:
            raise NotFound
    try:
        return add_overflow(
            queue_id, when=row.when, threshold=row.threshold, pool_id=row.pool_id, helper_id=row.helper_id,
            message=bool(row.message), callback=bool(row.callback), actor=actor, now=now,
        )  # fmt: skip
    except Invalid as error:
        raise RoomError(" ".join(error.errors.values())) from error


def set_bars(bars: Iterable[tuple[str, str]], *, actor: str, now: datetime) -> Bars:
    """Say of all channels at once what is not interrupted by what: pairs (doing, asked)."""
    wanted = frozenset(bars)
    with labour_scope(), transaction.atomic():
        before = frozenset(ChannelBar.objects.select_for_update().values_list("doing", "asked"))
        for doing, asked in before - wanted:
            ChannelBar.objects.filter(doing=doing, asked=asked).delete()
        ChannelBar.objects.bulk_create(
            [ChannelBar(doing=doing, asked=asked) for doing, asked in sorted(wanted - before)],
            ignore_conflicts=True,
        )
        if diff := changes({"bars": _told(before)}, {"bars": _told(wanted)}):
            audit("routing.bars_changed", actor=actor, diff=diff, now=now)
            wake(plans=True)
    return wanted


def _change(verb: str, queue_id: int, values: dict[str, Any], *, actor: str, now: datetime) -> QueuePlan:
    """Give the queue's plan these values, and tell the trail and the leader what changed. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        plan = _plan(queue_id)
        before = {name: getattr(plan, name) for name in values}
        for name, value in values.items():
            setattr(plan, name, value)
        plan.save(update_fields=list(values))
        if diff := changes(before, values):
            _note(verb, plan, diff, actor=actor, now=now)
    return plan


def _manner_errors(strategy: str, scorer: str, holdout: int, prefer_seconds: int) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if strategy not in Strategy.values:
        wrong["strategy"] = _("Choose how agents are chosen.")
    if scorer and scorer not in SCORERS:
        wrong["scorer"] = _("This score is not installed.")
    if not 0 <= holdout <= MOST_HOLDOUT:
        wrong["holdout"] = _("Say percent, 0 to 50.")
    if not 0 <= prefer_seconds <= MOST_PREFER:
        wrong["prefer_seconds"] = _("Say seconds, at most an hour.")
    return wrong


def _terms_errors(period: str, steps: list[list[float]]) -> dict[str, str]:
    amounts = [amount for _under, amount in steps]
    if period not in Period.values:
        return {"period": _("Say over which period the contract counts.")}
    if len(steps) > MOST_STEPS:
        return {"credits": _("Use at most %(count)d steps.") % {"count": MOST_STEPS}}
    if not all(0 < under <= 100 and 0 <= amount <= MOST_AMOUNT for under, amount in steps):
        return {"credits": _("Say percent up to 100, and amounts from 0 up.")}
    if len({under for under, _amount in steps}) < len(steps) or amounts != sorted(amounts):
        return {"credits": _("Each lower percent is said once and owes more.")}
    return {}


def _overflow_errors(
    plan: QueuePlan, when: str, threshold: int, pool: Pool | None, helper: QueuePlan | None, *, offered: int
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if (pool is not None) + (helper is not None) + offered != 1:
        wrong["target"] = _("Say who helps: a pool, or who serves another queue.")
    if helper and (helper.brand_id != plan.brand_id or helper.queue_id == plan.queue_id):
        wrong["target"] = _("Choose another queue of the same client.")
    if pool and pool.brand_id not in {None, plan.brand_id}:
        wrong["target"] = _("This pool works for another client.")
    if when not in OverflowWhen.values:
        wrong["when"] = _("Say when they help.")
    if when == OverflowWhen.EXPECTED_WAIT and not 1 <= threshold <= MOST_WAIT:
        wrong["threshold"] = _("Say seconds, at most a day.")
    if when == OverflowWhen.SERVICE_LEVEL and not 1 <= threshold <= 100:
        wrong["threshold"] = _("Say percent, 1 to 100.")
    if when == OverflowWhen.CLOSED and plan.openings is None:
        wrong["when"] = _("This queue is answered day and night: it has no hours to be outside of.")
    return wrong


def _plan(queue_id: int) -> QueuePlan:
    plan = QueuePlan.objects.select_for_update().filter(queue_id=queue_id).first()
    if plan is None:
        raise NotFound
    return plan


def _overflow(plan: QueuePlan, overflow_id: int) -> Overflow:
    row = Overflow.objects.select_for_update(of=("self",)).filter(pk=overflow_id, plan=plan).first()
    if row is None:
        raise NotFound
    return row


def _note(verb: str, plan: QueuePlan, diff: dict[str, Any], *, actor: str, now: datetime) -> None:
    """Write down what changed of the queue, and have the leader look at it."""
    named = f"queue:{plan.queue_id} {plan.label}"
    audit(verb, actor=actor, brand_id=plan.brand_id, object=named, diff=diff, now=now)
    wake(plans=True)


def _target(row: Overflow) -> str:
    if offered := next((name for name in OFFERED if getattr(row, name)), ""):
        return offered
    return f"pool:{row.pool_id}" if row.pool_id else f"queue:{row.helper_id}"


def _told(bars: Bars) -> list[str]:
    return sorted(f"{doing} > {asked}" for doing, asked in bars)
