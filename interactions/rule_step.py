"""Onboarding's step of routing rules: which contacts of an entrance go to another line than its own.

A rule names lines by their names and says its conditions in plain keys; what is wrong with it is found by the
same checks as on the client's own screen, under the path of its key.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.errors import NotFound
from interactions.actions.rules import move_rule, remove_rule, restore_rule, save_rule
from interactions.models import Calendar as CalendarRow
from interactions.models import Inbox, Queue, RoutingRule
from interactions.opening import NAME as HOURS
from interactions.rules import KINDS, MOST_RULES, PRIORITIES, Condition, rule_errors, split
from tenants.onboarding.registry import Data, Step, Work
from tenants.onboarding.shapes import Shape
from tenants.scope import tenant_scope
from tenants.values import BrandCard, Grant
from workforce.queries import skill_codes

LISTS = {"keyword": ("words", "words"), "page": ("pages", "parts"), "language": ("languages", "codes")}
"""Of a kind of condition: its key here, and in the condition as it is kept."""
WHENS = (("open", _("While open")), ("closed", _("While closed")))
NO_CALENDAR = UUID(int=0)


class WordsField(serializers.CharField):
    """Words with commas between them, or a list of them; kept as the former."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, list) and all(isinstance(word, str) for word in data):
            data = ", ".join(data)
        return super().to_internal_value(data)


class RuleShape(Shape):
    """A contact at the entrance of `entrance` (a line; the first one without it) that fits goes to `queue`.

    It fits when all holds that is said: one of the `words` stands in the first message, one of the `pages` in
    the page's address, the page's language is one of the `languages`, and it is open or closed (`when`).
    `need` is what its agent must be able to do, `priority` 0 to 10.
    """

    name = serializers.CharField(max_length=80)
    entrance = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    words = WordsField(max_length=1500, required=False, allow_blank=True, default="")
    pages = WordsField(max_length=1500, required=False, allow_blank=True, default="")
    languages = WordsField(max_length=200, required=False, allow_blank=True, default="")
    when = serializers.ChoiceField(WHENS, required=False, allow_blank=True, default="")
    queue = serializers.CharField(max_length=120)
    need = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
    priority = serializers.IntegerField(min_value=0, max_value=PRIORITIES[-1], required=False, default=0)

    def validate_words(self, text: str) -> str:
        return _sound("keyword", text)

    def validate_pages(self, text: str) -> str:
        return _sound("page", text)

    def validate_languages(self, text: str) -> str:
        return _sound("language", text)

    def validate_need(self, need: str) -> str:
        wrong = rule_errors(name="-", conditions=(), need=need, priority=0, skills=skill_codes())
        if wrong:
            raise serializers.ValidationError(list(wrong.values()))
        return need

    def to_internal_value(self, data: Any) -> Any:
        """Take a number that was left empty for one that was not given."""
        if isinstance(data, Mapping) and data.get("priority") == "":
            data = {key: value for key, value in data.items() if key != "priority"}
        return super().to_internal_value(data)


class RulesShape(Shape):
    """Asked in their order; the first that fits takes the contact."""

    rules = serializers.ListField(child=RuleShape(), max_length=MOST_RULES, required=False, default=list)

    def validate_rules(self, rules: list[Data]) -> list[Data]:
        lines, opens = line_names(self.context), self._has_hours()
        wrong: dict[Any, Any] = {}
        seen: set[tuple[str, str]] = set()
        for n, rule in enumerate(rules):
            if found := self._strange(rule, lines, opens=opens):
                wrong[n] = found
            elif (mark := (rule["entrance"].casefold(), rule["name"].casefold())) in seen:
                wrong[n] = {"name": [_("This stands here twice.")]}
            else:
                seen.add(mark)
        if wrong:
            raise serializers.ValidationError(wrong)
        return rules

    def _strange(self, rule: Data, lines: set[str] | None, *, opens: bool) -> dict[str, list[Any]]:
        """Say which of its names are no lines, and whether it asks for hours that there are not."""
        found: dict[str, list[Any]] = {}
        for key in ("entrance", "queue"):
            if lines is not None and rule[key] and rule[key].casefold() not in lines:
                found[key] = [_("There is no waiting line of this name.")]
        if rule["when"] and not opens:
            found["when"] = [_("There are no opening hours yet.")]
        return found

    def _has_hours(self) -> bool:
        step = self.context.get("steps", {}).get("hours")
        return isinstance(step, Mapping) and bool(step.get("periods"))


def line_names(context: Mapping[str, Any]) -> set[str] | None:
    """Return the names of the lines that their step has, in lower case; None where it cannot be read."""
    step = context.get("steps", {}).get("queues")
    lines = step.get("lines") if isinstance(step, Mapping) else None
    if not isinstance(lines, list):
        return None
    return {str(line.get("name", "")).casefold() for line in lines if isinstance(line, Mapping)}


