"""Reasons to be away, kept by operators, and what each means for a client's bill from a day on.

A reason is archived, never deleted, and keeps its code: hours and files name it. A term holds from the start
of a day of the client's zone until the next one; what began is history, bills are made of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.errors import NotFound, RoomError
from tenants.audit import audit, changes, values_of
from tenants.cards import card_by_id
from tenants.scope import labour_scope
from workforce.choices import ReasonKind
from workforce.errors import NameTaken
from workforce.models import AvailabilityReason, ReasonTerm

FIELDS = ("code", "label", "kind", "paid", "active", "position")
KINDS = tuple(choice for choice in ReasonKind.choices if choice[0] != ReasonKind.SYSTEM)
"""What somebody may choose: system reasons are our own."""


class TermRefused(RoomError):
    """A term that would change what was."""

    code = "term_refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Term:
    """What a reason means for a client's bill from `since` on, midnight in `zone`. `is_now`: it holds."""

    id: int
    brand_id: int
    client: str
    billable: bool
    since: datetime
    zone: str
    is_now: bool
    is_ahead: bool

    @property
    def day(self) -> date:
        """The day it begins with, where the client is."""
        return self.since.astimezone(ZoneInfo(self.zone)).date()


def save_reason(
    reason_id: int | None = None, *, label: str, kind: str, paid: bool, actor: str, now: datetime
) -> AvailabilityReason:
    """Make a reason, last in the menu, or change that one; its code stays. Raises NameTaken, NotFound."""
    if kind not in dict(KINDS):
        raise NotFound
    with labour_scope(), transaction.atomic():
        row = _locked(reason_id) if reason_id else _fresh(label)
        before = values_of(row, FIELDS) if reason_id else {}
        row.label, row.kind, row.paid = " ".join(label.split()), kind, paid
        if _others(row).filter(label=row.label).exists():
            raise NameTaken
        _save(row)
        diff = changes(before, values_of(row, FIELDS))
        if diff and reason_id:
            audit("reason.changed", actor=actor, object=_named(row), diff=diff, now=now)
        elif diff:
            audit("reason.created", actor=actor, object=_named(row), diff=diff, now=now)
    return row


def archive_reason(reason_id: int, *, archived: bool, actor: str, now: datetime) -> None:
    """Offer the reason no more, or again; who is away for it now stays so. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        row = _locked(reason_id)
        if row.active != archived:
            return
        row.active = not archived
        row.save(update_fields=["active"])
        diff = {"active": [archived, not archived]}
        audit("reason.changed", actor=actor, object=_named(row), diff=diff, now=now)


def move_reason(reason_id: int, *, up: bool, actor: str, now: datetime) -> None:
    """Move the reason by one place in the menu; at the end of it nothing happens. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        rows = list(
            AvailabilityReason.objects.select_for_update().filter(active=True).order_by("position", "code")
        )
        at = next((n for n, row in enumerate(rows) if row.pk == reason_id), None)
        if at is None:
            raise NotFound
        to = at - 1 if up else at + 1
        if not 0 <= to < len(rows):
            return
        before = {"order": [row.code for row in rows]}
        rows[at], rows[to] = rows[to], rows[at]
        for position, row in enumerate(rows, start=1):
            row.position = position
        AvailabilityReason.objects.bulk_update(rows, ["position"])
        diff = changes(before, {"order": [row.code for row in rows]})
        audit("reason.changed", actor=actor, object=_named(rows[to]), diff=diff, now=now)


