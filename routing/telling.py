"""A conversation's way through the line in plain lines: for an operator at a terminal."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from routing.decisions import DecisionRow, decisions_about, standing
from routing.explain import Verdict
from routing.models import QueuePlan, WorkItem
from tenants.cards import card_by_id
from tenants.scope import labour_scope

AT = "%Y-%m-%d %H:%M:%S UTC"
WORDS = {
    "free": "would be asked",
    "pool": "is in no pool of the queue, or has no seat or certification",
    "overflow": "helps out in an overflow, which is not open",
    "resting": "rests",
    "later": "is asked after a longer wait",
    "full": "has no room for it",
    "channel": "has as many of the channel as they may",
    "brand": "has as many of the client as they may",
    "interrupted": "is on work that is not interrupted",
    "skill": "cannot do what is asked",
    "refused": "declined it or let it ring out a moment ago",
    "kept": "is passed over, as it is kept for the last agent",
}


def tell(ref: UUID, now: datetime) -> Iterator[str]:
    """Yield what happened to the conversation and what keeps it from each agent; nothing if it is unknown."""
    with labour_scope():
        items = list(WorkItem.objects.filter(interaction_ref=ref).order_by("pk"))
        labels = dict(QueuePlan.objects.values_list("queue_id", "label"))
    for item in items:
        yield from _item(item, labels.get(item.queue_id, str(item.queue_id)))
    if not items:
        return
    yield from _decisions(decisions_about(items[-1].brand_id, ref))
    waits = standing(items[-1].brand_id, ref, now)
    if waits is not None:
        yield (
            "Nobody is asked now, because:" if waits else "Nobody is asked now, because nobody is available."
        )
        yield from _verdicts(waits)


def _item(item: WorkItem, label: str) -> Iterator[str]:
    card = card_by_id(item.brand_id)
    of = card.slug if card else item.brand_id
    yield f"Item {item.pk} of {of}, queue {label}: {item.state} {item.outcome}".rstrip()
    yield f"  came      {item.enqueued_at:{AT}}, due {item.due_at:{AT}}, priority {item.priority}"
    if need := item.requirement.get("need"):
        yield f"  asks for  {need}"
    for word, at in (
        ("came back", item.requeued_at),
        ("gone", item.absent_since),
        ("answered", item.answered_at),
        ("ended", item.ended_at),
    ):
        if at:
            yield f"  {word:<10}{at:{AT}}"


def _decisions(rows: Iterable[DecisionRow]) -> Iterator[str]:
    for row in rows:
        marks = [row.pool, "to get its share" if row.is_fair else "", "overflow" if row.is_overflow else ""]
        if row.cost is not None:
            marks.append(f"one more turn would have cost {row.cost:.4g}")
        extra = "; ".join(mark for mark in marks if mark)
        yield f"{row.at:{AT}}  {row.agent}: {row.why}, of {row.candidates}{f' ({extra})' if extra else ''}"
        if row.need:
            yield f"  relaxed {row.stage} times: {row.need}"
        for other in row.others:
            yield f"  then {other.name}, {other.used} units taken, idle since {other.idle_since:{AT}}"


def _verdicts(verdicts: Iterable[tuple[str, Verdict]]) -> Iterator[str]:
    for name, verdict in verdicts:
        yield f"  {name} {WORDS[verdict.word]}"
