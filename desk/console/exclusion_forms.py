"""The form of a time that is to be left out. What contradicts other agreements the verb says at the field."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.hours import local_instant
from core.ids import new_ref
from desk.console.target_forms import AGAIN
from reporting.actions import Proposal
from reporting.actions.exclusions import MOST_EVIDENCE, MOST_REASON
from reporting.choices import Cause

CAUSES = [(one.value, one.label) for one in Cause if one != Cause.OVERRUN]
"""An overrun is found in the figures."""


class WallField(forms.DateTimeField):
    """A date and a time as clocks on the wall show them: naive, whatever zone the reader is in."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(widget=widget, input_formats=formats, **more)

    def to_python(self, value: Any) -> Any:
        with timezone.override(UTC):
            found = super().to_python(value)
        return found.replace(tzinfo=None) if found else found


class ProposalForm(forms.Form):
    """`key` names the form that was shown: sent twice, it is one proposal."""

    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSES, initial=Cause.FORCE_MAJEURE)
    started_at = WallField(label=_("From"))
    ended_at = WallField(label=_("Until"))
    reason = forms.CharField(
        label=_("Reason, which the client reads"), max_length=MOST_REASON,
        help_text=_("Such as: power cut in the district; campaign sent two days early; data file came late."),
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("Evidence"), max_length=MOST_EVIDENCE, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What shows that it was so, in words."),
    )  # fmt: skip
    references = forms.CharField(
        label=_("What it refers to"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line: an https address, a conversation's ref, “event” and its ref, “audit” and its number."
        ),
    )  # fmt: skip
    queue_ids = forms.TypedMultipleChoiceField(
        label=_("Queues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all queues."),
    )  # fmt: skip
    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), AGAIN)
    )

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str) -> None:
        super().__init__(data, initial={"key": new_ref()})
        self.zone = zone
        chosen: Any = self.fields["queue_ids"]
        chosen.choices = sorted(queues.items(), key=lambda queue: queue[1].casefold())
        self.fields["started_at"].help_text = _("%(zone)s time.") % {"zone": zone}
        self.fields["ended_at"].help_text = _("Only what is over can be left out.")

    def said(self) -> Proposal:
        """Return the proposal; of a time that comes twice the first begins and the last ends it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        start, end = said.pop("started_at"), said.pop("ended_at")
        return Proposal(**said, started_at=local_instant(self.zone, start), ended_at=_last(self.zone, end))


def _last(zone: str, wall: datetime) -> datetime:
    """Return when clocks of the zone show the time last; for a time that is left out, the change."""
    first = local_instant(zone, wall)
    return max(first, wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC))
