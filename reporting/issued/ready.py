"""Whether a period can be issued: it is over, and every event that touches it has been read."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.readers import place_of
from events.values import Place
from reporting.actions.rollups import READER
from reporting.counting import Counting
from reporting.folding import ENTRY

SETTLING = timedelta(minutes=10)
"""What happened just before midnight may be written down some minutes later."""
UNREAD = """
SELECT count(DISTINCT e.interaction_ref) FROM events_event e
WHERE (e.era, e.txid, e.id) > (%(era)s, %(txid)s, %(last)s) AND e.interaction_ref IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM events_event q WHERE q.interaction_ref = e.interaction_ref AND q.kind = %(entry)s
      AND q.occurred_at >= %(start)s AND q.occurred_at < %(end)s
  )
"""


def why_not(of: Counting, *, now: datetime) -> str:
    """Say why the period cannot be issued yet, "" when it can; in a tenant_scope."""
    opens = (of.cut[-1].end + SETTLING).astimezone(ZoneInfo(of.zone))
    if now < opens:
        words = _("This period is not over: it can be issued from %(at)s (%(zone)s) on.")
        return words % {"at": date_format(opens, "j M Y, H:i"), "zone": of.zone}
    unread = unread_since(place_of(READER), of)
    return _being_read(unread) if unread else ""


def unread_since(place: Place, of: Counting) -> int:
    """Return how many conversations of the period have events past the place; in a tenant_scope."""
    era, txid, last = place
    asked: dict[str, Any] = {
        "era": era, "txid": txid, "last": last, "entry": ENTRY, "start": of.cut[0].start,
        "end": of.cut[-1].end,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, asked)
        return int(cursor.fetchone()[0])


def _being_read(unread: int) -> str:
    return ngettext(
        "%(count)d conversation of this period has changed and is being counted: try again in a minute.",
        "%(count)d conversations of this period have changed and are being counted: try again in a minute.",
        unread,
    ) % {"count": unread}
