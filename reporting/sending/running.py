"""The worker's way through a brand's plans. What goes wrong with one report keeps no other one back."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from itertools import islice

from core.errors import RoomError
from reporting.actions.links import take_back
from reporting.actions.sending import issue_due, send_due, send_restated
from reporting.issued.kept import Issued, keep_files
from reporting.periods import Period
from reporting.sending.plans import Plan, due, plans_of, restated
from tenants.binding import Bound
from tenants.choices import BrandKind
from tenants.scope import Grant, system, tenant_scope
from tenants.values import BrandCard

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Reports of a brand that one call sends; the next call goes on."""


@cache
def _grant() -> Grant:
    return system("issue and mail the brands' reports")


def send_all(brand: BrandCard, *, now: Callable[[], datetime]) -> int:
    """Send what is due in the brand, outside of any scope; returns how many reports were sent."""
    if brand.kind == BrandKind.SANDBOX:
        return 0
    try:
        with _scope(brand):
            plans = plans_of(brand, now=now())
            take_back([one.reader_id for plan in plans for one in plan.people if not one.may_read])
            waiting, newer = due(brand, plans, now=now()), restated(now=now())
    except Exception:
        log.exception("the plans of brand %s could not be read", brand.id)
        return 0
    sent = _some(_send(brand, plan, period, now) for plan, period in waiting)
    return sent + _some(_send_restated(brand, one, now) for one in newer)


def _some(tries: Iterable[bool]) -> int:
    """Try one after the other until AT_ONCE came through; returns how many did."""
    return sum(islice(filter(None, tries), AT_ONCE))


def _send(brand: BrandCard, plan: Plan, period: Period, now: Callable[[], datetime]) -> bool:
    sent = False
    with _alone_in_trouble(brand, period.first):
        with _scope(brand):
            one = issue_due(brand, plan, period, now=now())
        _make_files(brand, one, now())
        with _scope(brand):
            sent = send_due(brand, one, now=now())
    return sent


def _send_restated(brand: BrandCard, one: Issued, now: Callable[[], datetime]) -> bool:
    sent = False
    with _alone_in_trouble(brand, one.first):
        _make_files(brand, one, now())
        with _scope(brand):
            sent = send_restated(brand, one, now=now())
    return sent


@contextmanager
def _alone_in_trouble(brand: BrandCard, first: date) -> Iterator[None]:
    try:
        yield
    except RoomError as error:  # not over, not read, or somebody else is at it
        log.info("the report of brand %s from %s waits: %s", brand.id, first, error.message)
    except Exception:
        log.exception("the report of brand %s from %s was not sent", brand.id, first)


def _make_files(brand: BrandCard, one: Issued, now: datetime) -> None:
    """Make them before several senders want the same; what cannot be made lets its mails wait, with words."""
    try:
        keep_files(one, enter=lambda: _scope(brand), now=now)
    except Exception:
        log.exception("the files of a report of brand %s from %s could not be made", brand.id, one.first)


def _scope(brand: BrandCard) -> Bound:
    return tenant_scope(brand, _grant())
