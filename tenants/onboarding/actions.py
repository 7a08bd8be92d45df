"""The verbs of onboarding: begin, save a step, build, undo, go live. Each is one transaction.

Killed at any point, what is left is the draft as it was or the brand as a whole.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from tenants.actions import create_brand, drop_brand, move_brand
from tenants.audit import audit, gathered
from tenants.binding import undivided
from tenants.cards import card_by_id, card_of
from tenants.choices import BrandKind, BrandState, DraftState
from tenants.look.actions import remove_logo
from tenants.look.logos import Logo, read_logo
from tenants.models import Brand
from tenants.onboarding import brand as brand_step
from tenants.onboarding import logo
from tenants.onboarding.access import OPEN, Stale, lock_draft
from tenants.onboarding.blueprints import BLANK, blueprint, copy_of
from tenants.onboarding.checklist import checklist, unexcused
from tenants.onboarding.models import OnboardingDraft, SoftLaunch
from tenants.onboarding.registry import Data, Work, finishes, in_turn, step_named, steps
from tenants.onboarding.shapes import Errors, Invalid, read
from tenants.onboarding.values import SAVED, DraftView, view_of
from tenants.scope import labour_scope
from tenants.values import BrandCard, Grant


class NotReady(RoomError):
    """The checklist says no: something is red, or amber without a reason."""

    status = 422
    code = "not_ready"


def start(
    *, blueprint_name: str = BLANK, like: BrandCard | None = None, kind: str = BrandKind.CLIENT, grant: Grant,
    actor: str, now: datetime,
) -> DraftView:  # fmt: skip
    """Begin an onboarding with what a blueprint proposes, or after another client. Raises NotFound.

    `kind`: a client or a sandbox.
    """
    data = copy_of(like, grant) if like else blueprint(blueprint_name).data
    name = f"like:{like.slug}"[:40] if like else blueprint_name
    with transaction.atomic(), labour_scope():
        row = OnboardingDraft.objects.create(
            kind=kind, blueprint=name, data=data, step=steps()[0].name, created_by=actor, changed_at=now
        )
        _note("started", row, actor=actor, now=now)
        return view_of(row)


def save_step(
    ref: UUID, name: str, data: Any, *, version: int, grant: Grant, actor: str, now: datetime
) -> DraftView:
    """Keep one step's data; where the brand stands already, put it into force there too.

    Raises Invalid ({path: [words]}, nothing is kept), Stale, NotFound.
    """
    step = step_named(name)
    if step is None:
        raise NotFound
    with transaction.atomic():
        with labour_scope():
            row = lock_draft(ref, version)
            card = card_by_id(row.brand_id) if row.brand_id else None
        context = {"brand": card, "draft": row.ref, "steps": row.data}
        cleaned = read(step.shape, data, path=name, context=context)
        with labour_scope():
            row.data = row.data | {name: cleaned, SAVED: [*dict.fromkeys([*row.data.get(SAVED, ()), name])]}
            _keep(row, step=name, actor=actor, verb="saved", now=now)
        if card:
            with gathered():
                _apply(card, row.data, grant=grant, actor=actor, now=now)
        return view_of(row)


def keep_logo(ref: UUID, data: bytes, *, version: int, actor: str, now: datetime) -> DraftView:
    """Keep the uploaded file as the logo; a brand that stands already shows it. Raises BadLogo, Stale,
    NotFound.
    """
    picture = read_logo(data)
    with transaction.atomic(), labour_scope():
        row = lock_draft(ref, version)
        logo.keep(row, picture, now=now)
        _keep(row, step=brand_step.NAME, actor=actor, verb="saved", now=now)
        if row.brand_id:
            logo.give(row, row.brand_id, actor=actor, now=now)
        return view_of(row)


def forget_logo(ref: UUID, *, version: int, actor: str, now: datetime) -> DraftView:
    """Have no logo again: the first letter is shown. Raises Stale, NotFound."""
    with transaction.atomic(), labour_scope():
        row = lock_draft(ref, version)
        logo.forget(row)
        _keep(row, step=brand_step.NAME, actor=actor, verb="saved", now=now)
        if row.brand_id:
            remove_logo(row.brand_id, actor=actor, now=now)
        return view_of(row)


def check_step(draft: DraftView, name: str, data: Any, *, version: int) -> Data:
    """Return what `save_step` would keep, and keep nothing. Raises Invalid, Stale, NotFound."""
    step = step_named(name)
    if step is None or not draft.is_open:
        raise NotFound
    if draft.version != version:
        raise Stale
    context = {"brand": draft.brand, "draft": draft.ref, "steps": draft.data}
    return read(step.shape, data, path=name, context=context)


def errors_of(draft: DraftView) -> Errors:
    """Return what stands between the draft and its brand, {path: [words]} over all steps."""
    try:
        checked(draft.data, brand=draft.brand)
    except Invalid as error:
        return error.errors
    return {}


def build(ref: UUID, *, version: int, grant: Grant, actor: str, now: datetime) -> DraftView:
    """Make the brand with everything in the draft, whole or not at all; it is served to nobody but its test.

    Raises Invalid with every error of every step, SlugTaken, Stale, NotFound.
    """
    with transaction.atomic():
        with labour_scope():
            row = lock_draft(ref, version)
        if row.brand_id:
            return view_of(row)
        _build(row, grant=grant, actor=actor, now=now)
        return view_of(row)


def onboard(
    data: Mapping[str, Any], *, key: str, digest: str, kind: str = BrandKind.CLIENT,
    blueprint_name: str = BLANK, picture: Logo | None = None, grant: Grant, actor: str, now: datetime,
) -> DraftView:  # fmt: skip
    """Begin and build in one: {step: data} of a file or a call, and a logo. Raises Invalid, SlugTaken."""
    with transaction.atomic():
        with labour_scope():
            row = OnboardingDraft.objects.create(
                data=dict(data),
                key=key,
                digest=digest,
                kind=kind,
                blueprint=blueprint_name,
                created_by=actor,
                changed_at=now,
            )
            if picture:
                logo.keep(row, picture, now=now)
        _build(row, grant=grant, actor=actor, now=now)
        return view_of(row)


def undo(ref: UUID, *, version: int, actor: str, now: datetime) -> None:
    """Take back what is not live: the draft's data, and the brand with all that any room holds of it.

    Raises Stale, NotFound (a live one is not undone).
    """
    with transaction.atomic():
        with labour_scope():
            row = lock_draft(ref, version)
            logo.forget(row)
            row.state, row.data, row.key = DraftState.UNDONE, {}, None
            _keep(row, step="", actor=actor, verb="undone", now=now)
        if row.brand_id:
            drop_brand(row.brand_id, actor=actor, now=now)


def reset(ref: UUID, *, version: int, grant: Grant, actor: str, now: datetime) -> DraftView:
    """Make a sandbox anew, as its onboarding says: all that was practised in it is gone, whole or not at all.

    Raises Stale, NotFound (also for what is no sandbox), Invalid when its set-up does not hold any more.
    """
    with transaction.atomic():
        with labour_scope():
            row = lock_draft(ref, version)
        if row.kind != BrandKind.SANDBOX or not row.brand_id:
            raise NotFound
        drop_brand(row.brand_id, actor=actor, now=now)
        row.brand = None
        _build(row, grant=grant, actor=actor, now=now)
        _note("reset", row, actor=actor, now=now)
        return view_of(row)


def go_live(brand: BrandCard, *, reasons: Mapping[str, str], grant: Grant, actor: str, now: datetime) -> None:
    """Open the public entrances. `reasons`: {check: why it is well as it is} for what is amber; written down.

    Raises NotReady, tenants.actions.WrongState.
    """
    given = excused(brand, reasons, grant, now=now)
    with transaction.atomic():
        move_brand(
            brand.id, to=BrandState.LIVE, come_from=[BrandState.ONBOARDING, BrandState.SOFT], actor=actor,
            reason=given, now=now,
        )  # fmt: skip
        with labour_scope():
            SoftLaunch.objects.filter(brand_id=brand.id).delete()
        finish(brand.id, actor=actor, now=now)


def excused(brand: BrandCard, reasons: Mapping[str, str], grant: Grant, *, now: datetime) -> str:
    """Return the reasons for what is amber as one text, if nothing else is in the way. Raises NotReady."""
    if brand.kind == BrandKind.SANDBOX:
        raise NotReady(_("A sandbox is for training: it is never opened to customers."))
    findings = checklist(brand, grant, now=now)
    if missing := unexcused(findings, reasons):
        raise NotReady(_("Not yet: %(titles)s.") % {"titles": ", ".join(missing)})
    given = {line.name: reasons[line.name].strip() for line in findings if line.state == "warn"}
    return "; ".join(f"{name}: {why}" for name, why in given.items())


def finish(brand_id: int, *, actor: str, now: datetime) -> None:
    """Close the onboarding, if there is an open one: from now on it cannot be taken back."""
    with transaction.atomic(), labour_scope():
        for row in OnboardingDraft.objects.select_for_update().filter(brand_id=brand_id, state__in=OPEN):
            row.state = DraftState.LIVE
            _keep(row, step="live", actor=actor, verb="finished", now=now)


def pause(brand: BrandCard, *, actor: str, now: datetime) -> None:
    """Close the public entrances at once: visitors are told so, nobody gets in. Raises WrongState."""
    move_brand(
        brand.id, to=BrandState.PAUSED, come_from=[BrandState.LIVE, BrandState.SOFT], actor=actor, now=now
    )


def resume(brand: BrandCard, *, actor: str, now: datetime) -> None:
    """Open them again, as far as they were open. Raises WrongState."""
    with transaction.atomic():
        with labour_scope():
            soft = SoftLaunch.objects.select_for_update().filter(brand_id=brand.id).exists()
        to = BrandState.SOFT if soft else BrandState.LIVE
        move_brand(brand.id, to=to, come_from=[BrandState.PAUSED], actor=actor, now=now)


def checked(data: Mapping[str, Any], *, brand: BrandCard | None = None) -> dict[str, Data]:
    """Read {step: data} with every step's shape. Raises Invalid with all that is wrong in any of them."""
    errors: Errors = {}
    cleaned: dict[str, Data] = {}
    context = {"brand": brand, "draft": None, "steps": data}
    for step in steps():
        if step.name not in data and not step.needed:
            continue
        try:
            cleaned[step.name] = read(step.shape, data.get(step.name, {}), path=step.name, context=context)
        except Invalid as error:
            errors |= error.errors
    if errors:
        raise Invalid(errors)
    return cleaned


