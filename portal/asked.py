"""What the address of a report asks for: its period and the time that counts."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from core import clock
from portal.access import Visit
from reporting.choices import Counted
from reporting.periods import read_period


def asked(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return {"period", "zone", "counted", "now"}: what reporting needs to know."""
    now, zone = clock.now(), ZoneInfo(visit.brand.timezone)
    period = read_period(request.GET.dict(), now.astimezone(zone).date())
    return {"period": period, "zone": zone, "counted": _counted(request), "now": now}


def _counted(request: HttpRequest) -> Counted:
    """Read ?clock=; anything but a clock is all hours."""
    wanted = request.GET.get("clock", "")
    return Counted(wanted) if wanted in Counted.values else Counted.ELAPSED
