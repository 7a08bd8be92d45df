"""The API's own description (OpenAPI 3): made from the views, for each kind of host its own."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

F = TypeVar("F", bound=Callable[..., Any])
HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{1,80}$"
PROBLEMS = {
    "400": "A cursor, a header or the JSON cannot be read.",
    "401": "No key, or one that opens nothing on this host.",
    "403": "The key lacks the scope.",
    "404": "Absent, or not this key's to see.",
    "409": "The state of it does not allow that.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "Something in it cannot be used; `errors` says what.",
    "429": "Too many calls in a minute; `Retry-After` says for how many seconds to wait.",
    "500": "Something broke on our side.",
}

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": TEXT | {"description": "Always about:blank: `code` says which problem it is."},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT | {"description": "In words, in the language of Accept-Language."},
        "code": TEXT | {"description": "For scripts."},
        "errors": {
            "type": "object",
            "description": "Words by the path of what is wrong, such as `queues.lines.0.name`.",
            "additionalProperties": {"type": "array", "items": TEXT},
        },
        "reference": TEXT | {"description": "Names a failure of ours in our log."},
    },
}


def once_header() -> OpenApiParameter:
    return OpenApiParameter(
        HEADER, {"type": "string", "pattern": PATTERN}, OpenApiParameter.HEADER, required=True,
        description="1 to 80 signs of your choice. The same call under the same key happens once.",
        examples=[OpenApiExample("key", "7f1c0b1e-2f0a-4f6e-9d0e-5f5f0b6f7f11")],
    )  # fmt: skip


def empty(words: str) -> OpenApiResponse:
    return OpenApiResponse(description=words)


def listed(
    shape: Any, *, operation: str, summary: str, examples: Sequence[OpenApiExample] = ()
) -> Callable[[F], F]:
    """Describe an endpoint that answers a page of them."""
    return extend_schema(
        operation_id=operation, summary=summary, responses={200: shape(many=True)}, examples=list(examples)
    )


class ApiSchema(AutoSchema):
    """Adds what all endpoints share: who may call, the key of a POST, and the problems."""

    def get_override_parameters(self) -> list[Any]:
        return [once_header()] if self.method == "POST" else []

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]
        wanted = cast(Any, self.view).scopes.get(self.method, "")
        return f"Scope: `{wanted}`." if wanted else "Any good key."

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is what is described as one; drf-spectacular would guess by the view's class."""
        return bool(getattr(serializer, "many", False))

    def _get_paginator(self) -> Any:
        return cast(Any, self.view).pages()


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: `ak_...`"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give every operation the problems that it can answer with."""
    answers = {
        status: {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, words in PROBLEMS.items()
    }
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for methods in result.get("paths", {}).values():
        for operation in methods.values():
            operation["responses"] = operation["responses"] | answers
    return result


__all__ = ["ApiSchema", "add_problems", "empty", "listed", "once_header"]
