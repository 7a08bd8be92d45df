"""The forms of a client's service targets. What contradicts itself the verbs say, at the field."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayField, KeyField
from reporting.catalogue import BY_KEY, grouped
from reporting.choices import Counted, Window
from reporting.clauses import last_day_of
from reporting.models import Clause
from reporting.promises import PROMISABLE, rises

UNITS = {"percent": _("%"), "seconds": _("seconds")}


def _number(label: Any, *, required: bool = True, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, max_digits=9, decimal_places=2, help_text=hint,
        widget=forms.NumberInput(attrs={"step": "any", "min": "0"}),
    )  # fmt: skip


class LevelForm(forms.Form):
    """What may change from a day on. `key` names the form that was shown: sent twice, it is one change."""

    target = _number(_("Target"))
    minimum = _number(
        _("Minimum"), required=False, hint=_("Beyond it the target is missed badly. Empty: none.")
    )
    weight = forms.IntegerField(
        label=_("Weight"), initial=1, help_text=_("Against the client's other targets, 1 to 100.")
    )
    from_date = DayField(label=_("From"))
    key = KeyField()

    def __init__(self, data: Any = None, *, zone: str, today: date, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial={"from_date": today, **initial})
        self.fields["from_date"].help_text = _("Of the client's days (%(zone)s), today or later.") % {
            "zone": zone
        }


class ClauseForm(LevelForm):
    """A whole clause."""

    metric = forms.ChoiceField(label=_("What is promised"))
    counted = forms.ChoiceField(label=_("Which time counts"), choices=Counted.choices)
    window = forms.ChoiceField(label=_("Measured over"), choices=Window.choices)
    queue_ids = forms.TypedMultipleChoiceField(
        label=_("Queues"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all queues, later ones too."),
    )  # fmt: skip

    field_order = ("metric", "target", "minimum", "weight", "window", "counted", "from_date", "queue_ids")

    def __init__(self, data: Any = None, *, queues: Mapping[int, str], zone: str, today: date) -> None:
        super().__init__(data, zone=zone, today=today, initial={})
        names = sorted(queues.items(), key=lambda queue: queue[1].casefold())
        for field, choices in (("metric", _metrics()), ("queue_ids", names)):
            chosen: Any = self.fields[field]
            chosen.choices = choices
        self.fields["target"].help_text = _("A share in per cent, a time in seconds.")


class ChangeForm(LevelForm):
    """Other levels of a clause."""

    def __init__(self, data: Any = None, *, row: Clause, zone: str, today: date) -> None:
        initial = {"target": _plain(row.target), "minimum": _plain(row.minimum), "weight": row.weight}
        super().__init__(data, zone=zone, today=today, initial=initial)
        metric = BY_KEY[row.metric]
        better = _("more is better") if rises(metric) else _("less is better")
        words = _("In %(unit)s; %(better)s.") % {"unit": UNITS[metric.unit], "better": better}
        self.fields["target"].help_text = words


class EndForm(forms.Form):
    last_day = DayField(label=_("Last day"), required=False)

    def __init__(self, data: Any = None, *, row: Clause, zone: str) -> None:
        super().__init__(data, initial={"last_day": last_day_of(row)})
        self.fields["last_day"].help_text = _("Of the client's days (%(zone)s). Empty: it goes on.") % {
            "zone": zone
        }


def _plain(number: Decimal | None) -> str:
    """Without zeros that say nothing."""
    return "" if number is None else f"{number.normalize():f}"


def _metrics() -> list[tuple[str, list[tuple[str, str]]]]:
    """The promisable metrics by group, each with its key: names are alike."""
    found = [
        (str(title), [(one.key, f"{one.name} ({one.key})") for one in metrics if one.key in PROMISABLE])
        for title, metrics in grouped()
    ]
    return [group for group in found if group[1]]
