"""How much of their units a new agent has on which day. Pure but for the words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

RampSteps = Sequence[tuple[int, int]]  # (day since the start, percent of the units from then on)
MOST_STEPS = 12
MOST_DAYS = 366


def percent_on(steps: RampSteps, day: int) -> int:
    """Return the percent of the `day`-th day, 0 being the first; before the start that of the first step."""
    reached = [percent for since, percent in steps if since <= day]
    return reached[-1] if reached else steps[0][1]


def step_errors(steps: RampSteps) -> dict[str, str]:
    """Return {"steps": what is wrong with them}, {} when they are sound."""
    days = [day for day, _percent in steps]
    if not steps:
        return {"steps": _("Say at least one step.")}
    if len(steps) > MOST_STEPS:
        return {"steps": _("Use at most %(count)d steps.") % {"count": MOST_STEPS}}
    if days[0] != 0:
        return {"steps": _("The first step is of day 0.")}
    if days != sorted(set(days)) or days[-1] > MOST_DAYS:
        return {"steps": _("Each step is of a later day, within a year.")}
    if not all(1 <= percent <= 100 for _day, percent in steps):
        return {"steps": _("Say percent, 1 to 100.")}
    return {}
