"""A stretch of time by the client's clocks, and the queues it is of: what several forms of a client ask."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from core.hours import YEARS, local_instant


class WallField(forms.DateTimeField):
    """A date and a time as clocks on the wall show them: naive, whatever zone the reader is in."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(widget=widget, input_formats=formats, **more)

    def to_python(self, value: Any) -> Any:
        with timezone.override(UTC):
            found = super().to_python(value)
        if found and found.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found.replace(tzinfo=None) if found else found


class OverForm(forms.Form):
    """When something was over; cleaned, an instant."""

    ended_at = WallField(label=_("Until"))

    def __init__(self, data: Any = None, *, zone: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        return found | {name: at(self.zone, found[name]) for name, at in TIMES.items() if found.get(name)}


class SpanForm(OverForm):
    """`[started_at, ended_at)` of some queues, none: all. `key` names the form: sent twice, it is one."""

    started_at = WallField(label=_("From"))
    queue_ids = forms.TypedMultipleChoiceField(
        label=_("Queues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all queues."),
    )  # fmt: skip
    key = KeyField()

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str) -> None:
        super().__init__(data, zone=zone)
        chosen: Any = self.fields["queue_ids"]
        chosen.choices = sorted(queues.items(), key=lambda queue: queue[1].casefold())
        self.fields["started_at"].help_text = _("By the client's clock (%(zone)s).") % {"zone": zone}


def _last(zone: str, wall: datetime) -> datetime:
    """Return when clocks of the zone show the time last; for a time that is left out, the change."""
    first = local_instant(zone, wall)
    return max(first, wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC))


TIMES: Mapping[str, Callable[[str, datetime], datetime]] = {"started_at": local_instant, "ended_at": _last}
"""Of a time that comes twice the first begins and the last ends."""
