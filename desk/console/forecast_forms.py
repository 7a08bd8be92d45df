"""The forms of what a contract says of forecasts, and of an overrun that is proposed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.dates import dated
from core.fields import KeyField
from reporting.actions.forecasts import MOST_LOCK_DAYS, MOST_OVER_SHARE

AHEAD = 12  # months on offer


class TermsForm(forms.Form):
    """`key` names the form that was shown: sent twice, it is agreed once."""

    lock_days = forms.IntegerField(
        label=_("Fixed, days before the month begins"), min_value=0, max_value=MOST_LOCK_DAYS, initial=10,
        help_text=_("At midnight of that day. A version that comes later counts for later months alone."),
    )  # fmt: skip
    over_share = forms.IntegerField(
        label=_("Agreed on top of the forecast, %"), min_value=0, max_value=MOST_OVER_SHARE, initial=20,
        help_text=_("An interval with more than that may be proposed to be left out."),
    )  # fmt: skip
    from_month = forms.ChoiceField(label=_("From the month"))
    key = KeyField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        chosen: Any = self.fields["from_month"]
        chosen.choices = [(f"{month:%Y-%m-%d}", dated(month, "F Y")) for month in _ahead(today)]

    def clean_from_month(self) -> date:
        return date.fromisoformat(self.cleaned_data["from_month"])


class OverrunForm(forms.Form):
    """Which overrun: of which queue, from and until in seconds of UTC."""

    queue_id = forms.IntegerField(min_value=1)
    start = forms.IntegerField(min_value=0, max_value=4_102_444_800)
    end = forms.IntegerField(min_value=0, max_value=4_102_444_800)
    key = KeyField()

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        said = dict(self.cleaned_data)
        for name in ("start", "end"):
            said[name] = datetime.fromtimestamp(said[name], UTC)
        return said


def _ahead(today: date) -> list[date]:
    months, month = [], today.replace(day=1)
    for _n in range(AHEAD):
        month = (month + timedelta(days=31)).replace(day=1)
        months.append(month)
    return months
