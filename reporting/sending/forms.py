"""The forms by which a report is sent, linked and planned. What contradicts itself the verbs say."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from reporting.actions.links import GOOD_DAYS, LONGEST, MOST_DAYS
from reporting.actions.sending import Wanted
from reporting.choices import AgentNames, ChartPlace, FileForm
from reporting.sending.models import HOURS
from reporting.sending.people import Person
from reporting.sending.plans import FORMS, Plan

AGAIN = _("Load this page again, then send it.")


def _key() -> forms.UUIDField:
    errors = dict.fromkeys(("required", "invalid"), AGAIN)
    return forms.UUIDField(widget=forms.HiddenInput, error_messages=errors)


class SendForm(forms.Form):
    """To whom one report goes. `key` names the form that was shown: sent twice, it is one mail."""

    address = forms.EmailField(label=_("Send it to"), max_length=254)
    key = _key()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": new_ref()}, prefix="mail")


class LinkForm(forms.Form):
    """A link to one report."""

    made_for = forms.CharField(label=_("For whom"), max_length=LONGEST, required=False)
    days = forms.IntegerField(label=_("Good for days"), min_value=1, max_value=MOST_DAYS, initial=GOOD_DAYS)
    key = _key()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": new_ref()}, prefix="link")


class PlanForm(forms.Form):
    """How reports of a kind are sent. Who said stop stays so until they are ticked there."""

    is_on = forms.BooleanField(label=_("Send them by themselves"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in range(HOURS)]
    )
    language = forms.ChoiceField(label=_("Language"))
    agents = forms.ChoiceField(label=_("How agents are named"), choices=AgentNames.choices)
    chart = forms.ChoiceField(label=_("Chart"), choices=ChartPlace.choices)
    attached = forms.MultipleChoiceField(
        label=_("Attached"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(form), FileForm(form).label) for form in FORMS],
    )  # fmt: skip
    user_ids = forms.TypedMultipleChoiceField(
        label=_("People who get them"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Somebody of them said stop, or may not read reports any more.")},
    )  # fmt: skip
    again = forms.TypedMultipleChoiceField(
        label=_("They said stop: send to them again"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    addresses = forms.CharField(
        label=_("Other addresses"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One in a line. They need no sign-in."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, plan: Plan, people: dict[int, Person], zone: str) -> None:
        stay = [one for one in plan.people if one.gets_it]
        initial = {
            "is_on": plan.is_on, "hour": plan.hour, "language": plan.language, "agents": plan.agents,
            "chart": plan.chart, "attached": list(plan.forms),
            "user_ids": [one.user_id for one in stay if one.user_id],
            "addresses": "\n".join(one.address for one in stay if one.user_id is None),
        }  # fmt: skip
        super().__init__(data, initial=initial, prefix=str(plan.kind))
        names = dict(settings.LANGUAGES)
        language: Any = self.fields["language"]
        language.choices = [(code, names.get(code, code)) for code in settings.CLIENT_LANGUAGES]
        chosen: Any = self.fields["user_ids"]
        stopped = {one.user_id for one in plan.stopped}
        chosen.choices = [
            (user_id, f"{one.name} ({one.address})")
            for user_id, one in people.items()
            if user_id not in stopped
        ]
        again: Any = self.fields["again"]
        again.choices = [(one.reader_id, one.name or one.address) for one in plan.stopped if one.may_read]
        self.fields["hour"].help_text = _("Of the client's day (%(zone)s).") % {"zone": zone}

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            said["is_on"], said["hour"], said["language"], said["agents"], tuple(said["attached"]),
            said["chart"], tuple(said["user_ids"]), tuple(said["addresses"].splitlines()),
            tuple(said["again"]),
        )  # fmt: skip
