"""Fields of forms that more than one room shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.hours import YEARS
from core.ids import new_ref


class KeyField(forms.UUIDField):
    """The number of a form that was shown: sent twice, it is done once. Each new form has one of its own."""

    widget = forms.HiddenInput

    def __init__(self, **more: Any) -> None:
        again = dict.fromkeys(("required", "invalid"), _("Load this page again, then save."))
        super().__init__(**{"initial": new_ref, "error_messages": again, **more})


class DayField(forms.DateField):
    """A day, of YEARS: one that begins and ends in every zone."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"widget": widget, **more})

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
