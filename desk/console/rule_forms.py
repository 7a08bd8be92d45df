"""The form of a routing rule: one field for each kind of condition; what is empty is not asked."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.console.mail_forms import one_line
from interactions.errors import Invalid
from interactions.rules import Condition, Rule, split
from interactions.values import CalendarView, QueueHours

Choices = Iterable[tuple[Any, Any]]
FIELD_OF = {"keyword": "words", "page": "parts", "language": "codes", "hours": "calendar"}


class RuleForm(forms.Form):
    """`version` is empty for a new rule, whose `ref` names the form: sent twice, it makes one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    words = forms.CharField(
        label=gettext_lazy("A word in the first message"), required=False, max_length=1500,
        help_text=gettext_lazy("Whole words or phrases with commas between them; one of them is enough."),
    )  # fmt: skip
    parts = forms.CharField(
        label=gettext_lazy("The page"), required=False, max_length=1500,
        help_text=gettext_lazy("Parts of its address with commas between them, like /checkout."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )  # fmt: skip
    codes = forms.CharField(
        label=gettext_lazy("The language"), required=False, max_length=200,
        help_text=gettext_lazy("Codes with commas between them, like sv, fi."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )  # fmt: skip
    calendar = forms.ChoiceField(label=gettext_lazy("The hours"), required=False)
    queue = forms.TypedChoiceField(label=gettext_lazy("Queue"), coerce=UUID)
    need = forms.CharField(
        label=gettext_lazy("Skills"), required=False, max_length=400,
        help_text=gettext_lazy("Like: swedish >= 3 [20s: 2, 60s: 0] and not trainee. Empty: none."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"), initial=0,
        help_text=gettext_lazy("0 to 10; each point is half a minute ahead in the queue."),
    )  # fmt: skip
    ref = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        queues: Iterable[QueueHours],
        calendars: Iterable[CalendarView],
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self._choose("queue", [(row.ref, row.name) for row in queues])
        hours = [("", _("Any time"))]
        for view in calendars:
            hours.append((f"open {view.ref}", _("While open: %(name)s") % {"name": view.name}))
            hours.append((f"closed {view.ref}", _("While closed: %(name)s") % {"name": view.name}))
        self._choose("calendar", hours)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def conditions(self) -> list[Condition]:
        """Return what was said as conditions."""
        found: list[Condition] = []
        for kind, field in (("keyword", "words"), ("page", "parts"), ("language", "codes")):
            if said := split(self.cleaned_data[field]):
                found.append(
                    {"kind": kind, field: [word.lower() for word in said] if kind == "language" else said}
                )
        if hours := self.cleaned_data["calendar"]:
            state, _space, ref = hours.partition(" ")
            found.append({"kind": "hours", "calendar": ref, "open": state == "open"})
        return found

    def blame(self, error: Invalid) -> None:
        """Put what the verb said beside the fields, what is of none above them."""
        for name, words in error.errors.items():
            field = FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, words)

    def _choose(self, name: str, choices: Choices) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)


def initial_of(rule: Rule, queue_refs: dict[int, UUID]) -> dict[str, Any]:
    """Return a rule as the form shows it."""
    said: dict[str, Any] = {
        "name": rule.name, "queue": queue_refs.get(rule.queue_id), "need": rule.need,
        "priority": rule.priority, "ref": rule.ref, "version": rule.version,
    }  # fmt: skip
    for one in rule.conditions:
        if one["kind"] == "hours":
            said["calendar"] = f"{'open' if one['open'] else 'closed'} {one['calendar']}"
        elif field := FIELD_OF.get(one["kind"]):
            said[field] = ", ".join(one[field])
    return said


def condition_words(one: Condition, calendars: dict[str, str]) -> str:
    """Say a condition in a sentence."""
    kind = one["kind"]
    if kind == "keyword":
        return _("the first message says %(words)s") % {"words": _listed(one["words"])}
    if kind == "page":
        return _("the page has %(words)s") % {"words": _listed(one["parts"])}
    if kind == "language":
        return _("the language is %(words)s") % {"words": _listed(one["codes"])}
    named = {"name": calendars.get(one.get("calendar", ""), "?")}
    return _("%(name)s is open") % named if one.get("open") else _("%(name)s is closed") % named


def _listed(words: Iterable[str]) -> str:
    return _(" or ").join(f"“{word}”" for word in words)