def _build(row: OnboardingDraft, *, grant: Grant, actor: str, now: datetime) -> None:
    """Make the brand of the locked row and apply every step to it, in the caller's transaction."""
    with gathered(), undivided():
        _build_whole(row, grant=grant, actor=actor, now=now)


def _build_whole(row: OnboardingDraft, *, grant: Grant, actor: str, now: datetime) -> None:
    beside = {name: row.data[name] for name in (SAVED, logo.LOGO) if name in row.data}
    cleaned = checked(row.data)
    fields = {name: cleaned[brand_step.NAME][name] for name in ("slug", *brand_step.KEPT)}
    brand: Brand = create_brand(**fields, kind=row.kind, state=BrandState.ONBOARDING, actor=actor, now=now)
    others = {name: data for name, data in cleaned.items() if name != brand_step.NAME}
    _apply(card_of(brand), others, grant=grant, actor=actor, now=now)
    with labour_scope():
        logo.give(row, brand.pk, actor=actor, now=now)
        row.brand, row.state, row.data = brand, DraftState.APPLIED, cleaned | beside
        _keep(row, step="test", actor=actor, verb="built", now=now)


def _apply(brand: BrandCard, data: Mapping[str, Any], *, grant: Grant, actor: str, now: datetime) -> None:
    card = brand
    for step in in_turn():
        if step.name in data:
            step.apply(Work(card, data[step.name], grant, actor, now))
            if step.name == brand_step.NAME:
                card = card_by_id(brand.id) or brand
    for finish in finishes():
        finish(card, grant, now)


def _keep(row: OnboardingDraft, *, step: str, actor: str, verb: str, now: datetime) -> None:
    row.step, row.version, row.changed_at = step, row.version + 1, now
    row.save()
    _note(verb, row, actor=actor, now=now)


def _note(verb: str, row: OnboardingDraft, *, actor: str, now: datetime) -> None:
    audit(
        f"onboarding.{verb}", actor=actor, brand_id=row.brand_id, object=f"onboarding:{row.ref}",
        diff={"step": row.step, "version": row.version}, now=now,
    )  # fmt: skip
