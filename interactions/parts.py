"""The parts of a blueprint that this room holds: reasons, outcomes, targets, what customers can do meanwhile,
hours, the chat's greeting."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.shares import percent
from interactions import opening
from interactions.actions import change_inbox, save_queue, save_words, set_reception
from interactions.choices import Channel, DispositionKind, WhenClosed
from interactions.hours import list_calendars, queue_hours
from interactions.idle import IDLE_NUMBERS
from interactions.models import Disposition, Inbox, Queue
from interactions.onboarding import FULL, code_of, line_of, tell_routing, words_of, words_offered
from interactions.values import Reception
from tenants.onboarding.registry import Data, Part, Value, Work
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant

NUMBERS = ("target_share", "target_seconds", "wrap_up_seconds", "chats_at_once", *IDLE_NUMBERS)
USUAL: Data = {
    "target_share": 80, "wrap_up_seconds": 120, "chats_at_once": 3, "nudge_seconds": 180,
    "idle_close_seconds": 600, "resume_hours": 24,
}  # fmt: skip


def _read_words(kind: DispositionKind, brand: BrandCard, grant: Grant) -> Value:
    """Return [{"code", "label", "resolves", "hard"}] of what agents are offered, in order."""
    with tenant_scope(brand, grant):
        rows = Disposition.objects.filter(kind=kind, active=True, not_a_contact=False)
        return [
            {"code": row.code, "label": row.label, "resolves": row.resolves, "hard": row.hard}
            for row in rows.order_by("position", "pk")
        ]


def _proposed(listed: list[tuple[str, bool, bool | None]], held: Value) -> Value | None:
    """Return the blueprint's words, each under the code that the client has for the same words; what it says
    nothing of is as the client has it."""
    known = {word["label"].casefold(): word for word in held}
    return [
        {
            "code": known.get(label.casefold(), {}).get("code") or code_of(label), "label": label,
            "resolves": resolves,
            "hard": known.get(label.casefold(), {}).get("hard", False) if hard is None else hard,
        }
        for label, resolves, hard in listed
    ] or None  # fmt: skip


def _write_words(kind: DispositionKind, work: Work) -> None:
    value = work.data["value"]
    listed = [(word["code"], word["label"], word["resolves"], word.get("hard")) for word in value]
    with tenant_scope(work.brand, work.grant):
        save_words(words_of(kind, listed, words_offered()), actor=work.actor, now=work.now)


def read_reasons(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    return _read_words(DispositionKind.REASON, brand, grant)


def propose_reasons(data: dict[str, Data], held: Value) -> Value | None:
    return _proposed([(label, False, False) for label in data.get("queues", {}).get("reasons", [])], held)


def write_reasons(work: Work) -> None:
    _write_words(DispositionKind.REASON, work)


def read_outcomes(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    return _read_words(DispositionKind.OUTCOME, brand, grant)


def propose_outcomes(data: dict[str, Data], held: Value) -> Value | None:
    listed = data.get("queues", {}).get("outcomes", [])
    words = [(one["label"], bool(one.get("resolves")), one.get("hard")) for one in listed]
    return _proposed(words, held)


def write_outcomes(work: Work) -> None:
    _write_words(DispositionKind.OUTCOME, work)


def label_words(value: Value) -> list[str]:
    marks = {"resolves": _("solves it"), "hard": _("hard")}
    found = []
    for word in value:
        said = ", ".join(str(mark) for name, mark in marks.items() if word.get(name))
        found.append(f"{word['label']} ({said})" if said else str(word["label"]))
    return found


def read_targets(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    """Return {name of the line: its numbers}."""
    with tenant_scope(brand, grant):
        lines = [line_of(queue) for queue in Queue.objects.order_by("pk")]
    return {line["name"]: {name: line[name] for name in NUMBERS} for line in lines}


def propose_targets(data: dict[str, Data], held: Value) -> Value | None:
    """Give the lines of a name that the blueprint knows its numbers; the others keep theirs."""
    known = {line["name"].casefold(): USUAL | line for line in data.get("queues", {}).get("lines", [])}
    found = {
        name: {number: known[name.casefold()][number] for number in NUMBERS}
        for name in held
        if name.casefold() in known
    }
    return held | found if found else None


def write_targets(work: Work) -> None:
    wanted: dict[str, Any] = work.data["value"]
    with tenant_scope(work.brand, work.grant):
        for queue in Queue.objects.order_by("pk"):
            numbers = dict(wanted.get(queue.name) or {})
            if numbers and numbers != {name: line_of(queue)[name] for name in numbers}:
                numbers["units"] = FULL // numbers.pop("chats_at_once")
                save_queue(queue, actor=work.actor, now=work.now, **numbers)


def target_words(value: Value) -> list[str]:
    words = _("%(name)s: %(share)s within %(seconds)d s, wrap-up %(wrap_up)d s, %(chats)d chats at once")
    return [
        str(words % {
            "name": name, "share": percent(line["target_share"]), "seconds": line["target_seconds"],
            "wrap_up": line["wrap_up_seconds"], "chats": line["chats_at_once"],
        })
        for name, line in value.items()
    ]  # fmt: skip


def read_reception(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    """Return {name of the line: what its customers can do when it is closed, and when they wait for long}."""
    with tenant_scope(brand, grant):
        return {row.name: row.reception._asdict() for row in queue_hours()}


def propose_reception(data: dict[str, Data], held: Value) -> Value | None:
    """Give the lines of a name that the blueprint knows what it says of them; the others keep theirs."""
    usual = Reception()._asdict()
    known = {line["name"].casefold(): usual | line for line in data.get("queues", {}).get("lines", [])}
    found = {
        name: {field: known[name.casefold()][field] for field in usual}
        for name in held
        if name.casefold() in known
    }
    return held | found if found else None


def write_reception(work: Work) -> None:
    wanted: dict[str, Any] = work.data["value"]
    with tenant_scope(work.brand, work.grant):
        rows = [row for row in queue_hours() if row.name in wanted]
        choices = {row.ref: Reception(**row.reception._asdict() | wanted[row.name]) for row in rows}
        set_reception(choices, actor=work.actor, now=work.now)


def reception_words(value: Value) -> list[str]:
    return [f"{name}: {'; '.join(_reception_words(Reception(**line)))}" for name, line in value.items()]


def _reception_words(said: Reception) -> list[str]:
    seconds = {
        _("a message may be left after %(seconds)d s"): said.leave_after,
        _("a call is offered after %(seconds)d s"): said.callback_after,
    }
    closed = [str(WhenClosed(said.when_closed).label)]
    closed += [str(_("a call is offered when closed"))] if said.callback_closed else []
    return closed + [str(words % {"seconds": after}) for words, after in seconds.items() if after is not None]


def read_hours(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    """Return the step's data of the hours that onboarding gives, each day by itself; {} where every line has
    hours of its own.
    """
    with tenant_scope(brand, grant):
        standing = next((one for one in list_calendars(now) if one.name == opening.NAME), None)
        names = set(Queue.objects.values_list("calendar__name", flat=True))
    if not names & {None, opening.NAME}:
        return {}
    in_use = opening.NAME in names
    return opening.told_of(standing.hours) if standing and in_use else opening.told_of(None)


def propose_hours(data: dict[str, Data], held: Value) -> Value | None:
    """Give it the blueprint's week; whose holidays are kept stays."""
    periods = data.get("hours", {}).get("periods")
    return held | {"periods": opening.day_by_day(periods)} if periods and held else None


