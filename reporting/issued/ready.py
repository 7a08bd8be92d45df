"""Whether a period can be issued: it is over, and the roll-ups have read all but a little."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from core.dates import dated
from events.readers import place_of
from reporting.actions.rollups import READER
from reporting.counting import Counting

SETTLING = timedelta(minutes=10)
"""What happened just before midnight may be written down some minutes later."""
MOST_UNREAD = 1_000
"""Each is folded anew for each table of a report."""
UNREAD = """
SELECT count(*) FROM (
  SELECT DISTINCT interaction_ref FROM events_event
  WHERE (era, txid, id) > (%s, %s, %s) AND interaction_ref IS NOT NULL LIMIT %s
) one
"""


def why_not(of: Counting, *, now: datetime) -> str:
    """Say why the period cannot be issued yet, "" when it can; in a tenant_scope."""
    opens = (of.cut[-1].end + SETTLING).astimezone(ZoneInfo(of.zone))
    if now < opens:
        words = _("This period is not over: it can be issued from %(at)s (%(zone)s) on.")
        return words % {"at": dated(opens, "j M Y, H:i"), "zone": of.zone}
    if _unread() > MOST_UNREAD:
        words = _("More than %(most)d conversations are still being counted: try again in a few minutes.")
        return words % {"most": MOST_UNREAD}
    return ""


def _unread() -> int:
    """Return how many conversations have events that the roll-ups have not read, as far as it matters."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [*place_of(READER), MOST_UNREAD + 1])
        return int(cursor.fetchone()[0])
