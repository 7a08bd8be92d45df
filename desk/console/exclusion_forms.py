"""The form of a time that is to be left out. What contradicts other agreements the verb says at the field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.console.span_forms import SpanForm
from reporting.actions import Proposal
from reporting.actions.exclusions import MOST_EVIDENCE, MOST_REASON
from reporting.choices import Cause

CAUSES = [(one.value, one.label) for one in Cause if one != Cause.OVERRUN]
"""An overrun is found in the figures."""


class ProposalForm(SpanForm):
    """What is proposed to be left out, why, and what shows it."""

    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSES, initial=Cause.FORCE_MAJEURE)
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

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str) -> None:
        super().__init__(data, queues=queues, zone=zone)
        self.fields["ended_at"].help_text = _("Only what is over can be left out.")

    def said(self) -> Proposal:
        return Proposal(**{name: value for name, value in self.cleaned_data.items() if name != "key"})
