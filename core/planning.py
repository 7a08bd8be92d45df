"""What PostgreSQL's planner is told by us."""

from django.db import connection, models


def has_grown(model: type[models.Model]) -> None:
    """Have the table measured within the transaction that has put many rows into it.

    Foreign keys keep the plan of their look-up for as long as a connection lives: made while the table was
    small, it reads the whole of it for each row that the commit checks, ten thousand times ten thousand.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
