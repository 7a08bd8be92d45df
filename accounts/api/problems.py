"""Every error as application/problem+json (RFC 9457).

{"type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": words, "code": for scripts,
"errors": {path: [words]} where single fields are wrong, "reference": of the log where we broke}.
"""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import ABSENT, RoomError
from core.ids import new_ref
from tenants.onboarding.shapes import Errors, Invalid, flat

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
BODY = "body"


class TooBig(exceptions.APIException):
    status_code = 413
    default_code = "too_big"

    def __init__(self) -> None:
        super().__init__(_("The body is too large."))


class Unreadable(exceptions.APIException):
    """A part of the address or a header cannot be read."""

    status_code = 400
    default_code = "unreadable"


def problem(status: int, detail: str, *, code: str, errors: Errors | None = None, **more: Any) -> Response:
    """Return the answer; `more` are further members."""
    body = {"type": "about:blank", "title": _title(status), "status": status, "detail": detail, "code": code}
    if errors is not None:
        more["errors"] = errors
    return Response(body | more, status=status, content_type=MEDIA_TYPE)


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into a problem; what nobody foresaw is logged under a reference."""
    if isinstance(error, Invalid):
        return _invalid(error.errors)
    if isinstance(error, RoomError):
        return problem(error.status, str(error.message), code=error.code)
    if isinstance(error, Http404):
        return problem(404, str(ABSENT), code="not_found")
    if isinstance(error, PermissionDenied):
        return problem(403, _("That is not open to this key."), code="permission_denied")
    if isinstance(error, RequestDataTooBig):
        return handle(TooBig(), context)
    return _of_framework(error) if isinstance(error, exceptions.APIException) else _broken(error, context)


def _invalid(errors: Errors) -> Response:
    return problem(422, _("Some of it cannot be used; see errors."), code="invalid", errors=errors)


def _of_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        return _invalid(flat(error.detail, BODY))
    response = problem(error.status_code, str(error.detail), code=_code(error))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _broken(error: Exception, context: dict[str, Any]) -> Response:
    ref = new_ref().hex[-12:]
    request = context["request"]
    log.error("answered 500, reference %s: %s %s", ref, request.method, request.path, exc_info=error)
    return problem(500, _("Something broke on our side."), code="failed", reference=ref)


def _title(status: int) -> str:
    return HTTPStatus(status).phrase
