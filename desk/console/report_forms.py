"""The forms by which a client's reports are issued and restated. What cannot be issued the verbs say."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.fields import DayField, KeyField
from reporting.actions.issuing import MOST_NOTE
from reporting.choices import AgentNames, Span
from tenants.values import BrandCard

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def _note(label: Any, *, required: bool, hint: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=MOST_NOTE, help_text=hint)


class PeriodForm(forms.Form):
    """Which period is to be issued, and how it is written."""

    kind = forms.ChoiceField(label=_("How long"), choices=Span.choices, initial=Span.DAY)
    on = DayField(label=_("A day in it"))
    language = forms.ChoiceField(label=_("Language"))
    agents = forms.ChoiceField(label=_("How agents are named"), choices=AgentNames.choices)

    def __init__(self, data: Any = None, *, client: BrandCard, today: date) -> None:
        spoken = [one for one in client.locales if one in settings.CLIENT_LANGUAGES]
        initial = {"on": today - timedelta(days=1), "agents": AgentNames.ALIAS}
        super().__init__(data, initial=initial | {"language": (spoken or settings.CLIENT_LANGUAGES)[0]})
        names = dict(settings.LANGUAGES)
        language: Any = self.fields["language"]
        language.choices = [(code, names.get(code, code)) for code in settings.CLIENT_LANGUAGES]
        self.fields["on"].help_text = _("Of the client's days (%(zone)s).") % {"zone": client.timezone}

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not EARLIEST <= on < LATEST:
            raise forms.ValidationError(_("Choose a day of this century."))
        return on


class IssueForm(forms.Form):
    """`key` names the form that was shown: sent twice, it is one report."""

    note = _note(_("Note"), required=False, hint=_("The client reads it in the report. Empty: none."))
    key = KeyField()


class RestateForm(forms.Form):
    note = _note(_("Why it is restated"), required=True, hint=_("The client reads it beside what changed."))
    key = KeyField()
