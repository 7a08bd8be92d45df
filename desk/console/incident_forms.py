"""What somebody writes of an incident: words, times of the client's clock, queues."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.console.span_forms import SpanForm


class IncidentForm(SpanForm):
    """A whole incident; without an end it goes on."""

    text = forms.CharField(
        label=_("What happened"), max_length=160,
        help_text=_("The client reads it beside the chart. No customer's or agent's name."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str) -> None:
        super().__init__(data, queues=queues, zone=zone)
        self.fields["ended_at"].required = False
        self.fields["ended_at"].help_text = _("Empty: it goes on.")
