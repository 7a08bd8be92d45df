"""What is agreed for one clock as plain data, in a file, a form and a program's call alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from interactions.choices import ClockKind, ClockTime
from interactions.clocks.terms import CHOSEN, USUAL, wrong_terms
from tenants.onboarding.registry import Data
from tenants.onboarding.shapes import Shape

PAUSES = [(one.value, one.label) for one in CHOSEN]


class TermShape(Shape):
    """`seconds` it may take, `urgent_seconds` from priority `urgent_from` on; `pauses`: when it stands still.

    `total`: a resolution goes on when it is opened again.
    """

    seconds = serializers.IntegerField(required=False, allow_null=True, default=None)
    counted = serializers.ChoiceField(ClockTime.choices, required=False, default=ClockTime.ELAPSED)
    pauses = serializers.ListField(
        child=serializers.ChoiceField(PAUSES),
        required=False,
        help_text="Left out: as where nothing is agreed.",
    )
    urgent_from = serializers.IntegerField(required=False, allow_null=True, default=None)
    urgent_seconds = serializers.IntegerField(required=False, allow_null=True, default=None)
    total = serializers.BooleanField(required=False, default=False)

    def to_internal_value(self, data: Any) -> Any:
        """Take what was left empty for what was not given; a box that nobody ticked for one that was not."""
        if isinstance(data, Mapping):
            data = {key: _filled(value) for key, value in data.items() if value != ""}
        return super().to_internal_value(data)


def terms_said(kind: str, said: Data) -> Data:
    """Return what a TermShape took, as terms hold it. Raises ValidationError for what nobody can agree on."""
    found: Data = {
        "seconds": said["seconds"], "counted": str(said["counted"]),
        "pauses": [str(one) for one in said.get("pauses", USUAL[kind])],
    }  # fmt: skip
    urgent = {name: said[name] for name in ("urgent_from", "urgent_seconds")}
    found |= urgent if any(one is not None for one in urgent.values()) else {}
    found |= {"total": True} if said["total"] else {}
    if wrong := _wrong(kind, found):
        raise serializers.ValidationError({name: [words] for name, words in wrong.items()})
    return found


def _wrong(kind: str, found: Data) -> dict[str, Any]:
    wrong: dict[str, Any] = {
        path.removeprefix(f"{kind}_"): words for path, words in wrong_terms({kind: found}).items()
    }
    if found["seconds"] is None and found.get("urgent_seconds") is None:
        wrong["seconds"] = _("Say how long it may take.")
    if found.get("total") and kind != ClockKind.RESOLUTION:
        wrong["total"] = _("Only a resolution can go on.")
    return wrong


def _filled(value: Any) -> Any:
    return [one for one in value if one != ""] if isinstance(value, list) else value