def lines_checked(
    rows: list[Data], context: Mapping[str, Any], marks: Sequence[tuple[str, ...]], *, key: str
) -> list[Data]:
    """Return the rows. Raises for a `queue` that is no line, and at `key` for what was said before."""
    lines = line_names(context)
    wrong: dict[Any, Any] = {}
    for n, (one, mark) in enumerate(zip(rows, marks, strict=True)):
        if lines is not None and one["queue"] and one["queue"].casefold() not in lines:
            wrong[n] = {"queue": [_("There is no waiting line of this name.")]}
        elif mark in marks[:n]:
            wrong[n] = {key: [_("This stands here twice.")]}
    if wrong:
        raise serializers.ValidationError(wrong)
    return rows


def conditions_of(rule: Data, calendar: UUID) -> list[Condition]:
    """Return what the rule asks as conditions."""
    found = [one for kind, (key, _name) in LISTS.items() if (one := _listed(kind, rule[key]))]
    if rule["when"]:
        found.append({"kind": "hours", "calendar": str(calendar), "open": rule["when"] == "open"})
    return found


def _listed(kind: str, text: str) -> Condition | None:
    """Return the condition that the text asks, None for none."""
    said = split(text)
    _key, name = LISTS[kind]
    return (
        {"kind": kind, name: [one.lower() for one in said] if kind == "language" else said} if said else None
    )


def _sound(kind: str, text: str) -> str:
    one = _listed(kind, text)
    if one and (words := KINDS[kind].errors(one)):
        raise serializers.ValidationError([words])
    return text


def apply(work: Work) -> None:
    """Make, change and remove the rules that this step made; those of the client's own screen stay behind."""
    with tenant_scope(work.brand, work.grant):
        queues = {queue.name.casefold(): queue for queue in Queue.objects.order_by("-pk")}
        entrances = {inbox.queue_id: inbox for inbox in Inbox.objects.order_by("-pk")}
        first = Inbox.objects.order_by("pk").first()
        hours: CalendarRow | None = CalendarRow.objects.filter(name=HOURS).first()
        kept: dict[int, list[UUID]] = {}
        for rule in work.data["rules"]:
            at = queues.get(rule["entrance"].casefold())
            inbox = entrances.get(at.pk) if at else first
            queue = queues.get(rule["queue"].casefold())
            if inbox is None or queue is None:
                raise NotFound
            places = kept.setdefault(inbox.pk, [])
            ref = _save(rule, inbox, queue, hours.ref if hours else NO_CALENDAR, work)
            move_rule(ref, to=len(places), actor=work.actor, now=work.now)
            places.append(ref)
        _remove_others({ref for refs in kept.values() for ref in refs}, work)


def _save(rule: Data, inbox: Inbox, queue: Queue, calendar: UUID, work: Work) -> UUID:
    ref = _ref(inbox, rule["name"])
    row: RoutingRule | None = RoutingRule.objects.filter(ref=ref).first()
    if row and row.removed_at:
        row = restore_rule(ref, actor=work.actor, now=work.now)
    save_rule(
        ref, inbox_ref=inbox.ref, name=rule["name"], conditions=conditions_of(rule, calendar),
        queue_ref=queue.ref, need=rule["need"], priority=rule["priority"],
        version=row.version if row else None, actor=work.actor, now=work.now,
    )  # fmt: skip
    return ref


def _remove_others(kept: set[UUID], work: Work) -> None:
    standing = RoutingRule.objects.filter(removed_at__isnull=True).select_related("inbox")
    for row in standing.order_by("pk"):
        if row.ref not in kept and row.ref == _ref(row.inbox, row.name):
            remove_rule(row.ref, actor=work.actor, now=work.now)


def _ref(inbox: Inbox, name: str) -> UUID:
    """The ref of the rule of that name which this step makes: the same each time, and nobody else's."""
    return uuid5(inbox.ref, f"onboarding:{name.strip().casefold()}")


def copy(brand: BrandCard, grant: Grant) -> Data:
    """Return the other brand's rules, without those that ask for other hours than come along."""
    with tenant_scope(brand, grant):
        hours = Queue.objects.exclude(calendar=None).order_by("pk").values_list("calendar__ref", flat=True)
        rows = RoutingRule.objects.filter(removed_at__isnull=True).select_related("inbox__queue", "queue")
        known = {str(hours.first())}
        found = [row for row in rows.order_by("inbox_id", "position", "pk") if _asks(row) <= known]
        return {"rules": [told_of(row) for row in found[:MOST_RULES]]}


def _asks(row: RoutingRule) -> set[str]:
    return {one["calendar"] for one in row.conditions if one["kind"] == "hours"}


def told_of(row: RoutingRule) -> Data:
    """Return a rule as this step holds it."""
    by_kind = {one["kind"]: one for one in row.conditions}
    said = {key: ", ".join(by_kind.get(kind, {}).get(name, ())) for kind, (key, name) in LISTS.items()}
    hours = by_kind.get("hours")
    when = ("open" if hours["open"] else "closed") if hours else ""
    return {
        "name": row.name, "entrance": row.inbox.queue.name, **said, "when": when, "queue": row.queue.name,
        "need": row.need, "priority": row.priority,
    }  # fmt: skip


STEPS = (
    Step(
        name="rules", title=_("Routing rules"), position=37, turn=35,
        shape=RulesShape, apply=apply, copy=copy, needed=False,
    ),
)  # fmt: skip
