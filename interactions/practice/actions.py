"""Verbs on practice customers. Each runs inside a tenant_scope; in a brand that is no sandbox: NotFound."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.errors import NotFound, RoomError
from interactions.access import lock_interaction
from interactions.actions import end_by_visitor, open_conversation, receive_message
from interactions.actions.base import brand_id
from interactions.choices import OPEN, State
from interactions.errors import Invalid
from interactions.models import Inbox
from interactions.practice.models import MOST_CUSTOMERS, MOST_MINUTES, PracticeCustomer, PracticeRun
from interactions.practice.queries import languages_of, reason_of
from interactions.practice.scenarios import SCENARIOS, Scenario, seconds_to_write
from tenants.audit import audit
from tenants.cards import card_by_id
from tenants.choices import BrandKind
from tenants.values import BrandCard

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
BYE = timedelta(seconds=5)
NAMES = ("Kim", "Robin", "Sasha", "Alex", "Noor", "Jo", "Mika", "Sam")


def send_practice(ref: UUID, *, count: int, minutes: int, actor: str, now: datetime) -> PracticeRun:
    """Send `count` customers, the first now and the others over `minutes`, to all entrances in turn.

    The same `ref` again is the same sending. Raises Invalid: so many are not sent, or not over so long.
    """
    card = _sandbox()
    with transaction.atomic():
        inboxes = list(Inbox.objects.select_for_update().order_by("pk"))  # one sending after the other
        stored: PracticeRun | None = PracticeRun.objects.filter(ref=ref).first()
        if stored is not None:
            return stored
        if wrong := _errors(count, minutes, inboxes):
            raise Invalid(wrong)
        run: PracticeRun = PracticeRun.objects.create(
            ref=ref, size=count, minutes=minutes, started_by=actor[:120], started_at=now
        )
        PracticeCustomer.objects.bulk_create(_customers(run, inboxes, languages_of(card)))
        audit(
            "sandbox.practised", actor=actor, brand_id=card.id, diff={"customers": count, "minutes": minutes},
            now=now,
        )  # fmt: skip
    return run


def stop_practice(ref: UUID, *, actor: str, now: datetime) -> None:
    """Let nobody else come, and who waits for an agent leave; who talks to one goes on. Twice is once."""
    card = _sandbox()
    with transaction.atomic():
        run: PracticeRun | None = PracticeRun.objects.select_for_update().filter(ref=ref).first()
        if run is None:
            raise NotFound
        if run.stopped_at is not None:
            return
        run.stopped_at = now
        run.save(update_fields=["stopped_at"])
        going_on = PracticeCustomer.objects.select_for_update(of=("self",)).filter(
            run=run, due_at__isnull=False
        )
        for customer in going_on.select_related("interaction").order_by("pk"):
            _call_off(customer, now=now)
        audit("sandbox.practice_stopped", actor=actor, brand_id=card.id, now=now)


def practise(*, now: datetime) -> int:
    """Do what is due of the brand's practice customers, each by itself; returns of how many."""
    _sandbox()
    _listen(now)
    due = PracticeCustomer.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:MOST_CUSTOMERS]):
        try:
            done += _step(pk, now=now)
        except Exception:
            log.exception("practice customer %s did not go on", pk)
    return done


def _sandbox() -> BrandCard:
    """Return the bound brand's card. Raises NotFound when it is no sandbox."""
    card = card_by_id(brand_id())
    if card is None or card.kind != BrandKind.SANDBOX:
        raise NotFound
    return card


