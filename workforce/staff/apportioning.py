"""How work side by side is shared out, from a day on: equally, or to the conversation in front.

One rule for the house: an agent's hour is shared out once over all clients, so two rules at a time would give
some of it twice or not at all. What began is history, hours are paid and billed by it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import NotFound
from tenants.audit import audit
from tenants.labour import record_labour
from tenants.scope import labour_scope
from workforce.choices import LedgerRule
from workforce.models import LedgerTerm
from workforce.staff.reasons import TermRefused

NAMED = "ledger: work side by side"


@dataclass(frozen=True, slots=True)
class RuleTerm:
    """A rule and the instant that it holds from; `is_now`: it holds, `is_ahead`: it is to come."""

    id: int
    words: str
    since: datetime
    is_now: bool
    is_ahead: bool


def set_rule(*, rule: str, since: date, zone: str, actor: str, actor_id: int, now: datetime) -> LedgerTerm:
    """Share work side by side out by that rule from the start of that day in the zone on.

    Tomorrow at the earliest, so that no hour that was seen changes; said again for the same day it is what
    holds. Raises TermRefused, NotFound.
    """
    if rule not in LedgerRule.values:
        raise NotFound
    begins = datetime.combine(since, time(), ZoneInfo(zone))
    if begins <= now:
        raise TermRefused(_("What is past is counted as it was. Choose tomorrow or later."))
    with labour_scope(), transaction.atomic():
        row, made = LedgerTerm.objects.select_for_update().get_or_create(
            valid_from=begins, defaults={"rule": rule}
        )
        if not made and row.rule == rule:
            return row
        before, row.rule = None if made else row.rule, rule
        row.save(update_fields=["rule"])
        _note("rule_set", row, [before, rule], actor=actor, actor_id=actor_id, now=now)
    return row


def remove_rule(term_id: int, *, actor: str, actor_id: int, now: datetime) -> None:
    """Take back a rule that does not hold yet. Raises TermRefused for one that does, NotFound."""
    with labour_scope(), transaction.atomic():
        row = LedgerTerm.objects.select_for_update().filter(pk=term_id).first()
        if row is None:
            raise NotFound
        if row.valid_from <= now:
            raise TermRefused(_("This holds already: say from when on another one does."))
        row.delete()
        _note("rule_removed", row, [row.rule, None], actor=actor, actor_id=actor_id, now=now)


def rules(now: datetime) -> list[RuleTerm]:
    """Return every rule, the newest first."""
    with labour_scope():
        rows = list(LedgerTerm.objects.order_by("-valid_from"))
    holds = next((row.pk for row in rows if row.valid_from <= now), None)
    return [
        RuleTerm(
            row.pk, str(row.get_rule_display()), row.valid_from, row.pk == holds, row.valid_from > now
        )
        for row in rows
    ]  # fmt: skip


def _note(
    verb: str, row: LedgerTerm, diff: list[str | None], *, actor: str, actor_id: int, now: datetime
) -> None:
    since = row.valid_from.isoformat()
    audit(f"ledger.{verb}", actor=actor, object=NAMED, diff={"rule": diff, "since": [None, since]}, now=now)
    record_labour(
        f"ledger.{verb}", brand_id=None, actor_kind="user", actor_id=actor_id,
        data={"rule": row.rule, "since": since}, occurred_at=now,
    )  # fmt: skip
