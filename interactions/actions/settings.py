"""Verbs on the brand's own set-up: queues, inboxes, dispositions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core import clock
from interactions.actions.base import brand_id
from interactions.choices import Channel, DispositionKind
from interactions.hours import Projected, all_projected
from interactions.models import Disposition, Inbox, Queue
from interactions.signals import queues_changed
from interactions.spoken import SPOKEN, before, last_change_of_texts
from interactions.values import QueueNumbers, Word
from tenants.audit import audit, changes, gathered, values_of
from tenants.look.actions import NothingToRestore

SYSTEM = "system"
INBOX = ("name", "kind", "queue", "config")
WORD = ("label", "position", "resolves", "not_a_contact", "active", "hard")


def save_queue(
    queue: Queue | None = None, *, actor: str = SYSTEM, now: datetime | None = None, tell: bool = True,
    **numbers: Any,
) -> Queue:  # fmt: skip
    """Make or change a queue; routing gets its new numbers in the same transaction.

    `tell` false: the caller announces its queues together. Raises ValidationError.
    """
    with transaction.atomic():
        row = queue or Queue(version=0)
        before = values_of(row, numbers) if queue else {}
        for name, value in numbers.items():
            setattr(row, name, value)
        row.version += 1
        row.full_clean(exclude=["ref"], validate_constraints=False)
        row.save()
        _note(row, f"queue:{row.pk} {row.name}", before, values_of(row, numbers), actor=actor, now=now)
        if tell:
            tell_routing([row], now=now or clock.now())
    return row


def tell_routing(rows: Sequence[Queue], *, now: datetime) -> None:
    """Tell routing what it knows of these queues from now on."""
    plans = [numbers_of(row, hours) for row, hours in zip(rows, all_projected(rows, now=now), strict=True)]
    queues_changed.send(Queue, plans=plans)


def numbers_of(row: Queue, hours: Projected) -> QueueNumbers:
    return QueueNumbers(
        brand_id=brand_id(), queue_id=row.pk, version=row.version, label=row.name, channel=row.channel,
        target_seconds=row.target_seconds, offer_seconds=row.offer_seconds,
        wrap_up_seconds=row.wrap_up_seconds, units=row.units, strikes=row.strikes,
        target_share=row.target_share, **hours._asdict(),
    )  # fmt: skip


def create_inbox(
    *, name: str, queue: Queue, config: dict[str, Any], kind: Channel = Channel.WEBCHAT,
    actor: str = SYSTEM, now: datetime | None = None,
) -> Inbox:  # fmt: skip
    """Make an entry point; its public key is an Endpoint of the tenants room."""
    inbox = Inbox(name=name, queue=queue, config=config, kind=kind)
    return create_inboxes([inbox], actor=actor, now=now)[0]


def create_inboxes(inboxes: Sequence[Inbox], *, actor: str, now: datetime | None) -> list[Inbox]:
    """Make many entry points at once."""
    with transaction.atomic(), gathered():
        rows: list[Inbox] = Inbox.objects.bulk_create(inboxes)
        for row in rows:
            _note(row, f"inbox:{row.pk} {row.name}", {}, values_of(row, INBOX), actor=actor, now=now)
    return rows


def change_inbox(
    row: Inbox, *, config: dict[str, Any], actor: str = SYSTEM, now: datetime | None = None
) -> Inbox:
    """Change what an entry point says and does: the fields of `config` that are given, the others stay."""
    with transaction.atomic():
        before = values_of(row, ("config",))
        row.config = row.config | config
        row.save(update_fields=["config"])
        after = values_of(row, ("config",))
        _note(row, f"inbox:{row.pk} {row.name}", before, after, actor=actor, now=now)
    return row


def set_texts(texts: Mapping[str, Any], *, actor: str, now: datetime) -> int:
    """Say so in every web chat; returns how many say something else than before.

    `texts`: {name of interactions.spoken.SPOKEN: {language: text}, or one text for all}; names that are left
    out stay as they are.
    """
    unknown = set(texts) - set(SPOKEN)
    if unknown:
        raise ValueError(f"nothing that is spoken: {sorted(unknown)}")
    changed = 0
    with transaction.atomic():
        for row in Inbox.objects.select_for_update().filter(kind=Channel.WEBCHAT).order_by("pk"):
            if any(row.config.get(name, {}) != said for name, said in texts.items()):
                change_inbox(row, config=dict(texts), actor=actor, now=now)
                changed += 1
    return changed


def restore_texts(change: int, *, actor: str, now: datetime) -> None:
    """Say again what was said before the last change, in every web chat: a change like any other.

    `change` is the audit row's id, as `last_change_of_texts` gave it. Raises NothingToRestore.
    """
    with transaction.atomic():
        row = Inbox.objects.select_for_update().filter(kind=Channel.WEBCHAT).order_by("pk").first()
        last = last_change_of_texts(brand_id())
        if row is None or last is None or last["id"] != change:
            raise NothingToRestore(_("Something was changed since. Look at it again."))
        set_texts(before(row.config, last["diff"]), actor=actor, now=now)


def save_disposition(
    kind: DispositionKind, code: str, label: str, *, position: int = 0, resolves: bool = False,
    not_a_contact: bool = False, active: bool = True, actor: str = SYSTEM, now: datetime | None = None,
) -> Disposition:  # fmt: skip
    """Make or change a reason or an outcome of the brand; one that is not active is offered no more."""
    values = {
        "label": label, "position": position, "resolves": resolves, "not_a_contact": not_a_contact,
        "active": active,
    }  # fmt: skip
    row: Disposition
    with transaction.atomic():
        before = Disposition.objects.filter(kind=kind, code=code).values(*values).first() or {}
        row, _made = Disposition.objects.update_or_create(kind=kind, code=code, defaults=values)
        _note(row, f"disposition:{row.pk} {label}", before, values, actor=actor, now=now)
    return row


def mark_hard(codes: Collection[str], *, actor: str = SYSTEM, now: datetime | None = None) -> int:
    """Say which outcomes make a contact a hard one, all at once; returns how many were changed."""
    changed = 0
    with transaction.atomic(), gathered():
        for row in Disposition.objects.select_for_update().filter(kind=DispositionKind.OUTCOME):
            hard = row.code in codes
            if row.hard != hard:
                changed += 1
                before = {"hard": row.hard}
                row.hard = hard
                row.save(update_fields=["hard"])
                name = f"disposition:{row.pk} {row.label}"
                _note(row, name, before, {"hard": hard}, actor=actor, now=now)
    return changed


def save_words(words: Sequence[Word], *, actor: str = SYSTEM, now: datetime | None = None) -> int:
    """Make or change many reasons and outcomes at once, as `save_disposition` does each; what is as it shall
    be stays untouched. Returns how many were made or changed.
    """
    with transaction.atomic():
        standing = {(row.kind, row.code): row for row in Disposition.objects.select_for_update()}
        pairs = [_as_it_stands(standing.get((word.kind, word.code)), word) for word in words]
        other = [(row, word) for row, word in pairs if row is None or values_of(row, WORD) != word.values]
        before = {word.code + word.kind: values_of(row, WORD) if row else {} for row, word in other}
        saved = Disposition.objects.bulk_create(
            [Disposition(kind=word.kind, code=word.code, **word.values) for _row, word in other],
            update_conflicts=True, unique_fields=["kind", "code"], update_fields=WORD,
        )  # fmt: skip
        with gathered():
            for row, (_old, word) in zip(saved, other, strict=True):
                old = before[word.code + word.kind]
                _note(row, f"disposition:{row.pk} {word.label}", old, word.values, actor=actor, now=now)
    return len(saved)


def _as_it_stands(row: Disposition | None, word: Word) -> tuple[Disposition | None, Word]:
    """What the word says nothing of stays."""
    return row, word if word.hard is not None or row is None else replace(word, hard=row.hard)


def _note(
    row: Model,
    object: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    actor: str,
    now: datetime | None,
) -> None:
    """Write down what was made or changed; nothing when it was saved as it was."""
    if diff := changes(before, after):
        verb = f"{row._meta.model_name}.{'changed' if before else 'created'}"
        audit(verb, actor=actor, brand_id=brand_id(), object=object, diff=diff, now=now)
