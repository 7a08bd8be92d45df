"""The metrics of agents' time, after KPI.md section 3, as far as they can be said of one brand.

What was for this brand: work on its contacts, each agent's hour shared out by concurrency; waiting, absences
and breaks of agents who were kept for it (dedicated), and what was written down for it. Waiting in a shared
pool is nobody's, so a brand that shares its agents has occupancies near 100 %.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.metrics import HIGHER, LABOUR, LOWER, NEITHER, Metric

AGENTS = "agents"
ATTRIBUTION = _("Agents' time belongs to the quarter of an hour in which it passed.")
EXCLUSIONS = _("Time on tests, and time that was not for this brand, is left out.")
AT_WORK = "time_worked+time_waiting+time_elsewhere+time_missed"
HERE = f"{AT_WORK}+time_break"


def _metric(
    id: str, name: Promise, words: Promise, unit: str, top: str, bottom: str, copc: str, better: str = NEITHER
) -> Metric:  # fmt: skip
    return Metric(
        id, 1, id.lower().replace(".", "-"), AGENTS, name, words, unit, top, bottom, copc=copc,
        attribution=ATTRIBUTION, exclusions=EXCLUSIONS, source=LABOUR, better=better,
    )  # fmt: skip


OCCUPANCY = _metric(
    "OCC.STD", _("Occupancy"),
    _("Talk, hold, wrap-up and consulting, out of that and the waiting of agents kept for this brand."),
    "percent", "time_worked", "time_worked+time_waiting", "Occupancy",
)  # fmt: skip
UTILISATION = _metric(
    "UTL.PAID", _("Utilization of paid time"),
    _("Time on contacts, out of all paid time that was for this brand."),
    "percent", "time_worked", "time_paid", "Utilization", HIGHER,
)  # fmt: skip
CONCURRENCY = _metric(
    "CONC", _("Concurrency"),
    _("How many of this brand's contacts an agent had at once, on average, while there was at least one."),
    "ratio", "time_session", "time_busy", "Concurrency",
)  # fmt: skip
ENGAGED = _metric(
    "AHT.ENG", _("Handle time, agents' share"),
    _("Agents' time on contacts, shared out where there were several at once, for each handled contact."),
    "seconds", "time_worked", "handled", "Average Handle Time", LOWER,
)  # fmt: skip
PRODUCTIVE = _metric(
    "PROD", _("Productive hours"),
    _("Time on contacts, and waiting for them, of agents kept for this brand."),
    "minutes", "time_worked+time_waiting", "", "Production Hours",
)  # fmt: skip
DEDICATED = _metric(
    "DED", _("Dedicated hours"),
    _("Work through this brand's dedicated pools, and the waiting and absences of their agents."),
    "minutes", "time_dedicated", "", "Dedicated Hours",
)  # fmt: skip
BILLABLE = _metric(
    "BILL", _("Billable hours"),
    _("Time on contacts, waiting of dedicated agents, and absences for reasons that this brand pays for."),
    "minutes", "time_billable", "", "Billable Hours",
)  # fmt: skip

METRICS: tuple[Metric, ...] = (
    OCCUPANCY,
    _metric(
        "OCC.ICMI", _("Occupancy, all activity"),
        _("All activity for this brand, training too, out of the time at work for it; breaks are left out."),
        "percent", "time_worked+time_elsewhere", AT_WORK, "Occupancy",
    ),
    UTILISATION,
    _metric(
        "UTL.ICMI", _("Utilization of working time"),
        _("Time on contacts and waiting for them, out of the time at work for it; breaks are left out."),
        "percent", "time_worked+time_waiting", AT_WORK, "Utilization", HIGHER,
    ),
    _metric(
        "AVAIL", _("Availability"),
        _("Time on contacts and ready for them, out of all signed-in time for this brand."),
        "percent", "time_worked+time_waiting", HERE, "Availability", HIGHER,
    ),
    CONCURRENCY,
    ENGAGED,
    PRODUCTIVE,
    DEDICATED,
    BILLABLE,
    _metric(
        "SHR.INT", _("Shrinkage, internal"),
        _("Paid training, meetings, breaks and other work, out of all paid time for it; leave not known."),
        "percent", "time_paid_away", "time_paid", "Shrinkage", LOWER,
    ),
)  # fmt: skip
SHOWN = (PRODUCTIVE, BILLABLE, OCCUPANCY, UTILISATION, CONCURRENCY, ENGAGED)
"""What the page of agents' time begins with."""
