"""Somebody else takes an agent off the floor: a forgotten one, one who called in sick.

1. `sign_out_agent` writes who does it and why, and the agent is offline: nothing new is offered. That is one
   transaction. What rings at theirs is withdrawn next.
2. Then brand by brand, each in a transaction of its own: drafts become notes, conversations wait again at
   their first place, what is in wrap-up is closed. A brand that is done is taken off the list.
3. What fails or is killed in between is done by `finish_sign_outs`, which the sweep calls.

Who does it needs no seat in the brands: they see nothing of the conversations. The agent may come back at any
time; what was given back stays where it is.
"""

import logging
import os
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import workforce.actions as workforce
from accounts.actor import Actor
from accounts.choices import Role
from accounts.models import Membership
from core.errors import NotFound
from core.ids import new_ref
from interactions import actions as interactions
from routing.access import may_sign_out
from routing.actions.leaving import give_work_back
from routing.actions.offers import withdraw_offers
from routing.choices import OffReason
from routing.errors import Invalid
from routing.models import SignOut, WorkItem
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.scope import Grant, labour_scope, system, tenant_scope
from tenants.values import BrandCard
from workforce.queries import shown_name

log = logging.getLogger(__name__)

LONGEST_NOTE = 200
WHY = "signed_out"  # to a client's log no more than that: not why


def sign_out_agent(
    agent_id: int, *, reason: str, note: str = "", by: Actor, key: UUID | None = None, now: datetime
) -> SignOut:
    """Take the agent offline and give all their open work back to the line, first in line.

    `reason` is one of OffReason; `note`, at most 200 signs, is for the audit trail alone. The same `key` is
    the same sign-out. Returns the row: `returned` conversations, `done_at` null while some of it is left,
    which is tried again each few seconds.

    Raises NotFound for who may not (`may_sign_out`) and for no agent, Invalid.
    """
    if not may_sign_out(by, agent_id):
        raise NotFound
    if wrong := _errors(reason, note):
        raise Invalid(wrong)
    row = _begin(agent_id, reason=reason, note=note.strip(), by=by, ref=key or new_ref(now), now=now)
    carry_out(row.pk, now=now)
    with labour_scope():
        row.refresh_from_db()
    return row


def report_sick(
    agent_id: int, *, note: str = "", by: Actor, key: UUID | None = None, now: datetime
) -> SignOut:
    """Take a sick call: as `sign_out_agent`, for whom nobody expects back today."""
    return sign_out_agent(agent_id, reason=OffReason.SICK, note=note, by=by, key=key, now=now)


def finish_sign_outs(now: datetime) -> int:
    """Do what is left of sign-outs that broke in the middle; returns how many are done now."""
    with labour_scope():
        ids = list(SignOut.objects.filter(done_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    return sum(carry_out(pk, now=now) for pk in ids)


def carry_out(sign_out_id: int, *, now: datetime) -> bool:
    """Do what is left of a sign-out; True once all of it is done. A brand that fails holds up no other."""
    with labour_scope():
        row = SignOut.objects.get(pk=sign_out_id)
        withdraw_offers(now, agent_id=row.agent_id)
    for brand_id in row.brands_left:
        _one_brand(row.pk, brand_id, now=now)
    with labour_scope():
        over = SignOut.objects.filter(pk=row.pk, brands_left=[], done_at__isnull=True)
        return bool(over.update(done_at=now))


def _errors(reason: str, note: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if reason not in OffReason.values:
        wrong["reason"] = _("Say why.")
    if len(note.strip()) > LONGEST_NOTE:
        wrong["note"] = _("Use at most 200 characters.")
    elif reason == OffReason.OTHER and not note.strip():
        wrong["note"] = _("Say which other reason.")
    return wrong


@transaction.atomic
def _begin(agent_id: int, *, reason: str, note: str, by: Actor, ref: UUID, now: datetime) -> SignOut:
    """Write it down and take the agent off; one that goes on already, or has this ref, is the one."""
    with labour_scope():
        known = SignOut.objects.filter(agent_id=agent_id)
        if found := known.filter(ref=ref).first():
            return found
        workforce.take_offline(agent_id, actor=by, reason=reason, now=now)  # its lock lets one at a time in
        if found := known.filter(Q(ref=ref) | Q(done_at__isnull=True)).first():
            return found
        row = SignOut.objects.create(
            ref=ref, agent_id=agent_id, reason=reason, note=note, by=by.who, at=now,
            brands_left=_brands(agent_id),
        )  # fmt: skip
        diff = {"reason": [None, str(reason)]}
        audit("agent.signed_out", actor=by.who, object=f"user:{agent_id}", diff=diff, reason=note, now=now)
    return row


def _brands(agent_id: int) -> list[int]:
    """Every brand they ever had a seat in, and wherever they have work: an offer may be accepted just now."""
    seated = Membership.objects.filter(user_id=agent_id, role=Role.AGENT, brand__isnull=False)
    working = WorkItem.every.in_work().filter(agent_id=agent_id)
    ids = {*seated.values_list("brand_id", flat=True), *working.values_list("brand_id", flat=True)}
    return sorted(pk for pk in ids if pk)


def _one_brand(sign_out_id: int, brand_id: int, *, now: datetime) -> None:
    card = card_by_id(brand_id)
    try:
        with transaction.atomic():
            _look_at(sign_out_id, brand_id, card, now=now)
    except Exception:
        log.exception("sign-out %s: brand %s", sign_out_id, brand_id)


def _look_at(sign_out_id: int, brand_id: int, card: BrandCard | None, *, now: datetime) -> None:
    with labour_scope():
        row = SignOut.objects.select_for_update(of=("self",)).get(pk=sign_out_id)
    if brand_id not in row.brands_left:  # another process was quicker
        return
    returned = _give_back(row.agent_id, card, now=now) if card else 0
    with labour_scope():
        row.brands_left = [one for one in row.brands_left if one != brand_id]
        row.returned += returned
        row.save(update_fields=["brands_left", "returned"])
        if returned:
            audit(
                "agent.work_returned", actor="system:signing-out", brand_id=brand_id,
                object=f"user:{row.agent_id}", diff={"conversations": returned}, now=now,
            )  # fmt: skip


def _give_back(agent_id: int, card: BrandCard, *, now: datetime) -> int:
    grant, shown = _grant(), shown_name(agent_id, card.id)
    with tenant_scope(card, grant):
        interactions.hand_drafts_over(agent_id, agent_shown=shown, lead_id=None, now=now)
    given = give_work_back(agent_id, brand=card, grant=grant, reason=WHY, now=now)
    return int(sum(given["lines"].values()) + given["closed"])


@cache
def _grant() -> Grant:
    """One grant, and one audit row, for the life of the process."""
    return system(f"sign-outs of process {os.getpid()}")
