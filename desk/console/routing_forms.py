"""The forms of the routing screens: pools, queues, agents, ramps. What is wrong the verb says."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayField
from desk.console.mail_forms import one_line
from routing.actions import Profile
from routing.choices import Order, OverflowWhen, Period, PoolKind, Strategy
from routing.lending import SHOWN
from routing.models import Pool, QueuePlan, Ramp
from routing.overflow import OFFERED, TARGETS
from routing.reading import ProfileRow
from routing.scoring import SCORERS
from tenants.values import BrandCard
from workforce.queries import agent_named

Choices = Iterable[tuple[Any, Any]]
K = TypeVar("K", str, int)
RAMP_STEP = re.compile(r"(\d{1,3})\s*[:=]\s*(\d{1,3})\s*%?")
CREDIT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*%?\s*[:=]\s*(\d{1,10}(?:\.\d{1,2})?)")
NO_LIMIT = ""


class PoolForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"))
    client = forms.ChoiceField(label=_("Client"), required=False, help_text=_("Of a dedicated pool."))

    def __init__(self, data: Any = None, *, clients: Iterable[BrandCard]) -> None:
        super().__init__(data)
        kinds = [choice for choice in PoolKind.choices if choice[0] != PoolKind.SHARED]
        _choose(self, "kind", kinds)
        _choose(self, "client", [("", "–"), *((card.id, card.name) for card in clients)])

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        data = self.cleaned_data
        return {"name": data["name"], "kind": data["kind"], "brand_id": int(data["client"] or 0) or None}


class PoolNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    order = forms.ChoiceField(
        label=_("Whose turn it is"), choices=Order.choices, required=False,
        help_text=_("Among its clients. Before that, each gets its least share of the pool."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, pool: Pool) -> None:
        super().__init__(data, initial={"name": pool.name, "order": pool.order}, prefix="pool")

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class MemberForm(forms.Form):
    agent = forms.CharField(
        label=_("Agent"), help_text=_("Their staff number or e-mail address."), max_length=254
    )
    until = forms.DateTimeField(
        label=_("Until"), required=False, help_text=_("Your time. Empty: no end."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb; an agent whom nobody has is number 0."""
        agent, until = self.cleaned_data["agent"], self.cleaned_data["until"]
        return {"agent_id": agent_named(agent) or 0, "valid_until": until}


class LoanForm(forms.Form):
    """From which pool how many, until when in the reader's zone."""

    from_pool = forms.TypedChoiceField(label=_("From the pool"), coerce=int)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=SHOWN, initial=1)
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, pools: Choices, zone: str) -> None:
        super().__init__(data)
        _choose(self, "from_pool", [("", _("Choose")), *pools])
        self.fields["until"].help_text = _("%(zone)s time.") % {"zone": zone}


