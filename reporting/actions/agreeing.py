"""Who agrees something with a client does it alone: targets, exclusions and forecasts judge each other."""

from django.db import connection

from tenants.binding import current_brand

LOCK = 7_263


def alone() -> None:
    """One at a time in a brand until the transaction ends: nobody else agrees anything meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_brand()])
