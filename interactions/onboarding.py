"""Onboarding's steps and checks of this room: waiting lines, reasons and outcomes, the web chat, its test."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework import serializers

from core.shares import percent
from interactions.actions import announce_hours, change_inbox, create_inboxes, save_queue, save_words
from interactions.actions.voiding import VOID
from interactions.calendar_rules import LONGEST_WAIT, SHORTEST_WAIT
from interactions.choices import DispositionKind, WhenClosed
from interactions.connectors.webchat.origins import ORIGIN
from interactions.idle import IDLE_NUMBERS, idle_errors
from interactions.models import Disposition, Inbox, Queue
from interactions.trial import is_tested
from interactions.values import Reception, Word
from tenants.actions import new_endpoint, open_endpoints, set_origins
from tenants.choices import EndpointState
from tenants.models import Endpoint
from tenants.onboarding.registry import Check, Data, Finding, Step, Work
from tenants.onboarding.shapes import Invalid, LinesField, Shape
from tenants.scope import labour_scope, tenant_scope
from tenants.values import BrandCard, Grant

SPAM = "not_a_contact"
FULL = 100  # units of an agent
Listed = tuple[str, str, bool, bool | None]
"""(code, label, resolves, hard); hard None: as it stands."""


class LineShape(Shape):
    """A waiting line: `target_share` per cent answered within `target_seconds`, `wrap_up_seconds` to note
    how it ended, `when_closed` what a customer can do outside the hours; who waits for `leave_after` seconds
    is offered to leave a message, for `callback_after` seconds a call; `callback_closed`: a call out of the
    hours too. `nudge_seconds`, `idle_close_seconds`: a silent customer is asked, the talk
    ends; who is back within `resume_hours` goes on. 0 is never.
    """

    name = serializers.CharField(max_length=120)
    target_share = serializers.IntegerField(min_value=1, max_value=100, required=False, default=80)
    target_seconds = serializers.IntegerField(min_value=5, max_value=86_400)
    wrap_up_seconds = serializers.IntegerField(min_value=10, max_value=3_600, required=False, default=120)
    chats_at_once = serializers.IntegerField(min_value=1, max_value=10, required=False, default=3)
    leave_after = serializers.IntegerField(
        min_value=SHORTEST_WAIT, max_value=LONGEST_WAIT, required=False, allow_null=True, default=None
    )
    callback_after = serializers.IntegerField(
        min_value=SHORTEST_WAIT, max_value=LONGEST_WAIT, required=False, allow_null=True, default=None
    )
    callback_closed = serializers.BooleanField(required=False, default=False)
    when_closed = serializers.ChoiceField(WhenClosed.choices, required=False, default=WhenClosed.TAKE)
    nudge_seconds = serializers.IntegerField(required=False, default=180)
    idle_close_seconds = serializers.IntegerField(required=False, default=600)
    resume_hours = serializers.IntegerField(required=False, default=24)

    def validate(self, attrs: Data) -> Data:
        if wrong := idle_errors(attrs):
            raise serializers.ValidationError({name: [str(words)] for name, words in wrong.items()})
        return attrs

    def to_internal_value(self, data: Any) -> Any:
        """Take a number that was left empty for one that was not given."""
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if key == "name" or value != ""}
        return super().to_internal_value(data)


class OutcomeShape(Shape):
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # hides Field.label
    resolves = serializers.BooleanField(required=False, default=False)
    hard = serializers.BooleanField(required=False, default=False, help_text="Such a contact was hard.")


class QueuesShape(Shape):
    lines = serializers.ListField(child=LineShape(), min_length=1, max_length=20)
    reasons = LinesField(min_length=1, max_length=30)
    outcomes = serializers.ListField(child=OutcomeShape(), min_length=1, max_length=20)

    def validate_lines(self, lines: list[Data]) -> list[Data]:
        return _each_once(lines, [line["name"].casefold() for line in lines], key="name")

    def validate_reasons(self, labels: list[str]) -> list[str]:
        return _each_once(labels, [code_of(label) for label in labels])

    def validate_outcomes(self, outcomes: list[Data]) -> list[Data]:
        return _each_once(outcomes, [code_of(each["label"]) for each in outcomes], key="label")


class WebchatShape(Shape):
    greeting = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    origins = LinesField(max_length=50, required=False, default=list)

    def validate_origins(self, origins: list[str]) -> list[str]:
        plain = [origin.strip().lower().rstrip("/") for origin in origins]
        words = [_("Write the page's origin, like https://shop.example: no path.")]
        wrong: dict[Any, Any] = {n: words for n, one in enumerate(plain) if not ORIGIN.match(one)}
        if wrong:
            raise serializers.ValidationError(wrong)
        return list(dict.fromkeys(plain))


def code_of(label: str) -> str:
    """Return the code of a reason or outcome: of its words, the same each time."""
    return slugify(label).replace("-", "_")[:40] or f"x{crc32(label.encode()):08x}"


def apply_queues(work: Work) -> None:
    """Make or change the waiting lines by their names, and the words of wrap-up.

    Raises Invalid when a line that stands is not named any more: it may hold conversations.
    """
    lines: list[Data] = work.data["lines"]
    with tenant_scope(work.brand, work.grant):
        standing = {queue.name.casefold(): queue for queue in Queue.objects.all()}
        missing = sorted(set(standing) - {line["name"].casefold() for line in lines})
        if missing:
            words = _("The queue “%(name)s” stands already: keep its name.")
            raise Invalid({"queues.lines": [str(words % {"name": standing[missing[0]].name})]})
        for line in lines:
            _save_line(line, standing.get(line["name"].casefold()), work)
        _save_words(work)


def _save_line(line: Data, queue: Queue | None, work: Work) -> None:
    numbers = {
        "name": line["name"],
        "target_share": line["target_share"],
        "target_seconds": line["target_seconds"],
        "wrap_up_seconds": line["wrap_up_seconds"],
        "units": FULL // line["chats_at_once"],
        **{name: line[name] for name in Reception._fields},
        **{name: line[name] for name in IDLE_NUMBERS},
    }
    if queue is None or any(getattr(queue, name) != value for name, value in numbers.items()):
        save_queue(queue, actor=work.actor, now=work.now, tell=False, **numbers)


def tell_routing(brand: BrandCard, grant: Grant, now: datetime) -> None:
    """Tell routing of the lines once, when all that concerns them is applied."""
    with tenant_scope(brand, grant):
        announce_hours(now=now)


def _save_words(work: Work) -> None:
    data = work.data
    reasons = [(code_of(label), label, False, None) for label in data["reasons"]]
    outcomes = [
        (code_of(each["label"]), each["label"], each["resolves"], each["hard"]) for each in data["outcomes"]
    ]
    spam = Word(
        DispositionKind.REASON,
        SPAM,
        str(_("Spam or wrong address")),
        position=len(reasons),
        not_a_contact=True,
    )
    void = [
        Word(DispositionKind.OUTCOME, code, str(label), position=100 + place, not_a_contact=True)
        for place, (code, label) in enumerate(VOID)
        if code not in {outcome[0] for outcome in outcomes}
    ]
    offered = words_offered()
    words = [
        *words_of(DispositionKind.REASON, reasons, offered),
        *words_of(DispositionKind.OUTCOME, outcomes, offered),
        spam,
        *void,
    ]
    save_words(words, actor=work.actor, now=work.now)


def words_offered() -> list[Disposition]:
    """Return the words that agents are offered now."""
    return list(Disposition.objects.filter(active=True, not_a_contact=False).order_by("pk"))


def words_of(kind: DispositionKind, listed: Sequence[Listed], offered: Iterable[Disposition]) -> list[Word]:
    """Return what is listed in this order as words; what else is offered is offered no more."""
    kept = {code for code, *_rest in listed}
    words = [
        Word(kind, code, label, position=position, resolves=resolves, hard=hard)
        for position, (code, label, resolves, hard) in enumerate(listed)
    ]
    gone = [row for row in offered if row.kind == kind and row.code not in {*kept, SPAM}]
    return words + [
        Word(kind, row.code, row.label, position=row.position, resolves=row.resolves, active=False)
        for row in gone
    ]


def copy_queues(brand: BrandCard, grant: Grant) -> Data:
    """Return the other brand's lines, reasons and outcomes."""
    with tenant_scope(brand, grant):
        lines = [line_of(queue) for queue in Queue.objects.order_by("pk")[:20]]
        words = list(Disposition.objects.filter(active=True, not_a_contact=False).order_by("position", "pk"))
    reasons = [row.label for row in words if row.kind == DispositionKind.REASON]
    outcomes = [
        {"label": row.label, "resolves": row.resolves, "hard": row.hard}
        for row in words
        if row.kind == DispositionKind.OUTCOME
    ]
    return {"lines": lines, "reasons": reasons[:30], "outcomes": outcomes[:20]}