def write_hours(work: Work) -> None:
    opening.apply(Work(work.brand, work.data["value"], work.grant, work.actor, work.now))
    tell_routing(work.brand, work.grant, work.now)


def hour_words(value: Value) -> list[str]:
    days = dict(opening.WEEKDAYS)
    return [f"{days[one['from_day']]} {one['opens']}-{one['closes']}" for one in value.get("periods", [])]


def read_greeting(brand: BrandCard, grant: Grant, now: datetime) -> Value:
    """Return {ref of the web chat: its greeting}, one text or a text for each language."""
    with tenant_scope(brand, grant):
        rows = Inbox.objects.filter(kind=Channel.WEBCHAT).order_by("pk").values_list("ref", "config")
        return {str(ref): config.get("greeting", "") for ref, config in rows}


def propose_greeting(data: dict[str, Data], held: Value) -> Value | None:
    said = data.get("webchat", {}).get("greeting")
    return dict.fromkeys(held, said) if said and held else None


def write_greeting(work: Work) -> None:
    wanted: dict[str, Any] = work.data["value"]
    with tenant_scope(work.brand, work.grant):
        for inbox in Inbox.objects.filter(kind=Channel.WEBCHAT).select_for_update().order_by("pk"):
            said = wanted.get(str(inbox.ref), inbox.config.get("greeting", ""))
            if inbox.config.get("greeting", "") != said:
                change_inbox(inbox, config={"greeting": said}, actor=work.actor, now=work.now)


def greeting_words(value: Value) -> list[str]:
    texts = [list(said.values()) if isinstance(said, dict) else [said] for said in value.values()]
    return list(dict.fromkeys(str(text) for each in texts for text in each if text))


PARTS = (
    Part("reasons", _("Reasons"), 20, read_reasons, propose_reasons, write_reasons, label_words),
    Part("outcomes", _("Outcomes"), 30, read_outcomes, propose_outcomes, write_outcomes, label_words),
    Part("targets", _("Targets of queues"), 40, read_targets, propose_targets, write_targets, target_words),
    Part(
        "reception",
        _("When closed, and when customers wait"),
        45,
        read_reception,
        propose_reception,
        write_reception,
        reception_words,
    ),
    Part("hours", _("Opening hours"), 50, read_hours, propose_hours, write_hours, hour_words),
    Part("greeting", _("Greeting"), 60, read_greeting, propose_greeting, write_greeting, greeting_words),
)
