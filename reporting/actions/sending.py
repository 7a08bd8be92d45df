"""Verbs that bring issued reports to people, inside a tenant_scope: plan it, send what is due, send one.

Nothing is sent from here: mails are promised in the same transaction as the period's run, and the outbox
(tenants.mail) sends them. `actor` is how the trail names who did it, `shown` what lists call them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.hosts import client_url
from core.errors import NotFound, RoomError
from core.ids import new_ref
from events.choices import Kind
from events.log import record
from interactions.errors import Invalid
from reporting.actions.issuing import issue_report
from reporting.actions.links import NewLink, make_link, take_back
from reporting.choices import AgentNames, ChartPlace, FileForm, Span
from reporting.issued.document import Asked
from reporting.issued.kept import Issued, find_issued, get_issued
from reporting.issued.models import IssuedReport
from reporting.periods import Period
from reporting.sending.mails import chart_cid, named_parts, words_of
from reporting.sending.models import HOURS, PlanReader, PlanRun, ReportLink, ReportMail, ReportPlan
from reporting.sending.people import Person, clean_addresses, seated
from reporting.sending.plans import FORMS, Plan, plan_of
from tenants.audit import audit
from tenants.binding import current_brand
from tenants.choices import BrandKind
from tenants.mail.actions import queue_mail, send_again
from tenants.mail.addressing import LONGEST, check_receiver
from tenants.values import BrandCard
from workforce.queries import shown_names

KEYS = UUID("6f1d3f0a-5a52-4f0e-9a41-0f7f2f9d2a39")
"""The name space of the keys by which plans issue."""
MOST_READERS = 50
SYSTEM = "system:reports"


class Ended(RoomError):
    """Its reader gets no more of these mails."""

    code = "mails_ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as somebody wants it; `addresses` beside the people with seats, `user_ids`.

    `again`: readers who said stop and are to get mails nevertheless.
    """

    is_on: bool
    hour: int
    language: str
    agents: str
    forms: tuple[str, ...]
    chart: str
    user_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    again: tuple[int, ...] = ()


def save_plan(
    brand: BrandCard, kind: Span, wanted: Wanted, *, shown: str, actor: str, now: datetime
) -> None:  # fmt: skip
    """Say how reports of that kind are sent from now on. Said again it changes nothing. Raises Invalid.

    Who said stop stays so, named or not: a form may be older than that. `wanted.again` alone undoes it.
    """
    addresses = clean_addresses(wanted.addresses)
    if wrong := _wrong(brand, wanted, addresses, now):
        raise Invalid(wrong)
    with transaction.atomic():
        plan, _made = ReportPlan.objects.select_for_update().get_or_create(
            kind=kind, defaults={"language": wanted.language, "changed_shown": shown, "changed_at": now}
        )
        changed = _take(plan, wanted, now) + _name(plan, wanted, addresses)
        if not changed:
            return
        plan.changed_shown, plan.changed_at = shown, now
        plan.save()
        diff: dict[str, Any] = {"fields": changed, "is_on": plan.is_on, "hour": plan.hour}
        audit("report.planned", actor=actor, brand_id=brand.id, object=f"plan:{kind}", diff=diff, now=now)
        data = {"kind": str(kind), "is_on": plan.is_on, "hour": plan.hour, "readers": plan.readers.count()}
        is_test = brand.kind == BrandKind.SANDBOX
        record(Kind.REPORT_PLANNED, data=data, is_test=is_test, occurred_at=now)


def issue_due(brand: BrandCard, plan: Plan, period: Period, *, now: datetime) -> Issued:
    """Issue the period if nobody has, under a key of its own. Raises NotIssued: not yet."""
    if made := find_issued(plan.kind, period.first):
        return made
    key = uuid5(KEYS, f"{brand.ref}:{plan.kind}:{period.first}")
    asked = Asked(brand, period, ZoneInfo(brand.timezone), plan.language, plan.agents, shown_names(brand.id))
    with translation.override(plan.language):
        return issue_report(asked, key=key, shown=_("By plan"), actor=SYSTEM, now=now)


def send_due(brand: BrandCard, one: Issued, *, now: datetime) -> bool:
    """Promise the mails of what was issued, to the plan's readers of now; False when it was done, or is off.

    The run of the period is written with its mails: whoever dies leaves all or nothing.
    """
    with transaction.atomic():
        if not _is_on(one.kind):
            return False
        said = {"report": _row(one), "ran_at": now}
        _run, is_first = PlanRun.objects.get_or_create(kind=one.kind, first=one.first, defaults=said)
        if is_first:
            plan = plan_of(brand, one.kind, now=now)
            _mail_all(brand, one, plan, plan.readers, now=now)
    return bool(is_first)


