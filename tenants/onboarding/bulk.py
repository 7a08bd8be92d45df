"""Edits from a blueprint over several clients: looked at, applied client by client, taken back as long as
nobody changed it since.

Each client is a transaction of its own, claimed by its line: killed at any point, a client is done or waits,
and `run` goes on. A value that is the client's own (not what its blueprint or the last such edit gave) is
left alone unless somebody saw it and said to overwrite exactly that.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.choices import BrandState, BulkOutcome, BulkState
from tenants.models import Brand
from tenants.onboarding.blueprints import BLANK, blueprint
from tenants.onboarding.models import BulkEdit, BulkLine, OnboardingDraft
from tenants.onboarding.registry import Data, Part, Value, Work, part_named, parts
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant

MOST_CLIENTS = 500
A_PAGE = 20
LEFT = {BulkState.RUNNING: BulkOutcome.WAITING, BulkState.UNDOING: BulkOutcome.APPLIED}
"""Which clients have something left to do, by the state of the edit."""
Standing = Literal["same", "clean", "own", "none"]


class WrongEdit(RoomError):
    """Nothing was chosen, or the edit is not in a state where that goes."""

    code = "bulk"


@dataclass(frozen=True, slots=True)
class Look:
    """One part of one client: what it has, what it would have, and how the two stand.

    `same`: nothing to do. `clean`: it has what a blueprint gave. `own`: it has something of its own, told by
    `mark`. `none`: nothing of the blueprint fits.
    """

    part: Part
    standing: Standing
    held: Value
    proposed: Value
    mark: str


@dataclass(frozen=True, slots=True)
class EditView:
    """An edit as screens show it. `counts`: {outcome: how many clients}."""

    ref: UUID
    blueprint: str
    parts: tuple[str, ...]
    state: str
    state_words: str
    created_by: str
    created_at: datetime
    counts: dict[str, int]

    @property
    def clients(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """In how many clients something is still to do."""
        wanted = LEFT.get(BulkState(self.state))
        return self.counts.get(wanted, 0) if wanted else 0


@dataclass(frozen=True, slots=True)
class LineView:
    """One client of it; `changed` are names of parts, `kept` {part: reason}, `overwrite` {part: mark}."""

    brand_id: int
    outcome: str
    overwrite: dict[str, str]
    changed: tuple[str, ...]
    kept: dict[str, str]
    fault: str


def get_edit(ref: UUID) -> EditView:
    """Return the edit. Who may is settled before: operators. Raises NotFound."""
    with labour_scope():
        row = BulkEdit.objects.filter(ref=ref).first()
        if row is None:
            raise NotFound
        return _views([row])[0]


def edit_page(number: str | int) -> "Page[EditView]":
    """Return a page of all edits, the newest first."""
    with labour_scope():
        page: Page[Any] = Paginator(BulkEdit.objects.order_by("-created_at", "-id"), A_PAGE).get_page(number)
        page.object_list = _views(list(page.object_list))
    return page


def lines_page(ref: UUID, number: str | int) -> "Page[LineView]":
    """Return a page of its clients."""
    with labour_scope():
        rows = BulkLine.objects.filter(edit__ref=ref).order_by("pk")
        page: Page[Any] = Paginator(rows, A_PAGE).get_page(number)
        page.object_list = [
            LineView(
                row.brand_id, row.outcome, dict(row.overwrite), tuple(row.after), dict(row.kept), row.fault
            )
            for row in page.object_list
        ]
    return page


def _views(rows: list[BulkEdit]) -> list[EditView]:
    counted = BulkLine.objects.filter(edit__in=rows).values_list("edit_id", "outcome")
    counts: dict[int, dict[str, int]] = {}
    for edit_id, outcome, count in counted.annotate(count=Count("pk")):
        counts.setdefault(edit_id, {})[outcome] = count
    return [
        EditView(
            row.ref, row.blueprint, tuple(row.parts), row.state, str(row.get_state_display()),
            row.created_by, row.created_at, counts.get(row.pk, {}),
        )
        for row in rows
    ]  # fmt: skip


def begin(
    blueprint_name: str, names: Collection[str], brand_ids: Collection[int], *, actor: str, now: datetime
) -> UUID:
    """Note which parts shall go over which clients; changes nothing yet. Raises NotFound, WrongEdit."""
    blueprint(blueprint_name)
    chosen = [part.name for part in parts() if part.name in names]
    with transaction.atomic(), labour_scope():
        known = Brand.objects.exclude(state=BrandState.GONE).filter(pk__in=brand_ids)
        ids = sorted(known.values_list("pk", flat=True))
        if not chosen or not ids:
            raise WrongEdit(_("Choose at least one part and one client."), status=422)
        if len(ids) > MOST_CLIENTS:
            raise WrongEdit(_("At most %(count)d clients at once.") % {"count": MOST_CLIENTS}, status=422)
        edit = BulkEdit.objects.create(
            blueprint=blueprint_name, parts=chosen, created_by=actor, created_at=now, changed_at=now
        )
        BulkLine.objects.bulk_create(BulkLine(edit=edit, brand_id=pk, changed_at=now) for pk in ids)
        return edit.ref


def look(edit: BulkEdit | EditView, brand: BrandCard, grant: Grant, *, now: datetime) -> list[Look]:
    """Compare the client with the blueprint, part by part, as both are now."""
    data, base = blueprint(edit.blueprint).data, _base_of(brand.id)
    return [_look(part, data, base, brand, grant, now=now) for part in _parts_of(edit)]


def allow(ref: UUID, marks: Mapping[int, Mapping[str, str]], *, now: datetime) -> None:
    """Note {brand id: {part: mark}} of what may be overwritten, in place of what was noted for these clients.

    Raises NotFound, WrongEdit once it runs.
    """
    with transaction.atomic(), labour_scope():
        edit = _locked(ref, BulkState.DRAFT)
        for line in edit.lines.filter(brand_id__in=list(marks)):
            line.overwrite = dict(marks[line.brand_id])
            line.save(update_fields=["overwrite"])


def apply(ref: UUID, *, actor: str, now: datetime) -> None:
    """Let it run, from the first client to the last. Raises NotFound, WrongEdit."""
    _move(ref, BulkState.DRAFT, BulkState.RUNNING, actor=actor, now=now)


def undo(ref: UUID, *, actor: str, now: datetime) -> None:
    """Take it back in every client that still has what it gave. Raises NotFound, WrongEdit."""
    _move(ref, BulkState.DONE, BulkState.UNDOING, actor=actor, now=now)


def retry(ref: UUID, *, actor: str, now: datetime) -> None:
    """Let it run again in the clients in which it failed. Raises NotFound, WrongEdit."""
    with transaction.atomic(), labour_scope():
        edit = _locked(ref, BulkState.DONE)
        edit.lines.filter(outcome=BulkOutcome.FAILED).update(outcome=BulkOutcome.WAITING, fault="")
        _move(ref, BulkState.DONE, BulkState.RUNNING, actor=actor, now=now)


def discard(ref: UUID) -> None:
    """Forget an edit that changed nothing yet. Raises NotFound, WrongEdit."""
    with transaction.atomic(), labour_scope():
        _locked(ref, BulkState.DRAFT).delete()


def run(ref: UUID, grant: Grant, *, now: datetime) -> int:
    """Do what is left to do, a transaction for each client; returns how many. Two at once share the work."""
    done = 0
    while _step(ref, grant, now=now):
        done += 1
    return done


def going() -> list[UUID]:
    """Return the edits that have something left to do, the oldest first."""
    with labour_scope():
        rows = BulkEdit.objects.filter(state__in=[BulkState.RUNNING, BulkState.UNDOING]).order_by("pk")
        return list(rows.values_list("ref", flat=True))


def _step(ref: UUID, grant: Grant, *, now: datetime) -> bool:
    """Do one client, or note that all are done. A client that fails is noted and left as it was."""
    with transaction.atomic():
        with labour_scope():
            edit = BulkEdit.objects.filter(ref=ref).first()
            line = _next_line(edit) if edit else None
        if edit is None:
            return False
        if line is None:
            with labour_scope():
                _finish(edit, now=now)
            return False
        brand = card_by_id(line.brand_id)
        try:
            with transaction.atomic():
                if brand is None:
                    raise NotFound
                work = _apply_line if edit.state == BulkState.RUNNING else _undo_line
                work(edit, line, brand, grant, now=now)
        except Exception as error:  # one client's trouble is not the others'
            line.outcome, line.fault = BulkOutcome.FAILED, _words_of(error)
        line.changed_at = now
        with labour_scope():
            line.save()
    return True


def _next_line(edit: BulkEdit) -> BulkLine | None:
    wanted = LEFT.get(BulkState(edit.state))
    if wanted is None:
        return None
    rows = edit.lines.filter(outcome=wanted).order_by("pk")
    found: BulkLine | None = rows.select_for_update(skip_locked=True).first()
    return found


def _finish(edit: BulkEdit, *, now: datetime) -> None:
    """Note that it is done, unless somebody else is still at a client of it."""
    ends = {BulkState.RUNNING: BulkState.DONE, BulkState.UNDOING: BulkState.UNDONE}
    for state, end in ends.items():
        if edit.state == state and not edit.lines.filter(outcome=LEFT[state]).exists():
            BulkEdit.objects.filter(pk=edit.pk, state=state).update(state=end, changed_at=now)


def _apply_line(edit: BulkEdit, line: BulkLine, brand: BrandCard, grant: Grant, *, now: datetime) -> None:
    before, after, kept = {}, {}, {}
    for one in look(edit, brand, grant, now=now):
        seen = line.overwrite.get(one.part.name)
        if one.standing in ("same", "none"):
            continue
        if one.standing == "own" and seen != one.mark:
            kept[one.part.name] = "moved" if seen else "own"
            continue
        _write(one.part, one.proposed, edit, brand, grant, now=now)
        before[one.part.name], after[one.part.name] = one.held, one.part.read(brand, grant, now)
    line.before, line.after, line.kept, line.fault = before, after, kept, ""
    line.outcome = BulkOutcome.APPLIED if after else BulkOutcome.SAME
    if after:
        _note("bulk.applied", edit, brand, list(after), now=now)


def _undo_line(edit: BulkEdit, line: BulkLine, brand: BrandCard, grant: Grant, *, now: datetime) -> None:
    back, kept = [], dict(line.kept)
    for part in _parts_of(edit):
        if part.name not in line.after:
            continue
        if part.read(brand, grant, now) != line.after[part.name]:
            kept[part.name] = "changed_since"
            continue
        _write(part, line.before[part.name], edit, brand, grant, now=now)
        back.append(part.name)
    line.kept, line.fault, line.outcome = kept, "", BulkOutcome.UNDONE
    if back:
        _note("bulk.undone", edit, brand, back, now=now)


def _write(
    part: Part, value: Value, edit: BulkEdit, brand: BrandCard, grant: Grant, *, now: datetime
) -> None:
    part.write(Work(brand, {"value": value}, grant, edit.created_by, now))


def _look(
    part: Part, data: dict[str, Data], base: tuple[dict[str, Data], dict[str, Value]], brand: BrandCard,
    grant: Grant, *, now: datetime,
) -> Look:  # fmt: skip
    held = part.read(brand, grant, now)
    proposed = part.propose(data, held)
    first, last = base
    given = last[part.name] if part.name in last else part.propose(first, held)
    standing: Standing = "own"
    if proposed is None:
        standing = "none"
    elif proposed == held:
        standing = "same"
    elif held == given:
        standing = "clean"
    return Look(part, standing, held, proposed, _mark(held))


def _base_of(brand_id: int) -> tuple[dict[str, Data], dict[str, Value]]:
    """Return what the client began with, and {part: value} of what the last edit left in it."""
    with labour_scope():
        names = OnboardingDraft.objects.filter(brand_id=brand_id).values_list("blueprint", flat=True)
        lines = BulkLine.objects.filter(brand_id=brand_id, outcome=BulkOutcome.APPLIED).order_by("pk")
        given = list(lines.values_list("after", flat=True))
        name = names.first() or BLANK
    try:
        first = blueprint(name).data
    except NotFound:  # it was made like another client
        first = {}
    last: dict[str, Value] = {}
    for after in given:
        last |= after
    return first, last


def _mark(value: Value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _parts_of(edit: BulkEdit | EditView) -> list[Part]:
    return [part for name in edit.parts if (part := part_named(name))]


def _locked(ref: UUID, state: BulkState) -> BulkEdit:
    edit = BulkEdit.objects.select_for_update().filter(ref=ref).first()
    if edit is None:
        raise NotFound
    if edit.state != state:
        raise WrongEdit(_("This edit is %(state)s now.") % {"state": edit.get_state_display().lower()})
    return edit


def _move(ref: UUID, origin: BulkState, to: BulkState, *, actor: str, now: datetime) -> None:
    with transaction.atomic(), labour_scope():
        edit = _locked(ref, origin)
        edit.state, edit.changed_at = to, now
        edit.save(update_fields=["state", "changed_at"])
        diff: dict[str, Any] = {"blueprint": edit.blueprint, "parts": ", ".join(edit.parts)}
        verb = "bulk.started" if to == BulkState.RUNNING else "bulk.taken_back"
        audit(verb, actor=actor, object=f"bulk:{edit.ref}", diff=diff, now=now)


def _note(verb: str, edit: BulkEdit, brand: BrandCard, names: list[str], *, now: datetime) -> None:
    audit(
        verb, actor=edit.created_by, brand_id=brand.id, object=f"bulk:{edit.ref}",
        diff={"blueprint": edit.blueprint, "parts": ", ".join(names)}, now=now,
    )  # fmt: skip


def _words_of(error: Exception) -> str:
    """Say what went wrong: a refusal in its words, anything else by its kind alone."""
    return str(error.message)[:300] if isinstance(error, RoomError) else type(error).__name__
