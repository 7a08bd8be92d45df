"""The worker's way through a brand's plans. What goes wrong with one period keeps no other one back."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache

from reporting.actions.issuing import NotIssued
from reporting.actions.sending import send_due
from reporting.choices import FileForm
from reporting.issued.kept import file_of, find_issued
from reporting.periods import Period
from reporting.sending.plans import Plan, due
from tenants.binding import Bound
from tenants.choices import BrandKind
from tenants.scope import Grant, system, tenant_scope
from tenants.values import BrandCard

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Periods of a brand that one call sends; the next call goes on."""


@cache
def _grant() -> Grant:
    return system("issue and mail the brands' reports")


def send_all(brand: BrandCard, *, now: Callable[[], datetime]) -> int:
    """Send what is due in the brand, outside of any scope; returns how many periods were sent."""
    if brand.kind == BrandKind.SANDBOX:
        return 0
    try:
        with _scope(brand):
            waiting = due(brand, now=now())[:AT_ONCE]
        return sum(_send(brand, plan, period, now) for plan, period in waiting)
    except Exception:
        log.exception("the plans of brand %s could not be read", brand.id)
        return 0


def _send(brand: BrandCard, plan: Plan, period: Period, now: Callable[[], datetime]) -> bool:
    try:
        with _scope(brand):
            sent = send_due(brand, plan, period, now=now())
        if sent:
            _make_files(brand, plan, period, now())
    except NotIssued as error:
        log.info("the report of brand %s from %s waits: %s", brand.id, period.first, error.message)
        return False
    except Exception:
        log.exception("the report of brand %s from %s was not sent", brand.id, period.first)
        return False
    return sent


def _make_files(brand: BrandCard, plan: Plan, period: Period, now: datetime) -> None:
    """Make them once, before several senders want the same; who finds none makes it."""
    with _scope(brand):
        one = find_issued(plan.kind, period.first)
    if one is None:
        return
    for form in (*map(FileForm, plan.forms), FileForm.PNG):
        file_of(one, form, enter=lambda: _scope(brand), now=now)


def _scope(brand: BrandCard) -> Bound:
    return tenant_scope(brand, _grant())
