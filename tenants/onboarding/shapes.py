"""Plain data in, cleaned data out, or every error by the path of its key (`queues.lines.0.name`)."""

import re
from collections.abc import Mapping
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.hours import DAY

Errors = dict[str, list[str]]
TIME = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
OWN = "non_field_errors"


class Invalid(Exception):
    """The data cannot be used. `errors`: {path: [words]}, all of them at once."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("; ".join(f"{path}: {' '.join(words)}" for path, words in errors.items()))
        self.errors = errors


class Shape(serializers.Serializer[Any]):
    """A serializer that refuses keys it does not know.

    `self.context`: {"brand": BrandCard or None, "steps": the data of all steps, as it was said}.
    """

    def to_internal_value(self, data: Any) -> Any:
        known = data if isinstance(data, Mapping) else {}
        strange = [str(key) for key in known if key not in self.fields]
        errors: dict[str, Any] = {key: [_("This key is not known here.")] for key in strange}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            errors |= cast(dict[str, Any], error.detail)
        if errors:
            raise ValidationError(errors)
        return value


class LinesField(serializers.ListField):
    """Short texts: a list, or one text with a line for each, as a form sends it. Empty lines are left out."""

    child = serializers.CharField(max_length=200)

    def to_internal_value(self, data: Any) -> list[Any]:
        lines = data.splitlines() if isinstance(data, str) else data
        if isinstance(lines, list):
            lines = [line for line in lines if not isinstance(line, str) or line.strip()]
        return super().to_internal_value(lines)


class TimeField(serializers.Field):  # type: ignore[type-arg]
    """A time of day as `08:30`, up to 24:00. YAML reads 17:00 as a number: 1020, the same in minutes."""

    default_error_messages = {"time": _("Write the time like 08:30.")}

    def to_internal_value(self, said: Any) -> str:
        found = TIME.fullmatch(said.strip()) if isinstance(said, str) else None
        minutes = int(found[1]) * 60 + int(found[2]) if found else said
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 <= minutes <= DAY:
            self.fail("time")
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def to_representation(self, value: str) -> str:
        return value


def read(shape: type[Shape], data: Any, *, path: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned data. Raises Invalid with every path that is wrong, each under `path`."""
    reader = shape(data=data, context=dict(context))
    if reader.is_valid():
        return plain(reader.validated_data)  # type: ignore[no-any-return]
    raise Invalid(flat(reader.errors, path))


def flat(detail: Any, path: str) -> Errors:
    """Turn nested errors into {path: [words]}; what concerns a whole stands under the path of the whole."""
    if isinstance(detail, Mapping):
        pairs = list(detail.items())
    elif any(isinstance(one, Mapping | list) for one in detail):
        pairs = list(enumerate(detail))
    else:
        return {path: [str(word) for word in detail]}
    found: Errors = {}
    for key, inner in pairs:
        for where, words in flat(inner, path if key == OWN else f"{path}.{key}").items():
            found.setdefault(where, []).extend(words)
    return found


def plain(value: Any) -> Any:
    """Return the value as JSON keeps it."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value
