"""The fields of each step's form, with what was typed and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.hours import countries, zones_to_choose
from interactions.choices import ClockKind, ClockTime, WhenClosed
from interactions.clocks.shapes import PAUSES
from interactions.opening import WEEKDAYS
from interactions.rule_step import WHENS
from reporting.choices import Counted, Window
from reporting.promises import PROMISABLE
from tenants.onboarding.shapes import Errors

Kind = Literal["text", "number", "textarea", "select", "checks", "check", "hues", "slug", "email", "logo"]
HUES: tuple[tuple[int, Promise], ...] = (
    (20, _("Red")),
    (45, _("Orange")),
    (65, _("Amber")),
    (105, _("Olive")),
    (130, _("Leaf")),
    (150, _("Green")),
    (180, _("Teal")),
    (210, _("Cyan")),
    (240, _("Azure")),
    (270, _("Blue")),
    (305, _("Violet")),
    (345, _("Pink")),
)
SPARE_ROWS = 1
MORE_ROWS = 4
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is its path inside the step; `choices` are (value, words) pairs."""

    name: str
    label: "str | Promise"
    kind: Kind = "text"
    hint: "str | Promise" = ""
    value: Any = ""
    errors: tuple[str, ...] = ()
    choices: Sequence[tuple[Any, Any]] = ()
    required: bool = False

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def picked(self) -> set[str]:
        """The values that are chosen, as text."""
        return (
            {str(one) for one in self.value}
            if isinstance(self.value, list | tuple | set)
            else {str(self.value)}
        )

    @property
    def text(self) -> str:
        """What stands in the field: a list as lines."""
        return "\n".join(map(str, self.value)) if isinstance(self.value, list) else str(self.value)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of things, a row of fields each, some rows empty for more."""

    name: str
    title: "str | Promise"
    one: "str | Promise"
    rows: tuple[tuple[Field, ...], ...]
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.name

    @property
    def label(self) -> "str | Promise":
        return self.title


@dataclass(slots=True)
class Filled:
    """A step's data as it stands, saved or typed, with its errors by path.

    `logo` is where the draft's logo is shown ("" without one), `suggested` the hue that it suggests; `lines`
    are the names of its waiting lines.
    """

    step: str
    data: Mapping[str, Any]
    errors: Errors = field(default_factory=dict)
    more: str = ""
    logo: str = ""
    suggested: int | None = None
    lines: Sequence[str] = ()

    def field(self, name: str, label: "str | Promise", kind: Kind = "text", **more: Any) -> Field:
        value: Any = self.data
        for key in name.split("."):
            value = _inside(value, key)
        found = self.errors_at(name, deep=kind in {"textarea", "checks"})
        return Field(name, label, kind, value="" if value is None else value, errors=found, **more)

    def errors_at(self, name: str, *, deep: bool = False) -> tuple[str, ...]:
        """Return what is wrong at the path; `deep`: also with each of its entries, named as typed."""
        path = f"{self.step}.{name}"
        found = list(self.errors.get(path, []))
        if deep:
            inner = {
                at.removeprefix(f"{path}."): words
                for at, words in self.errors.items()
                if at.startswith(f"{path}.")
            }
            found += [f"{_entry(self.data.get(name), at)}: {' '.join(words)}" for at, words in inner.items()]
        return tuple(found)

    def rows(
        self, name: str, title: "str | Promise", one: "str | Promise", columns: Sequence[Mapping[str, Any]]
    ) -> Rows:
        held = self.data.get(name)
        count = len(held) if isinstance(held, list) else 0
        shown = min(MOST_ROWS, count + (MORE_ROWS if self.more == name else SPARE_ROWS))
        rows = tuple(
            tuple(
                self.field(
                    f"{name}.{n}.{column['key']}",
                    column["label"],
                    column["kind"],
                    choices=column.get("choices", ()),
                )  # fmt: skip
                for column in columns
            )
            for n in range(shown)
        )
        return Rows(name, title, one, rows, self.errors_at(name))


def fields_of(filled: Filled) -> list[Field | Rows]:
    """Return the form of the step. A step that has none of its own here is shown by its template alone."""
    make = FORMS.get(filled.step)
    return make(filled) if make else []


def brand_form(filled: Filled) -> list[Field | Rows]:
    known = [(name, name) for name in zones_to_choose()]
    return [
        filled.field("name", _("Name"), required=True, hint=_("As customers know it.")),
        filled.field("slug", _("Short name"), "slug", required=True),
        filled.field("legal_name", _("Legal name"), hint=_("As it stands in the contract.")),
        filled.field(
            "timezone", _("Time zone"), "select", choices=[("", _("Choose")), *known], required=True
        ),
        filled.field("locales", _("Languages"), "checks", choices=settings.LANGUAGES),
        Field(
            "logo",
            _("Logo"),
            "logo",
            value=filled.logo,
            errors=filled.errors_at("logo"),
            hint=_("PNG, JPEG, WebP or SVG, at most 512 KB. Its colour is offered below."),
        ),
        filled.field("hue", _("Colour"), "hues", choices=_hues(filled.data.get("hue"), filled.suggested)),
        filled.field("tone", _("Tone"), hint=_("A few words: warm, first names.")),
        filled.field("tone_do", _("Do"), "textarea", hint=_("One rule a line.")),
        filled.field("tone_dont", _("Do not"), "textarea", hint=_("One rule a line.")),
    ]


def webchat_form(filled: Filled) -> list[Field | Rows]:
    return [
        filled.field("greeting", _("Greeting"), "textarea", hint=_("What a visitor reads first.")),
        filled.field(
            "origins", _("Pages that hold the chat"), "textarea",
            hint=_("One a line, like https://shop.example. The client's host here may always hold it."),
        ),
    ]  # fmt: skip


def queues_form(filled: Filled) -> list[Field | Rows]:
    columns = (
        {"key": "name", "label": _("Line"), "kind": "text"},
        {"key": "target_share", "label": _("Share (%)"), "kind": "number"},
        {"key": "target_seconds", "label": _("Answered within (s)"), "kind": "number"},
        {"key": "wrap_up_seconds", "label": _("Wrap-up (s)"), "kind": "number"},
        {"key": "chats_at_once", "label": _("Chats at once"), "kind": "number"},
        {"key": "nudge_seconds", "label": _("Ask if silent (s)"), "kind": "number"},
        {"key": "idle_close_seconds", "label": _("End if silent (s)"), "kind": "number"},
        {"key": "resume_hours", "label": _("Goes on within (h)"), "kind": "number"},
        {"key": "leave_after", "label": _("Offer to leave a message after (s)"), "kind": "number"},
        {"key": "callback_after", "label": _("Offer a call after (s)"), "kind": "number"},
        {"key": "callback_closed", "label": _("Offer a call when closed"), "kind": "check"},
        {
            "key": "when_closed",
            "label": _("When closed, customers can"),
            "kind": "select",
            "choices": [("", WhenClosed.TAKE.label), *WhenClosed.choices[1:]],
        },
    )
    outcomes = (
        {"key": "label", "label": _("Outcome"), "kind": "text"},
        {"key": "resolves", "label": _("Solves it"), "kind": "check"},
        {"key": "hard", "label": _("Was hard"), "kind": "check"},
    )
    return [
        filled.rows("lines", _("Waiting lines"), _("Line"), columns),
        filled.field("reasons", _("Reasons"), "textarea", hint=_("What a contact was about, one a line.")),
        filled.rows("outcomes", _("Outcomes"), _("Outcome"), outcomes),
    ]


def hours_form(filled: Filled) -> list[Field | Rows]:
    days = [("", "–"), *WEEKDAYS]
    columns = (
        {"key": "from_day", "label": _("From"), "kind": "select", "choices": days},
        {"key": "until_day", "label": _("Until"), "kind": "select", "choices": days},
        {"key": "opens", "label": _("Opens"), "kind": "text"},
        {"key": "closes", "label": _("Closes"), "kind": "text"},
    )
    lands = [("", _("None"))] + sorted(countries().items(), key=lambda pair: pair[1])
    return [
        filled.rows("periods", _("Opening hours"), _("Period"), columns),
        filled.field(
            "country", _("Public holidays"), "select", choices=lands,
            hint=_("Closed on the holidays of this country. Without any period it is open day and night."),
        ),
        filled.field("subdivision", _("State or province"), hint=_("Its code, if it has own holidays.")),
    ]  # fmt: skip


def rules_form(filled: Filled) -> list[Field | Rows]:
    lines = [("", _("The first line's")), *((name, name) for name in filled.lines)]
    columns = (
        {"key": "name", "label": _("Name"), "kind": "text"},
        {"key": "entrance", "label": _("Who comes by the entrance of"), "kind": "select", "choices": lines},
        {"key": "words", "label": _("and writes one of"), "kind": "text"},
        {"key": "pages", "label": _("on a page with"), "kind": "text"},
        {"key": "languages", "label": _("in the language"), "kind": "text"},
        {"key": "when", "label": _("at"), "kind": "select", "choices": [("", _("Any time")), *WHENS]},
        {"key": "queue", "label": _("goes to"), "kind": "select", "choices": [("", "–"), *lines[1:]]},
        {"key": "need", "label": _("Skills"), "kind": "text"},
        {"key": "priority", "label": _("Priority"), "kind": "number"},
    )
    return [filled.rows("rules", _("Rules, the first that fits takes it"), _("Rule"), columns)]


def targets_form(filled: Filled) -> list[Field | Rows]:
    lines = [("", _("All lines")), *((name, name) for name in filled.lines)]
    metrics = [(one.key, f"{one.name} ({one.key})") for one in PROMISABLE.values()]
    columns = (
        {"key": "metric", "label": _("What is promised"), "kind": "select", "choices": [("", "–"), *metrics]},
        {"key": "target", "label": _("Target (% or s)"), "kind": "text"},
        {"key": "minimum", "label": _("Minimum"), "kind": "text"},
        {"key": "window", "label": _("Measured over"), "kind": "select", "choices": _windows()},
        {"key": "counted", "label": _("Which time counts"), "kind": "select", "choices": _clocks()},
        {"key": "queue", "label": _("Line"), "kind": "select", "choices": lines},
        {"key": "weight", "label": _("Weight"), "kind": "number"},
    )
    return [filled.rows("targets", _("What the contract promises"), _("Target"), columns)]


def clocks_form(filled: Filled) -> list[Field | Rows]:
    lines = [("", _("All lines")), *((name, name) for name in filled.lines)]
    columns = (
        {"key": "clock", "label": _("Clock"), "kind": "select", "choices": [("", "–"), *ClockKind.choices]},
        {"key": "seconds", "label": _("Within (s)"), "kind": "number"},
        {
            "key": "counted",
            "label": _("Which time counts"),
            "kind": "select",
            "choices": [("", ClockTime.ELAPSED.label), (ClockTime.BUSINESS.value, ClockTime.BUSINESS.label)],
        },
        {"key": "queue", "label": _("Line"), "kind": "select", "choices": lines},
        {"key": "urgent_from", "label": _("From priority"), "kind": "number"},
        {"key": "urgent_seconds", "label": _("Then within (s)"), "kind": "number"},
        {"key": "pauses", "label": _("Stands still"), "kind": "checks", "choices": PAUSES},
        {"key": "total", "label": _("Goes on when it is opened again"), "kind": "check"},
    )
    return [filled.rows("clocks", _("How long answers may take"), _("Clock"), columns)]


def manager_form(filled: Filled) -> list[Field | Rows]:
    hint = _("One e-mail address a line. Who signs in here gets a seat, the others an invitation.")
    return [filled.field("managers", _("Client managers"), "textarea", hint=hint)]


def soft_form(filled: Filled) -> list[Field | Rows]:
    """The form of a soft launch (tenants.onboarding.soft.SoftShape)."""
    return [
        filled.field("share", _("Share of visitors (%)"), "number", hint=_("Always the same ones.")),
        filled.field("opens", _("From"), hint=_("In the client's zone; empty: all day.")),
        filled.field("closes", _("Until"), hint=_("Over midnight when it is the earlier one.")),
        filled.field(
            "most_open", _("Conversations at once"), "number", hint=_("Others are told to come later.")
        ),
    ]  # fmt: skip


FORMS: dict[str, Callable[[Filled], list[Field | Rows]]] = {
    "brand": brand_form,
    "webchat": webchat_form,
    "queues": queues_form,
    "hours": hours_form,
    "rules": rules_form,
    "targets": targets_form,
    "clocks": clocks_form,
    "manager": manager_form,
    "soft": soft_form,
}


def _windows() -> list[tuple[str, Any]]:
    """The choices of a window; left empty it is the month."""
    return [("", Window.MONTH.label), *((one.value, one.label) for one in (Window.WEEK, Window.DAY))]


def _clocks() -> list[tuple[str, Any]]:
    """The choices of a clock; left empty all hours count."""
    return [("", Counted.ELAPSED.label), (Counted.BUSINESS.value, Counted.BUSINESS.label)]


def _hues(current: Any, suggested: int | None) -> list[tuple[int, Any]]:
    """Return the colours to choose from: that of the logo first, then ours, then the chosen one if it is
    none of them.
    """
    offered: dict[int, Any] = {} if suggested is None else {suggested: _("Of the logo")}
    own = hue_of(current)
    for hue, name in [*HUES, *([] if own is None else [(own, _("Own colour"))])]:
        offered.setdefault(hue, name)
    return list(offered.items())


def hue_of(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) < 360 else None


def _inside(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return None


def _entry(value: Any, place: str) -> str:
    """Return the entry that an error is about, as it was typed."""
    listed = value.splitlines() if isinstance(value, str) else value
    lines = [line for line in listed if str(line).strip()] if isinstance(listed, list) else []
    number = place.split(".")[0]
    return str(lines[int(number)]) if number.isdecimal() and int(number) < len(lines) else place
