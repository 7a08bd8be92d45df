"""Lists by cursor: a page begins behind the last row of the one before, however the table grows meanwhile."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from accounts.api.problems import Unreadable

Scope = Callable[[], AbstractContextManager[Any]]


class Pages(CursorPagination):
    """`limit` 1 to 200 (50); `next` and `previous` are whole addresses, null at the ends.

    Lists are ordered by `ref`, which is made of the time and has an index, or by another unique column.
    """

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering: str = "-ref"
    page_size_query_description = "How many rows, 1 to 200."
    cursor_query_description = "Where the page begins: take `next` or `previous` of another page."

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """Describe a page, with addresses of ours as examples."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):
            described["properties"][name]["example"] = f"https://example.com/api/v1/brands/?cursor=c{name}"
        return described


class HostPages(Pages):
    ordering = "host"


class NumberPages(Pages):
    ordering = "pk"


class OldestPages(Pages):
    ordering = "ref"


BEGINNINGS = (ValueError, ValidationError, DataError)


def fetch(
    pages: Pages, rows: Callable[[], QuerySet[Any]], make: Callable[[Any], Any], *, scope: Scope,
    request: Request,
) -> list[Any]:  # fmt: skip
    """Return a page of values: rows are asked for, read and made into values within the scope.

    Raises Unreadable for a cursor that is none.
    """
    try:
        with scope():
            found = pages.paginate_queryset(rows(), request)
            return [make(row) for row in found or ()]
    except (NotFound, *BEGINNINGS):
        raise Unreadable(_("This cursor cannot be read."), "cursor") from None
