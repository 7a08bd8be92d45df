"""The sheets of the floor: what to do, why, and what it was decided on. What it does is said beside it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routing.actions.supervising import PRIORITIES
from workforce.actions.supervising import WORDS


class ActForm(forms.Form):
    """`seen`: the mark or version of what was looked at, so that nothing is done to what has moved on."""

    words = forms.CharField(
        label=_("Why"), min_length=WORDS[0], max_length=WORDS[1],
        help_text=_("Kept in the trail with your name."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=80)

    @property
    def version(self) -> int:
        """The version of an item that was looked at; one that is none fits no item."""
        seen = self.cleaned_data["seen"]
        return int(seen) if seen.isdecimal() and len(seen) < 10 else -1


class PlaceForm(ActForm):
    """`to` is one of the choices that the sheet shows."""

    to = forms.ChoiceField(widget=forms.RadioSelect)

    field_order = ("to", "words", "seen")

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(choices)  # type: ignore[attr-defined]


class StateForm(PlaceForm):
    """`to` is a state, or `away:<reason>`."""

    def said(self) -> dict[str, Any]:
        to, _colon, code = self.cleaned_data["to"].partition(":")
        return {"to": to, "reason_code": code or None}


class PriorityForm(ActForm):
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=[(str(n), str(n)) for n in PRIORITIES],
        widget=forms.RadioSelect,
    )  # fmt: skip

    field_order = ("priority", "words", "seen")
