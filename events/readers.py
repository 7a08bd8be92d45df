"""Reading the log without losing rows (DOMAIN.md): by (era, txid, id), below the horizon of open writers."""

from collections.abc import Sequence

from django.db import connection

from events.models import Cursor, Event

NEXT = """
SELECT id FROM events_event
WHERE (era, txid, id) > (%s, %s, %s)
  AND (era < (SELECT max(era) FROM events_event) OR txid < txid_snapshot_xmin(txid_current_snapshot()))
ORDER BY era, txid, id LIMIT %s
"""


def read(reader: str, *, limit: int = 500) -> Sequence[Event]:
    """Return the next rows for the named reader, which nobody else may be committing below any more."""
    cursor = Cursor.objects.filter(reader=reader).first() or Cursor(reader=reader)
    with connection.cursor() as statement:
        statement.execute(NEXT, [cursor.era, cursor.txid, cursor.last_id, limit])
        ids = [row[0] for row in statement.fetchall()]
    return list(Event.objects.filter(pk__in=ids).order_by("era", "txid", "pk"))


def advance(reader: str, last: Event) -> None:
    """Remember that the reader has dealt with everything up to `last`."""
    place = {"era": last.era, "txid": last.txid, "last_id": last.pk}
    Cursor.objects.update_or_create(reader=reader, defaults=place)
