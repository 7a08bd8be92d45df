"""The forms of Workforce: people, sites, teams, skills, and what is asked of the list."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.fields import DayField
from core.hours import zones_to_choose
from desk.console.mail_forms import one_line
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.scope import labour_scope
from workforce.languages import known_language
from workforce.models import Site, Skill, Team
from workforce.models.people import alias_key
from workforce.queries import agent_named
from workforce.staff.bulk import Wish
from workforce.staff.listing import STATES, Asked
from workforce.staff.parsing import items_of
from workforce.staff.reasons import KINDS

Choice = tuple[Any, Any]
STATE_NAMES = {
    "active": _("Active"), "uninvited": _("Not invited yet"), "invited": _("Invited"),
    "leaving": _("Leaving"), "left": _("Left"),
}  # fmt: skip
LEVEL_NAMES: list[Choice] = [
    (1, _("1 learning")), (2, _("2 with help")), (3, _("3 alone")), (4, _("4 well")), (5, _("5 teaches it")),
]  # fmt: skip
AUTO = {"dir": "auto"}


class Choices:
    """What can be chosen now, each list with one statement: (id, name)."""

    def __init__(self) -> None:
        with labour_scope():
            here = {"archived_at__isnull": True}
            self.sites: list[Choice] = list(
                Site.objects.filter(**here).order_by("name").values_list("pk", "name")
            )
            teams = Team.objects.filter(**here).order_by("site__name", "name")
            rows = teams.values_list("pk", "name", "site__name")
            self.teams: list[Choice] = [(pk, f"{name}, {site}") for pk, name, site in rows]
            skills = Skill.objects.filter(**here).order_by("name")
            self.skills: list[Choice] = list(skills.values_list("pk", "name"))
            brands = Brand.objects.exclude(state=BrandState.GONE).order_by("name", "pk")
            self.brands: list[Choice] = list(brands.values_list("pk", "name"))


def picked(label: Any, *, required: bool = False, **more: Any) -> forms.TypedChoiceField:
    """Return a list to choose one id from; `fill` says which there are."""
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, required=required, **more)


def fill(form: forms.Form, name: str, choices: list[Choice], empty: Any) -> None:
    form.fields[name].choices = [("", empty), *choices]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """What the list is asked for, out of an address: what is no choice is as if it were not there."""

    q = forms.CharField(label=_("Name, e-mail or number"), required=False, max_length=80)
    site = picked(_("Site"))
    team = picked(_("Team"))
    brand = picked(_("Client"))
    skill = picked(_("Skill"))
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any, choices: Choices) -> None:
        super().__init__(data)
        fill(self, "site", choices.sites, _("All"))
        fill(self, "team", choices.teams, _("All"))
        fill(self, "brand", choices.brands, _("All"))
        fill(self, "skill", choices.skills, _("All"))
        states: list[Choice] = [(one, STATE_NAMES[one]) for one in STATES]
        fill(self, "state", states, _("All who work here"))
        self.fields["q"].widget.attrs |= AUTO | {"type": "search"}

    def asked(self) -> Asked:
        self.is_valid()
        said = self.cleaned_data
        return Asked(
            search=said.get("q", "").replace("\x00", ""), site_id=said.get("site"), team_id=said.get("team"),
            brand_id=said.get("brand"), skill_id=said.get("skill"), state=said.get("state", ""),
        )  # fmt: skip


class PersonForm(forms.Form):
    """Who somebody is. Languages are codes, as in a file."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("They sign in with it."))
    name = forms.CharField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs=AUTO))
    employee_no = forms.CharField(label=_("Employee number"), max_length=32)
    site_id = picked(_("Site"), help_text=_("Where they work; its time zone is theirs."))
    team_id = picked(_("Team"))
    languages = forms.CharField(
        label=_("Languages"), required=False, max_length=200,
        help_text=_("Codes, the main one first: en; pt-br"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, choices: Choices, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        fill(self, "site_id", choices.sites, _("None"))
        fill(self, "team_id", choices.teams, _("None"))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_employee_no(self) -> str:
        return one_line(self.cleaned_data["employee_no"])

    def clean_languages(self) -> tuple[str, ...]:
        codes = []
        for item in items_of(self.cleaned_data["languages"].replace(",", ";")):
            code = known_language(item)
            if code is None:
                raise ValidationError(
                    _("“%(code)s” is no language code, such as en or pt-br.") % {"code": item}
                )
            codes.append(code)
        return tuple(dict.fromkeys(codes))


class SkillsForm(forms.Form):
    """A level, or none, for each skill of the catalogue."""

    def __init__(self, data: Any = None, *, choices: list[Choice], held: dict[int, int]) -> None:
        super().__init__(data)
        for pk, name in choices:
            field = picked(name, initial=held.get(pk))
            self.fields[f"skill-{pk}"] = field
            fill(self, f"skill-{pk}", LEVEL_NAMES, _("No"))

    def levels(self) -> dict[int, int]:
        """Return {skill's id: level} of what they have."""
        said = {int(name.partition("-")[2]): level for name, level in self.cleaned_data.items()}
        return {pk: level for pk, level in said.items() if level}


class AliasForm(forms.Form):
    """What a client's customers read; the true name only if that is meant."""

    shown_name = forms.CharField(
        label=_("Alias"), required=False, max_length=80, widget=forms.TextInput(attrs=AUTO)
    )
    sure = forms.BooleanField(label=_("Use the true name all the same"), required=False)

    def __init__(self, data: Any = None, *, true_name: str = "") -> None:
        super().__init__(data)
        self.true_name = true_name

    @property
    def is_warned(self) -> bool:
        return "sure" in self.errors

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        shown = alias_key(said.get("shown_name", ""))
        if shown and shown == alias_key(self.true_name) and not said.get("sure"):
            self.add_error(
                "sure", _("That is their true name: customers of this client could look them up by it.")
            )
        return said


class SeatForm(forms.Form):
    """A client to work for, and what for one is certified."""

    brand_id = picked(_("Client"), required=True)
    version = forms.CharField(
        label=_("Certified for version"), required=False, max_length=32,
        help_text=_("Of the client's process or knowledge, such as 2026-1."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, choices: list[Choice]) -> None:
        super().__init__(data)
        fill(self, "brand_id", choices, _("Choose"))

    def clean_version(self) -> str:
        return one_line(self.cleaned_data["version"])


class CertifyForm(forms.Form):
    """A version, and the last day it holds, in the client's time zone."""

    version = forms.CharField(label=_("Version"), max_length=32)
    until = DayField(label=_("Last day"), required=False, help_text=_("Empty: no end."))

    def clean_version(self) -> str:
        return one_line(self.cleaned_data["version"])

    def valid_until(self, zone: str) -> datetime | None:
        """Return the instant after the last day, None for no end."""
        day: date | None = self.cleaned_data["until"]
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) if day else None


class LeavingForm(forms.Form):
    """The last day at the agent's site."""

    last_day = DayField(label=_("Last day"))


class SiteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=AUTO))
    timezone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [(name, name) for name in zones_to_choose()]  # type: ignore[attr-defined]
        self.fields["timezone"].widget.attrs |= AUTO

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=AUTO))
    site_id = picked(_("Site"), required=True)
    lead = forms.EmailField(
        label=_("Team lead"), required=False, max_length=254,
        help_text=_("E-mail of an agent; drafts of who leaves go to them."),
    )  # fmt: skip

    def __init__(self, *args: Any, sites: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, "site_id", sites, _("Choose"))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_lead(self) -> int | None:
        """Return the agent's id."""
        email = self.cleaned_data["lead"]
        found = agent_named(email) if email else None
        if email and found is None:
            raise ValidationError(_("No agent of the pool has this address."))
        return found

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        return {"lead_id" if name == "lead" else name: value for name, value in self.cleaned_data.items()}


class SkillForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=AUTO))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("CSV in UTF-8, at most 5 MB and 20,000 lines."),
    )  # fmt: skip


class WishForm(forms.Form):
    """What many people are to become; what is left alone stays as it is."""

    team_id = picked(_("Team"))
    site_id = picked(_("Site"))
    brand_id = picked(_("Client"))
    unseat = forms.TypedChoiceField(
        label=_("For this client"), required=False, coerce=bool, empty_value="",
        choices=[("", _("Seat and certify")), ("1", _("Take the seat away"))],
    )  # fmt: skip
    version = forms.CharField(label=_("Certified for version"), required=False, max_length=32)
    skill_id = picked(_("Skill"))
    level = picked(_("Level"))
    language = forms.CharField(
        label=_("Language"), required=False, max_length=12, help_text=_("A code: pt-br")
    )
    unlearn = forms.TypedChoiceField(
        label=_("This language"), required=False, coerce=bool, empty_value="",
        choices=[("", _("Add it")), ("1", _("Take it away"))],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, choices: Choices) -> None:
        super().__init__(data)
        stays = _("As it is")
        fill(self, "team_id", choices.teams, stays)
        fill(self, "site_id", choices.sites, stays)
        fill(self, "brand_id", choices.brands, stays)
        fill(self, "skill_id", choices.skills, stays)
        fill(self, "level", [(0, _("Take it away")), *LEVEL_NAMES], _("3 alone"))

    def clean_language(self) -> str:
        said = self.cleaned_data["language"]
        code = known_language(said) if said else ""
        if code is None:
            raise ValidationError(_("“%(code)s” is no language code, such as en or pt-br.") % {"code": said})
        return code

    def wish(self) -> Wish:
        said = dict(self.cleaned_data)
        if said["skill_id"] and said["level"] is None:
            said["level"] = 3
        said |= {name: bool(said[name]) for name in ("unseat", "unlearn")}
        return Wish(**said)


class ReasonForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs=AUTO))
    kind = forms.ChoiceField(label=_("Counts as"), choices=KINDS)
    paid = forms.BooleanField(label=_("Paid working time"), required=False)

    def clean_label(self) -> str:
        return one_line(self.cleaned_data["label"])


class TermForm(forms.Form):
    """What a reason means for a client's bill; the day begins in the client's zone."""

    brand_id = picked(_("Client"))
    billable = forms.TypedChoiceField(
        label=_("The client"), coerce=lambda value: value == "yes",
        choices=[("yes", _("pays for it")), ("no", _("does not pay for it"))],
    )  # fmt: skip
    since = DayField(label=_("From"), help_text=_("The start of that day, in the client's time zone."))

    def __init__(self, data: Any = None, *, choices: Any) -> None:
        super().__init__(data)
        fill(self, "brand_id", choices, _("Choose"))
        self.fields["brand_id"].required = True