def line_of(queue: Queue) -> Data:
    """Return the line's name and numbers as the step holds them."""
    return {
        "name": queue.name,
        "target_share": queue.target_share,
        "target_seconds": queue.target_seconds,
        "wrap_up_seconds": queue.wrap_up_seconds,
        "chats_at_once": min(10, max(1, FULL // queue.units)),
        **{name: getattr(queue, name) for name in Reception._fields},
        **{name: getattr(queue, name) for name in IDLE_NUMBERS},
    }


def apply_webchat(work: Work) -> None:
    """Give every waiting line an entrance of its own, and the first one another for tests alone."""
    with tenant_scope(work.brand, work.grant):
        rows = Inbox.objects.order_by("-pk")
        held = {inbox.queue_id: inbox for inbox in rows}
        queues = list(Queue.objects.order_by("pk"))
        made = _make_inboxes([queue for queue in queues if queue.pk not in held], work)
        for queue in queues:
            if queue.pk in held:
                _greet(held[queue.pk], work)
    refs = [(held | made)[queue.pk].ref for queue in queues]
    _open([(ref, EndpointState.ACTIVE) for ref in refs] + [(refs[0], EndpointState.TEST)], work)


def _make_inboxes(queues: Sequence[Queue], work: Work) -> dict[int, Inbox]:
    said = {"greeting": work.data["greeting"]}
    inboxes = [Inbox(name=queue.name, queue=queue, config=dict(said)) for queue in queues]
    return {row.queue_id: row for row in create_inboxes(inboxes, actor=work.actor, now=work.now)}


def _greet(inbox: Inbox, work: Work) -> None:
    if inbox.config.get("greeting") != work.data["greeting"]:
        change_inbox(inbox, config={"greeting": work.data["greeting"]}, actor=work.actor, now=work.now)


def _open(wanted: Sequence[tuple[UUID, str]], work: Work) -> None:
    """Open the entrances to (inbox, state) that are not there, and name the pages that may hold them."""
    brand_id, origins = work.brand.id, work.data["origins"]
    with labour_scope():
        opened = set(Endpoint.objects.filter(brand_id=brand_id).values_list("inbox_ref", "state"))
    fresh = [
        new_endpoint(
            brand_id, inbox_ref=ref, state=state, origins=() if state == EndpointState.TEST else origins
        )
        for ref, state in wanted
        if (ref, state) not in opened
    ]
    if fresh:
        open_endpoints(fresh, actor=work.actor, now=work.now)
    if opened:
        set_origins(brand_id, origins=origins, actor=work.actor, now=work.now)


def copy_webchat(brand: BrandCard, grant: Grant) -> Data:
    """Return the other brand's greeting; its pages are its own."""
    with tenant_scope(brand, grant):
        config = Inbox.objects.order_by("pk").values_list("config", flat=True).first() or {}
    said = config.get("greeting", "")
    return {"greeting": said if isinstance(said, str) else str(next(iter(said.values()), ""))}


def find_channel(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    with labour_scope():
        count = Endpoint.objects.filter(brand_id=brand.id, state=EndpointState.ACTIVE).count()
    if not count:
        return Finding("bad", _("Nobody can write yet: there is no entrance."))
    words = ngettext(
        "%(count)d web chat entrance is ready.", "%(count)d web chat entrances are ready.", count
    )
    return Finding("good", words % {"count": count})


def find_targets(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    with tenant_scope(brand, grant):
        lines = list(Queue.objects.order_by("pk").values_list("name", "target_share", "target_seconds"))
    if not lines:
        return Finding("bad", _("There is no queue yet."))
    words = _("%(name)s: %(share)s within %(seconds)d s")
    said = (
        words % {"name": name, "share": percent(share), "seconds": seconds} for name, share, seconds in lines
    )
    return Finding("good", "; ".join(map(str, said)))


def find_words(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    with tenant_scope(brand, grant):
        rows = Disposition.objects.filter(active=True, not_a_contact=False)
        kinds = set(rows.values_list("kind", flat=True).distinct())
    if kinds < set(DispositionKind.values):
        return Finding("bad", _("Agents cannot finish: reasons or outcomes are missing."))
    return Finding("good", _("Agents can say what it was about and how it ended."))


def find_test(brand: BrandCard, grant: Grant, now: datetime) -> Finding:
    if is_tested(brand, grant):
        return Finding("good", _("A test conversation was answered."))
    return Finding("bad", _("No test conversation was answered yet."))


def _each_once(values: list[Any], marks: Sequence[str], *, key: str = "") -> list[Any]:
    """Return the values. Raises for each that says the same as an earlier one."""
    words = [_("This stands here twice.")]
    twice: dict[Any, Any] = {
        n: {key: words} if key else words for n, mark in enumerate(marks) if mark in marks[:n]
    }
    if twice:
        raise serializers.ValidationError(twice)
    return values


STEPS = (
    Step(
        name="webchat", title=_("Web chat"), position=20, turn=30,
        shape=WebchatShape, apply=apply_webchat, copy=copy_webchat,
    ),
    Step(
        name="queues", title=_("Queues and targets"), position=30, turn=20,
        shape=QueuesShape, apply=apply_queues, copy=copy_queues,
    ),
)  # fmt: skip
ROOM = "interactions"
FINISHES = (tell_routing,)
CHECKS = (
    Check("channel", ROOM, _("A channel is ready"), 10, "webchat", find_channel),
    Check("targets", ROOM, _("Every queue has a target"), 20, "queues", find_targets),
    Check("words", ROOM, _("Reasons and outcomes"), 30, "queues", find_words),
    Check("test", ROOM, _("Tested"), 90, "test", find_test),
)
