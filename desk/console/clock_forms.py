"""The form of what is agreed for a client's clocks. What nobody can agree on the verb says, at the field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayField, KeyField
from interactions.choices import ClockKind, ClockTime
from interactions.clocks.terms import CHOSEN, USUAL

UNITS = ((1, _("seconds")), (60, _("minutes")), (3600, _("hours")))
WHAT = {
    ClockKind.FIRST: _("From the customer's first message to an agent's; anew when it is opened again."),
    ClockKind.NEXT: _("From each later message that waits for an answer to an agent's."),
    ClockKind.RESOLUTION: _("From the first message until it is closed."),
    ClockKind.UPDATE: _("From each message of an agent's to the next one."),
}


class DayForm(forms.Form):
    """From when on. `key` names the form that was shown: sent twice, it is one agreement."""

    from_date = DayField(label=_("From"))
    key = KeyField()

    def __init__(self, data: Any = None, *, zone: str, today: date, **more: Any) -> None:
        initial = {"from_date": today} | more.pop("initial", {})
        super().__init__(data, initial=initial, **more)
        self.fields["from_date"].help_text = _("Of the client's days (%(zone)s). Today is at once.") % {
            "zone": zone
        }


class TermsForm(DayForm):
    """The terms of all clocks; one that is left empty has no target."""

    def __init__(self, data: Any = None, *, terms: Mapping[str, Any] | None, zone: str, today: date) -> None:
        super().__init__(data, zone=zone, today=today, initial=_initial(terms or {}))
        for kind in ClockKind.values:
            self.fields.update({f"{kind}_{name}": field for name, field in _fields(kind).items()})

    def parts(self) -> list[dict[str, Any]]:
        """Return the fields of each clock, with its name."""
        return [
            {"kind": kind, "title": kind.label, "what": WHAT[kind]}
            | {name: self[f"{kind}_{name}"] for name in _fields(kind)}
            for kind in ClockKind
        ]

    def terms(self) -> dict[str, Any]:
        """Return what was written, as the verb takes it."""
        found = {str(kind): self._own(kind) for kind in ClockKind}
        return {kind: own for kind, own in found.items() if own is not None}

    def _own(self, kind: str) -> dict[str, Any] | None:
        given = {name: self.cleaned_data.get(f"{kind}_{name}") for name in _fields(kind)}
        if given["seconds"] is None and given["urgent_seconds"] is None:
            return None
        unit = int(given["unit"] or 60)
        own = {
            "seconds": _times(given["seconds"], unit),
            "counted": given["counted"],
            "pauses": given["pauses"],
        }
        if given["urgent_from"] is not None or given["urgent_seconds"] is not None:
            own |= {
                "urgent_from": given["urgent_from"],
                "urgent_seconds": _times(given["urgent_seconds"], unit),
            }
        return own | ({"total": True} if given.get("total") else {})


def _fields(kind: str) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "seconds": forms.IntegerField(
            label=_("Within"), required=False, min_value=1, help_text=_("Empty: no target.")
        ),
        "unit": forms.ChoiceField(label=_("Unit"), choices=UNITS),
        "counted": forms.ChoiceField(label=_("Which time counts"), choices=ClockTime.choices),
        "urgent_from": forms.IntegerField(
            label=_("From priority"), required=False, help_text=_("1 to 10. Empty: one target for all.")
        ),
        "urgent_seconds": forms.IntegerField(label=_("Then within"), required=False, min_value=1),
        "pauses": forms.MultipleChoiceField(
            label=_("Stands still"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(one.value, one.label) for one in CHOSEN],
        ),
    }  # fmt: skip
    if kind == ClockKind.RESOLUTION:
        fields["total"] = forms.BooleanField(
            label=_("Goes on when it is opened again"), required=False,
            help_text=_("Otherwise the first end counts."),
        )  # fmt: skip
    return fields


def _initial(terms: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in ClockKind.values:
        own = terms.get(kind, {})
        numbers = [own[name] for name in ("seconds", "urgent_seconds") if own.get(name)]
        unit = max(size for size, _words in UNITS if all(number % size == 0 for number in numbers or [60]))
        values = {name: own.get(name) for name in ("counted", "urgent_from", "total")}
        values |= {name: own[name] // unit for name in ("seconds", "urgent_seconds") if own.get(name)}
        values |= {"unit": unit, "pauses": own.get("pauses", USUAL[kind])}
        found |= {f"{kind}_{name}": value for name, value in values.items()}
    return found


def _times(number: int | None, unit: int) -> int | None:
    return None if number is None else number * unit
