"""What somebody writes of an incident: words, times of the client's clock, queues."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from desk.console.target_forms import AGAIN


class LocalTime(forms.DateTimeField):
    """An instant as clocks of `zone` show it."""

    zone = "UTC"
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(ZoneInfo(self.zone)):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(ZoneInfo(self.zone)):
            return super().prepare_value(value)


class IncidentForm(forms.Form):
    """A whole incident. `key` names the form that was shown: sent twice, it is one incident."""

    text = forms.CharField(
        label=_("What happened"), max_length=160,
        help_text=_("The client reads it beside the chart. No customer's or agent's name."),
    )  # fmt: skip
    started_at = LocalTime(label=_("From"))
    ended_at = LocalTime(label=_("Until"), required=False, help_text=_("Empty: it goes on."))
    queue_ids = forms.TypedMultipleChoiceField(
        label=_("Queues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all queues."),
    )  # fmt: skip
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), AGAIN)
    )

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str) -> None:
        super().__init__(data, initial={"key": new_ref()})
        chosen: Any = self.fields["queue_ids"]
        chosen.choices = sorted(queues.items(), key=lambda queue: queue[1].casefold())
        _of_zone(self, zone, "started_at", "ended_at")
        self.fields["started_at"].help_text = _("By the client's clock (%(zone)s).") % {"zone": zone}


class OverForm(forms.Form):
    """When it was over."""

    ended_at = LocalTime(label=_("Until"))

    def __init__(self, data: Any = None, *, zone: str, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        _of_zone(self, zone, "ended_at")


def _of_zone(form: forms.Form, zone: str, *names: str) -> None:
    for name in names:
        field: Any = form.fields[name]
        field.zone = zone
