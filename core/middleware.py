"""A getter that finds nothing answers 404, wherever it was called: absent and forbidden look the same."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.errors import NotFound
from core.views import not_found

NUL = "cannot contain NUL"
"""What the driver says of the one sign that no text has: whatever it was to name is not there."""


class NotFoundMiddleware:
    """Turn the rooms' NotFound into the page that Http404 gives, and so what no text can hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_none = isinstance(exception, DataError) and NUL in str(exception)
        return not_found(request, exception) if is_none or isinstance(exception, NotFound) else None
