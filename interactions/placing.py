"""Where a new conversation goes: asked of each source in turn, the inbox's own queue when none answers.

The rules of the inbox are the first source. A classifier is one more: register it behind them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import NotFound
from core.hours import is_open
from interactions.hours import hours_in_force
from interactions.models import Inbox, Interaction, Message, Queue, RoutingRule
from interactions.rules import Facts, Rule, calendars_of, first_fit

DRY = 500
UNDO = timedelta(days=30)
UNDOABLE = 10


@dataclass(frozen=True, slots=True)
class Placement:
    """The queue a contact gets, with what is asked of its agent. `source`: who said so, "" for nobody."""

    queue_id: int
    need: str = ""
    priority: int = 0
    source: str = ""
    rule_ref: UUID | None = None
    rule_version: int | None = None


Source = Callable[[Inbox, Facts, datetime], Placement | None]


@dataclass(frozen=True, slots=True)
class DryRow:
    """A conversation that was, and where it would go. Names of queues and rules; "" is the inbox's own."""

    ref: UUID
    opened_at: datetime
    language: str
    was_queue: str
    was_rule: str
    queue: str
    rule: str

    @property
    def differs(self) -> bool:
        return self.queue != self.was_queue


@dataclass(frozen=True, slots=True)
class DryRun:
    """`counts`: (name of the rule, how many it takes), in order, the inbox's own queue last with "";
    `pageless`: of how many the page is not known, which a condition on the page never takes."""

    rows: tuple[DryRow, ...]
    counts: tuple[tuple[str, int], ...]
    pageless: int

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)


def place(inbox: Inbox, facts: Facts, *, now: datetime) -> Placement:
    """Return where a contact of the inbox goes."""
    for source in SOURCES.values():
        if found := source(inbox, facts, now):
            return found
    return Placement(inbox.queue_id)


def by_rules(inbox: Inbox, facts: Facts, now: datetime) -> Placement | None:
    """Ask the inbox's rules."""
    rules = rules_of(inbox.pk)
    if not rules:
        return None
    rule = first_fit(rules, replace(facts, open_now=_open_now(calendars_of(rules), now)))
    return _placed(rule) if rule else None


def rules_of(inbox_id: int) -> list[Rule]:
    """Return the rules of an inbox in their order."""
    rows = RoutingRule.objects.filter(inbox_id=inbox_id, removed_at__isnull=True).order_by("position", "pk")
    return [rule_value(row) for row in rows]


def rule_value(row: RoutingRule) -> Rule:
    return Rule(
        row.ref, row.version, row.name, tuple(row.conditions), row.queue_id, row.need, row.priority
    )  # fmt: skip


def with_draft(rules: Sequence[Rule], draft: Rule) -> list[Rule]:
    """Return the rules with one that is being written: at its place, or last when it is new."""
    known = any(one.ref == draft.ref for one in rules)
    return [draft if one.ref == draft.ref else one for one in rules] if known else [*rules, draft]


def dry_run(inbox: Inbox, rules: Sequence[Rule], *, now: datetime) -> DryRun:
    """Ask these rules about the last DRY conversations of the inbox; nothing is changed."""
    rows = list(
        Interaction.objects.filter(inbox=inbox, is_test=False).select_related("queue").order_by("-pk")[:DRY]
    )
    texts = _first_texts([row.pk for row in rows])
    names = dict(Queue.objects.values_list("pk", "name"))
    was = _rule_names(row.rule_ref for row in rows)
    since = min((row.opened_at for row in rows), default=now)
    calendars = hours_in_force(calendars_of(rules), since=since)
    shown, counts = [], dict.fromkeys([rule.ref for rule in rules], 0)
    for row in rows:
        open_then = {ref: is_open(hours, row.opened_at) for ref, hours in calendars.items()}
        rule = first_fit(rules, Facts(texts.get(row.pk, ""), row.page, row.language, open_then))
        if rule:
            counts[rule.ref] += 1
        shown.append(
            DryRow(
                row.ref, row.opened_at, row.language, row.queue.name, was.get(row.rule_ref, ""),
                names.get(rule.queue_id if rule else inbox.queue_id, ""), rule.name if rule else "",
            )
        )  # fmt: skip
    told = [(rule.name, counts[rule.ref]) for rule in rules]
    own = len(rows) - sum(counts.values())
    return DryRun(tuple(shown), (*told, ("", own)), sum(not row.page for row in rows))


def queue_of(inbox: Inbox, placed: Placement) -> Queue:
    """Return the queue of the placement; the inbox's own is not read again."""
    if placed.queue_id == inbox.queue_id:
        return inbox.queue
    queue: Queue = Queue.objects.get(pk=placed.queue_id)
    return queue


def plain_page(page: str) -> str:
    """Return a page's address as it is kept: without query and fragment, which may say too much."""
    return page.partition("?")[0].partition("#")[0][:500]


def inboxes() -> list[Inbox]:
    """Return the brand's inboxes, each with its queue."""
    return list(Inbox.objects.select_related("queue").order_by("name", "pk"))


def all_rules() -> dict[int, list[Rule]]:
    """Return the rules of every inbox by its id, in their order."""
    rows = RoutingRule.objects.filter(removed_at__isnull=True).order_by("inbox_id", "position", "pk")
    found: defaultdict[int, list[Rule]] = defaultdict(list)
    for row in rows:
        found[row.inbox_id].append(rule_value(row))
    return found


def removed_rules(now: datetime) -> dict[int, list[tuple[UUID, str]]]:
    """Return (ref, name) of the rules that can be put back, by inbox, the last removed first."""
    rows = RoutingRule.objects.filter(removed_at__gt=now - UNDO).order_by("-removed_at", "-pk")
    found: defaultdict[int, list[tuple[UUID, str]]] = defaultdict(list)
    for inbox_id, ref, name in rows.values_list("inbox_id", "ref", "name"):
        if len(found[inbox_id]) < UNDOABLE:
            found[inbox_id].append((ref, name))
    return found


def inbox_named(ref: UUID) -> Inbox:
    """Return the inbox. Raises NotFound."""
    row: Inbox | None = Inbox.objects.select_related("queue").filter(ref=ref).first()
    if row is None:
        raise NotFound
    return row


def _placed(rule: Rule) -> Placement:
    return Placement(rule.queue_id, rule.need, rule.priority, "rules", rule.ref, rule.version)


def _open_now(refs: set[str], now: datetime) -> dict[str, bool]:
    return {ref: is_open(hours, now) for ref, hours in hours_in_force(refs, since=now).items()}


def _first_texts(ids: list[int]) -> dict[int, str]:
    return dict(Message.objects.filter(interaction_id__in=ids, seq=1).values_list("interaction_id", "body"))


def _rule_names(refs: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {ref for ref in refs if ref}
    return dict(RoutingRule.objects.filter(ref__in=wanted).values_list("ref", "name"))


SOURCES: dict[str, Source] = {"rules": by_rules}