def send_restated(brand: BrandCard, one: Issued, *, now: datetime) -> bool:
    """Promise a restatement to whom a plan has sent the version before; False when it was done, or is off.

    Who gets no more mails of the plan gets none of this either.
    """
    with transaction.atomic():
        if not _is_on(one.kind):
            return False
        ran = PlanRun.objects.filter(kind=one.kind, first=one.first, report__ref=one.restates)
        if not ran.update(report=_row(one), ran_at=now) or one.newer:  # then its successor goes instead
            return False
        mailed = ReportLink.objects.filter(key__startswith=_key(one), reader__isnull=False)
        had = set(mailed.values_list("reader_id", flat=True))
        plan = plan_of(brand, one.kind, now=now)
        _mail_all(brand, one, plan, [each for each in plan.readers if each.reader_id in had], now=now)
    return True


def send_report(
    brand: BrandCard, ref: UUID, *, address: str, forms: Sequence[str] = (FileForm.PDF,), key: UUID,
    shown: str, actor: str, now: datetime,
) -> None:  # fmt: skip
    """Promise one mail with that version to an address. The same `key` is the same mail.

    Raises NotFound; Invalid: no address, or a sandbox, from which nothing is sent.
    """
    one, found = get_issued(ref), clean_addresses([address])
    if wrong := _wrong_addresses(found) or ({} if found else {"address": _("Write an address.")}):
        raise Invalid({"address": next(iter(wrong.values()))})
    if brand.kind == BrandKind.SANDBOX:
        raise Invalid({"address": _("Nothing is sent from a sandbox.")})
    person = Person(None, "", found[0])
    chart = ChartPlace.INLINE
    with transaction.atomic():
        _mail(
            brand, one, person, forms=forms, chart=chart, key=f"hand:{key}", shown=shown, actor=actor, now=now
        )


def send_mail_again(
    brand: BrandCard, ref: UUID, *, report_ref: UUID, actor: str, now: datetime
) -> None:  # fmt: skip
    """Queue a report's mail anew that did not leave for certain.

    Raises NotFound, NotResendable; Ended: by plan, to somebody who gets its mails no more.
    """
    row = ReportMail.objects.filter(ref=ref, report__ref=report_ref).first()
    if row is None:
        raise NotFound
    if not row.shown and not _still_gets(row.key, brand, now):
        raise Ended(_("They get no more mails of this plan."))
    send_again(row.mail_ref, brand_id=brand.id, actor=actor, now=now)


# ---- one mail ----


def _mail_all(brand: BrandCard, one: Issued, plan: Plan, readers: Sequence[Person], *, now: datetime) -> None:
    for person in readers:
        key = f"{_key(one)}{person.reader_id}" + (f":v{one.version}" if one.is_restated else "")
        _mail(brand, one, person, forms=plan.forms, chart=plan.chart, key=key, actor=SYSTEM, now=now)


def _key(one: Issued) -> str:
    """How the keys of a period's mails by plan begin."""
    return f"plan:{one.kind}:{one.first}:"


def _mail(
    brand: BrandCard, one: Issued, person: Person, *, forms: Sequence[str], chart: str, key: str,
    shown: str = "", actor: str, now: datetime,
) -> None:  # fmt: skip
    """Promise a mail and the link in it, unless this key did."""
    reader = PlanReader.objects.filter(pk=person.reader_id).first() if person.reader_id else None
    link = make_link(
        one.ref, key=key, made_for=person.address, shown=shown, reader=reader, actor=actor, now=now
    )
    if link is None:
        return
    cid = chart_cid(one, brand) if chart == ChartPlace.INLINE else ""
    stop = client_url(brand, f"{link.path}stop/") if reader else ""
    with translation.override(one.language):
        files = [str(FileForm(form).label) for form in forms]
    context = words_of(
        one, link=client_url(brand, link.path), expires_at=link.expires_at, stop=stop, chart_cid=cid,
        files=files,
    )  # fmt: skip
    mail = queue_mail(
        "report", to=person.address, context=context, brand=brand, key=f"report:{brand.id}:{key}",
        language=one.language, parts=named_parts(one, brand, forms, chart), stop_link=stop, now=now,
    )  # fmt: skip
    _keep(one, person, link, key=key, mail_ref=mail.ref, shown=shown, actor=actor, now=now)


