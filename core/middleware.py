"""A getter that finds nothing answers 404, wherever it was called: absent and forbidden look the same."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.errors import NotFound
from core.views import not_found


class NotFoundMiddleware:
    """Turn the rooms' NotFound into the page that Http404 gives."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return not_found(request, exception) if isinstance(exception, NotFound) else None