class ServingForm(forms.Form):
    queue = forms.TypedChoiceField(label=_("Queue"), coerce=int)
    rank = forms.IntegerField(label=_("Rank"), initial=1, help_text=_("1 is asked first."))
    delay_seconds = forms.IntegerField(label=_("After a wait of, seconds"), initial=0)
    min_share = forms.IntegerField(
        label=_("At least, percent"), required=False,
        help_text=_("Of the pool's offers while this client has work waiting. Empty: half of an equal part."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, queues: Choices) -> None:
        super().__init__(data)
        _choose(self, "queue", queues)

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        return {"queue_id" if name == "queue" else name: n for name, n in self.cleaned_data.items()}


class MannerForm(forms.Form):
    strategy = forms.ChoiceField(label=_("Who is asked first"), choices=Strategy.choices)
    scorer = forms.ChoiceField(
        label=_("A score before that"), required=False,
        help_text=_("Chooses among those who may be asked. Should it be late or fail, the line above does."),
    )  # fmt: skip
    holdout = forms.IntegerField(
        label=_("Decided without the score, percent"), help_text=_("To compare by: 0 to 50."), initial=0
    )
    prefer_seconds = forms.IntegerField(
        label=_("Kept for the last agent, seconds"),
        help_text=_("How long a conversation that comes back waits for who had it, if they are there."),
    )
    pull_allowed = forms.BooleanField(label=_("Agents may take from the line themselves"), required=False)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        _choose(self, "scorer", [("", _("None")), *((one.name, one.title) for one in SCORERS.values())])


class TermsForm(forms.Form):
    period = forms.ChoiceField(label=_("Counted over"), choices=Period.choices)
    credits = forms.CharField(
        label=_("What is owed"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
        help_text=_("One a line, under percent: amount. Empty: each percent short of the target costs 1."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, plan: QueuePlan) -> None:
        lines = "\n".join(f"{under:g}: {amount:g}" for under, amount in plan.credits)
        super().__init__(data, initial={"period": plan.period, "credits": lines})

    def clean_credits(self) -> list[tuple[float, float]]:
        found = _lines(self.cleaned_data["credits"], CREDIT, _("Write a line like 80: 500, not “%(line)s”."))
        return [(float(match[1]), float(match[2])) for match in found]


TITLES = {target.name: target.title for target in TARGETS}


class OverflowForm(forms.Form):
    when = forms.ChoiceField(label=_("When"), choices=OverflowWhen.choices)
    threshold = forms.IntegerField(
        label=_("Seconds, or percent"), required=False,
        help_text=_("Of the expected wait, or of the service level of the last 15 minutes."),
    )  # fmt: skip
    target = forms.ChoiceField(label=_("Who helps"))

    def __init__(self, data: Any = None, *, pools: Choices, helpers: Choices) -> None:
        super().__init__(data)
        choices: list[Any] = [(_("Agents of a pool"), [(f"pool-{key}", name) for key, name in pools])]
        if lines := [(f"queue-{key}", name) for key, name in helpers]:
            choices.append((_("Who serves the queue"), lines))
        choices.append((_("Nobody"), [(name, TITLES[name]) for name in OFFERED]))
        _choose(self, "target", choices)

    def said(self) -> dict[str, Any]:
        """Return the arguments of the verb."""
        only = {"when": self.cleaned_data["when"], "threshold": self.cleaned_data["threshold"] or 0}
        if self.cleaned_data["target"] in OFFERED:
            return only | {self.cleaned_data["target"]: True}
        kind, _dash, key = self.cleaned_data["target"].partition("-")
        return only | {"pool_id" if kind == "pool" else "helper_id": int(key)}


class RestForm(forms.Form):
    """When agents rest; what is empty is no rule, for a pool: as the house says."""

    occupancy = forms.IntegerField(
        label=_("Nothing over, percent"), required=False,
        help_text=_("Of the last 60 minutes on work. At 85 nobody is offered more until below."),
    )  # fmt: skip
    hard_in_row = forms.IntegerField(
        label=_("Hard contacts in a row"), required=False,
        help_text=_("By their outcome, or as the agent says at the wrap-up."),
    )  # fmt: skip
    rest_minutes = forms.IntegerField(
        label=_("Then a rest of, minutes"), required=False, help_text=_("Nothing is offered meanwhile.")
    )

    def __init__(self, data: Any = None, *, numbers: Mapping[str, int | None]) -> None:
        super().__init__(data, initial=dict(numbers))


class RampForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    steps = forms.CharField(
        label=_("Steps"), widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
        help_text=_("One a line, day: percent of the units from then on. The first is day 0."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, ramp: Ramp | None = None) -> None:
        lines = (
            "\n".join(f"{day}: {percent}" for day, percent in ramp.steps)
            if ramp
            else "0: 34\n14: 68\n28: 100"
        )
        super().__init__(data, initial={"name": ramp.name if ramp else "", "steps": lines})

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_steps(self) -> list[tuple[int, int]]:
        found = _lines(self.cleaned_data["steps"], RAMP_STEP, _("Write a line like 14: 68, not “%(line)s”."))
        return [(int(match[1]), int(match[2])) for match in found]


class ProfileForm(forms.Form):
    """What an agent is asked for; a limit of a channel or a client that is empty is none."""

    full_cap = forms.IntegerField(
        label=_("Units"), help_text=_("100 is a whole agent; a queue says how many a conversation takes.")
    )
    ramp = forms.TypedChoiceField(label=_("Ramp"), coerce=int, empty_value=None, required=False)
    ramp_from = DayField(
        label=_("Since"), required=False, help_text=_("The first day of the ramp. Empty: the day of hire.")
    )

    def __init__(
        self, data: Any = None, *, row: ProfileRow, ramps: Iterable[Ramp], channels: Choices, clients: Choices
    ) -> None:
        super().__init__(
            data, initial={"full_cap": row.full_cap, "ramp": row.ramp_id, "ramp_from": row.ramp_from}
        )
        _choose(self, "ramp", [("", _("None")), *((ramp.pk, ramp.name) for ramp in ramps)])
        self.row = row
        self.keys: list[str | int] = []
        for code, title in channels:
            self._add(code, title, row.channels.get(str(code)), row.channel_weights.get(str(code)))
        for key, title in clients:
            self._add(key, title, row.brands.get(int(key)), row.brand_weights.get(int(key)))

    def _add(self, key: str | int, title: str, at_once: int | None, weight: int | None) -> None:
        """Add both fields of a channel or a client, whose key is a number."""
        self.keys.append(key)
        named = {"name": title}
        self.fields[_field("limit", key)] = forms.IntegerField(
            label=_("%(name)s: at once") % named, required=False, initial=at_once
        )
        self.fields[_field("weight", key)] = forms.IntegerField(
            label=_("%(name)s: weight in %%") % named, required=False, initial=weight
        )

    def said(self) -> Profile:
        """Return what the agent is to be asked for; what no field is about stays as it is."""
        data, row = self.cleaned_data, self.row
        return Profile(
            data["full_cap"],
            self._numbers("limit", str, row.channels),
            self._numbers("limit", int, row.brands),
            data["ramp"],
            data["ramp_from"],
            self._numbers("weight", str, row.channel_weights),
            self._numbers("weight", int, row.brand_weights),
        )

    def _numbers(self, what: str, kind: type[K], held: Mapping[K, int]) -> dict[K, int]:
        """Return the numbers of the channels (str) or of the clients (int) that have one."""
        keys = [key for key in self.keys if isinstance(key, kind)]
        given = {key: self.cleaned_data.get(_field(what, key)) for key in keys}
        return {key: number for key, number in (dict(held) | given).items() if number is not None}

    @property
    def channel_fields(self) -> list[forms.BoundField]:
        return self._bound(str)

    @property
    def client_fields(self) -> list[forms.BoundField]:
        return self._bound(int)

    def _bound(self, kind: type) -> list[forms.BoundField]:
        keys = [key for key in self.keys if isinstance(key, kind)]
        return [self[_field(what, key)] for key in keys for what in ("limit", "weight")]


def _field(what: str, key: str | int) -> str:
    return f"{what}-b{key}" if isinstance(key, int) else f"{what}-{key}"


def _lines(text: str, shape: re.Pattern[str], wrong: Any) -> list[re.Match[str]]:
    """Read each line that is not empty. Raises ValidationError with the first of another shape."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = shape.fullmatch(line)
        if match is None:
            raise forms.ValidationError(wrong, params={"line": line})
        found.append(match)
    return found


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field: Any = form.fields[name]
    field.choices = list(choices)