def _keep(
    one: Issued, person: Person, link: NewLink, *, key: str, mail_ref: UUID, shown: str, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    row = ReportMail.objects.create(
        ref=new_ref(now), key=key, report=_row(one), mail_ref=mail_ref, name=person.name,
        address=person.address, shown=shown, made_at=now,
    )  # fmt: skip
    diff = {"mail": str(row.ref)}
    audit("report.mailed", actor=actor, brand_id=current_brand(), object=one.name, diff=diff, now=now)
    data = {"report": str(one.ref), "mail": str(row.ref), "link": str(link.ref), "by_plan": not shown}
    record(Kind.REPORT_MAILED, data=data, is_test=one.is_test, occurred_at=now)


def _row(one: Issued) -> IssuedReport:
    row: IssuedReport = IssuedReport.objects.only("pk").get(ref=one.ref)
    return row


# ---- a plan ----


def _is_on(kind: str) -> bool:
    """Tell whether the kind's plan is on; nobody changes it or says stop until the transaction ends."""
    return ReportPlan.objects.select_for_update().filter(kind=kind, is_on=True).first() is not None


def _still_gets(key: str, brand: BrandCard, now: datetime) -> bool:
    link = ReportLink.objects.select_related("reader__plan").filter(key=key).first()
    if link is None or link.reader is None:
        return False
    readers = plan_of(brand, Span(link.reader.plan.kind), now=now).readers
    return link.reader_id in {one.reader_id for one in readers}


def _take(plan: ReportPlan, wanted: Wanted, now: datetime) -> list[str]:
    """Put the wanted values into the row; returns which were others."""
    if wanted.is_on and not plan.is_on:
        plan.since = now
    values = {
        "is_on": wanted.is_on, "hour": wanted.hour, "language": wanted.language, "agents": wanted.agents,
        "forms": [form for form in FORMS if form in wanted.forms], "chart": wanted.chart,
    }  # fmt: skip
    changed = [name for name, value in values.items() if getattr(plan, name) != value]
    for name in changed:
        setattr(plan, name, values[name])
    return changed


def _name(plan: ReportPlan, wanted: Wanted, addresses: Sequence[str]) -> list[str]:
    """Make these the plan's readers; who stays keeps their row, and so does who said stop."""
    named = {(user_id, "") for user_id in wanted.user_ids} | {(None, address) for address in addresses}
    rows = {(row.user_id, row.address): row for row in plan.readers.all()}
    gone = [row.pk for key, row in rows.items() if key not in named and not row.stopped_at]
    back = [row.pk for row in rows.values() if row.pk in wanted.again and row.stopped_at]
    new = sorted(named - set(rows), key=str)
    if not (gone or back or new):
        return []
    take_back(gone)
    PlanReader.objects.filter(pk__in=gone).delete()
    PlanReader.objects.filter(pk__in=back).update(stopped_at=None)
    PlanReader.objects.bulk_create(
        [PlanReader(plan=plan, user_id=user_id, address=address) for user_id, address in new]
    )
    return ["readers"]


def _wrong(brand: BrandCard, wanted: Wanted, addresses: Sequence[str], now: datetime) -> dict[str, str]:
    """What of it nobody can mean, by the field."""
    wrong = dict(_wrong_addresses(addresses))
    known = seated(brand.id, now=now)
    if not 0 <= wanted.hour < HOURS:
        wrong["hour"] = _("Choose an hour of the day.")
    if wanted.language not in settings.CLIENT_LANGUAGES:
        wrong["language"] = _("Choose a language of the client's pages.")
    if wanted.agents not in AgentNames.values or wanted.chart not in ChartPlace.values:
        wrong["agents"] = _("Choose one of these.")
    if set(wanted.forms) - set(FORMS):
        wrong["attached"] = _("Choose out of these.")
    if set(wanted.user_ids) - set(known):
        wrong["user_ids"] = _("Choose people who may read the client's reports.")
    if len(wanted.user_ids) + len(addresses) > MOST_READERS:
        wrong["addresses"] = _("At most %(most)d get it.") % {"most": MOST_READERS}
    if wanted.is_on and not (wanted.user_ids or addresses or wanted.again):
        wrong["user_ids"] = _("Say who gets it, or leave it off.")
    if wanted.is_on and brand.kind == BrandKind.SANDBOX:
        wrong["is_on"] = _("Nothing is sent from a sandbox.")
    return wrong


def _wrong_addresses(addresses: Sequence[str]) -> dict[str, str]:
    for address in addresses:
        if not _is_address(address):
            return {"addresses": _("%(address)s is no address.") % {"address": address}}
    return {}


def _is_address(address: str) -> bool:
    """Tell whether a mail reaches it: a plan with one that none reaches would send nobody anything."""
    try:
        validate_email(address)
        check_receiver(address)
    except ValidationError:
        return False
    return len(address) <= LONGEST