def set_term(
    reason_id: int, *, brand_id: int, billable: bool, since: date, actor: str, now: datetime
) -> ReasonTerm:
    """Say whether the client pays for the reason, from the start of that day in the client's zone on.

    Today at the earliest; said again for the same day it is what holds. Raises TermRefused, NotFound.
    """
    card = card_by_id(brand_id)
    if card is None:
        raise NotFound
    zone = ZoneInfo(card.timezone)
    if since < now.astimezone(zone).date():
        raise TermRefused(_("What is past is billed as it was. Choose today or later."))
    with labour_scope(), transaction.atomic():
        reason = _locked(reason_id)
        row, made = ReasonTerm.objects.select_for_update().get_or_create(
            reason=reason, brand_id=brand_id, valid_from=datetime.combine(since, time(), zone),
            defaults={"billable": billable},
        )  # fmt: skip
        if not made and row.billable == billable:
            return row
        diff = {"billable": [None if made else row.billable, billable], "since": [None, since.isoformat()]}
        row.billable = billable
        row.save(update_fields=["billable"])
        audit("reason.term_set", actor=actor, brand_id=brand_id, object=_named(reason), diff=diff, now=now)
    return row


def remove_term(term_id: int, *, actor: str, now: datetime) -> None:
    """Take back a term that has not begun. Raises TermRefused for one that has, NotFound."""
    with labour_scope(), transaction.atomic():
        rows = ReasonTerm.objects.select_for_update(of=("self",)).select_related("reason")
        row = rows.filter(pk=term_id).first()
        if row is None:
            raise NotFound
        if row.valid_from <= now:
            raise TermRefused(_("This holds already: say from when on another one does."))
        row.delete()
        diff = {"billable": [row.billable, None], "since": [row.valid_from.isoformat(), None]}
        audit(
            "reason.term_removed", actor=actor, brand_id=row.brand_id, object=_named(row.reason), diff=diff,
            now=now,
        )  # fmt: skip


def is_billable(reason_code: str, brand_id: int, at: datetime) -> bool:
    """Tell whether the client pays for an agent who is away for that reason at that instant; no term: no."""
    with labour_scope():
        terms = ReasonTerm.objects.filter(reason__code=reason_code, brand_id=brand_id, valid_from__lte=at)
        return bool(terms.order_by("-valid_from").values_list("billable", flat=True).first())


def all_reasons() -> list[AvailabilityReason]:
    """Return the reasons in the order of the menu, archived ones last."""
    with labour_scope():
        return list(
            AvailabilityReason.objects.exclude(kind=ReasonKind.SYSTEM).order_by("-active", "position", "code")
        )


def get_reason(reason_id: int) -> AvailabilityReason:
    """Return the reason. Raises NotFound."""
    with labour_scope(), transaction.atomic():
        return _locked(reason_id)


def terms_of(reason_id: int, now: datetime) -> list[Term]:
    """Return every term of the reason, by client, the newest first."""
    with labour_scope():
        rows = list(ReasonTerm.objects.filter(reason_id=reason_id).order_by("-valid_from", "-pk"))
    held: set[int] = set()
    found: list[Term] = []
    for row in rows:
        card = card_by_id(row.brand_id)
        if card is None:
            continue
        ahead = row.valid_from > now
        is_now = not ahead and row.brand_id not in held
        held |= {row.brand_id} if is_now else set()
        found.append(
            Term(row.pk, row.brand_id, card.name, row.billable, row.valid_from, card.timezone, is_now, ahead)
        )
    return sorted(found, key=lambda one: (one.client.casefold(), one.brand_id))


def _locked(reason_id: int) -> AvailabilityReason:
    rows = AvailabilityReason.objects.exclude(kind=ReasonKind.SYSTEM).filter(pk=reason_id)
    row = rows.select_for_update().first()
    if row is None:
        raise NotFound
    return row


def _fresh(label: str) -> AvailabilityReason:
    last = AvailabilityReason.objects.aggregate(last=Max("position"))["last"] or 0
    return AvailabilityReason(code=slugify(label)[:32] or "reason", position=last + 1)


def _others(row: AvailabilityReason) -> "QuerySet[AvailabilityReason]":
    return AvailabilityReason.objects.exclude(pk=row.pk)


def _save(row: AvailabilityReason) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken from error


def _named(row: AvailabilityReason) -> str:
    return f"reason:{row.pk} {row.label}"
