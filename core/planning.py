"""What PostgreSQL's planner is told by us."""

from django.db import connection


def forget_plans() -> None:
    """Have the connection plan anew what it runs next, in the transaction that has put many rows somewhere.

    Foreign keys keep the plan of their look-up for as long as a connection lives: made while the table was
    small, it reads the whole of it for each row that the commit checks, ten thousand times ten thousand.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