def _errors(count: int, minutes: int, inboxes: Sequence[Inbox]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not inboxes:
        wrong["count"] = _("There is no web chat yet that they could write to.")
    elif not 1 <= count <= MOST_CUSTOMERS:
        wrong["count"] = _("Send 1 to %(most)d customers.") % {"most": MOST_CUSTOMERS}
    elif (left := MOST_CUSTOMERS - PracticeCustomer.objects.filter(due_at__isnull=False).count()) < count:
        words = _("At most %(most)d practise at once: %(left)d more can come now.")
        wrong["count"] = words % {"most": MOST_CUSTOMERS, "left": left}
    if not 0 <= minutes <= MOST_MINUTES:
        wrong["minutes"] = _("Say minutes, 0 to %(most)d.") % {"most": MOST_MINUTES}
    return wrong


def _customers(
    run: PracticeRun, inboxes: Sequence[Inbox], languages: Sequence[str]
) -> list[PracticeCustomer]:
    """Spread scenarios, names, entrances and languages; each run begins elsewhere in them."""
    apart, names = timedelta(minutes=run.minutes) / run.size, list(SCENARIOS)
    return [
        PracticeCustomer(
            run=run, n=n, scenario=names[(run.pk + n) % len(names)], name=NAMES[(run.pk + n) % len(NAMES)],
            language=languages[n % len(languages)], inbox=inboxes[n % len(inboxes)],
            due_at=run.started_at + n * apart,
        )
        for n in range(run.size)
    ]  # fmt: skip


def _call_off(customer: PracticeCustomer, *, now: datetime) -> None:
    """Take the locked row out of the practice, unless an agent has the customer."""
    if customer.interaction is not None:
        if lock_interaction(customer.interaction.ref).state != State.QUEUED:
            return
        end_by_visitor(customer.interaction.ref, now=now)
    customer.due_at = None
    customer.save(update_fields=["due_at"])


def _listen(now: datetime) -> None:
    """Note which customers were answered since they wrote, and whose conversation is over."""
    going_on = PracticeCustomer.objects.filter(due_at__isnull=False, interaction__isnull=False)
    going_on.exclude(interaction__state__in=OPEN).update(due_at=None)
    answered = going_on.filter(
        answered__lt=F("said"), interaction__state=State.ACTIVE, interaction__waiting_since__isnull=True
    )
    for row in answered:
        as_read = PracticeCustomer.objects.filter(pk=row.pk, said=row.said, due_at__isnull=False)
        as_read.update(answered=row.said, due_at=now + timedelta(seconds=_writes_for(row)))


def _writes_for(row: PracticeCustomer) -> int:
    """Return the seconds until the next line stands there."""
    scenario = SCENARIOS.get(row.scenario)
    with override(row.language):
        return seconds_to_write(str(scenario.lines[row.said]) if scenario else "")


def _step(pk: int, *, now: datetime) -> int:
    """Do what is due of one customer and note what is next, in one transaction; 0: another worker does."""
    with transaction.atomic():
        rows = PracticeCustomer.objects.select_for_update(skip_locked=True, of=("self",))
        row: PracticeCustomer | None = (
            rows.select_related("run", "inbox__queue", "interaction").filter(pk=pk, due_at__lte=now).first()
        )
        if row is None:
            return 0
        try:
            with transaction.atomic():
                row.due_at = _go_on(row, now=now)
        except RoomError:  # the agent ended it this moment
            row.due_at = None
        row.save(update_fields=["said", "answered", "interaction", "due_at"])
    return 1


def _go_on(row: PracticeCustomer, *, now: datetime) -> datetime | None:
    """Come, say the next line or leave; returns when the next thing is due, None for nothing more."""
    scenario = SCENARIOS.get(row.scenario)
    if scenario is None or row.said > row.answered or row.said >= len(scenario.lines):
        if row.interaction is not None:
            end_by_visitor(row.interaction.ref, now=now)
        return None
    _say(row, scenario, now=now)
    row.said += 1
    if row.said < len(scenario.lines):
        return now + timedelta(seconds=scenario.patience_seconds)
    row.answered = row.said
    return now + BYE


def _say(row: PracticeCustomer, scenario: Scenario, *, now: datetime) -> None:
    once = uuid5(row.run.ref, f"{row.n}.{row.said}")
    with override(row.language):
        text = scenario.line(row.said, reason=reason_of(row.n))
        if row.interaction is not None:
            receive_message(row.interaction.ref, client_id=once, body=text, now=now)
            return
        said = open_conversation(
            uuid4().hex * 2, inbox=row.inbox, client_id=once, body=text, language=row.language, page="",
            expires_at=now + KEPT, contact_name=row.name, timezone=_sandbox().timezone, is_test=True,
            waits=True, now=now,
        )  # fmt: skip
    row.interaction = lock_interaction(said.interaction_ref)
