"""What every endpoint is made of."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import HasScope, KeyAuthentication, KeyThrottle
from accounts.api.calls import raw_body
from accounts.api.pages import Pages, Scope, fetch
from accounts.api.problems import BODY, handle
from accounts.keys.access import Caller
from tenants.onboarding.shapes import Shape, read


class BodyParser(JSONParser):
    """JSON, also of a depth at which Python's reader gives up."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("This goes too deep.")) from None


class AsciiRenderer(JSONRenderer):
    ensure_ascii = True


class Renderer(JSONRenderer):
    """JSON, also where an answer quotes a sign that UTF-8 has no bytes for."""

    def render(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().render(*args, **kwargs)
        except UnicodeEncodeError:
            return AsciiRenderer().render(*args, **kwargs)


class OnlyJson(BaseContentNegotiation):
    """Answer JSON, whatever a caller would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """An endpoint. `scopes`: {method: the scope that it takes}, "" for any good key."""

    scopes: ClassVar[dict[str, str]] = {}
    authentication_classes = (KeyAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (KeyThrottle,)
    parser_classes = (BodyParser,)
    renderer_classes: Any = (Renderer,)
    content_negotiation_class = OnlyJson
    http_method_names = ("get", "head", "post", "put", "delete")
    pages: ClassVar[type[Pages]] = Pages

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Know the caller first, then take the body in whole: calls that are made once are told by it."""
        super().initial(request, *args, **kwargs)
        raw_body(request)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return handle

    def finalize_response(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @property
    def caller(self) -> Caller:
        caller: Caller = self.request.auth  # type: ignore[assignment]
        return caller

    def body(self, shape: type[Shape]) -> dict[str, Any]:
        """Read the body. Raises Invalid with every path that is wrong."""
        try:
            return read(shape, self.request.data, path=BODY, context={"brand": None})
        except UnicodeDecodeError:
            raise exceptions.ParseError(_("This is not UTF-8.")) from None

    def listed(
        self, rows: Callable[[], QuerySet[Any]], make: Callable[[Any], Any],
        *, scope: Scope, shape: type[serializers.Serializer[Any]],
    ) -> Response:  # fmt: skip
        """Answer one page: `make` turns a row into a value within the scope, `shape` writes it."""
        pages = self.pages()
        values = fetch(pages, rows, make, scope=scope, request=self.request)
        return pages.get_paginated_response(shape(values, many=True).data)


class Absent(ApiView):
    """Whatever else stands below the API's address: nothing, in the words of a problem."""

    scopes: ClassVar[dict[str, str]] = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), "")
    schema = None

    def get(self, request: Request, **kwargs: Any) -> Response:
        raise exceptions.NotFound(_("There is nothing at this address."))

    post = put = delete = get
