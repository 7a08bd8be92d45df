"""How contacts come in and wait, and how they are said to end: what a client is set up with."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from interactions.calendars import Calendar
from interactions.choices import Channel, DispositionKind, WhenClosed, WrapUpMode
from interactions.idle import IDLE_NUMBERS, idle_errors
from tenants.guard import BrandManager, BrandModel


class Queue(BrandModel):
    """A waiting line and its numbers; routing keeps a numeric projection of it.

    `calendar`: when it is answered, null is day and night; `when_closed`: what a customer can do outside of
    it. Who waits for `leave_after` seconds is offered to leave a message, after `callback_after` a call; null
    is never. `callback_closed`: a call is offered out of hours too. `target_share` per cent of its contacts
    are to be answered within `target_seconds`. A customer who says nothing is asked after `nudge_seconds`,
    and the talk ends after `idle_close_seconds` of silence; one who is back within `resume_hours` goes on.
    0 is never.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEBCHAT)
    target_seconds = models.IntegerField(default=40)
    target_share = models.SmallIntegerField(default=80, db_default=80)
    offer_seconds = models.IntegerField(default=30)
    strikes = models.SmallIntegerField(default=2)
    wrap_up_mode = models.CharField(max_length=10, choices=WrapUpMode, default=WrapUpMode.TIMED)
    wrap_up_seconds = models.IntegerField(default=120)
    units = models.SmallIntegerField(default=34)
    nudge_seconds = models.IntegerField(default=180, db_default=180)
    idle_close_seconds = models.IntegerField(default=600, db_default=600)
    resume_hours = models.SmallIntegerField(default=24, db_default=24)
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="queues", db_index=False
    )
    when_closed = models.CharField(
        max_length=8, choices=WhenClosed, default=WhenClosed.TAKE, db_default=WhenClosed.TAKE
    )
    leave_after = models.IntegerField(null=True, blank=True)
    callback_after = models.IntegerField(null=True, blank=True)
    callback_closed = models.BooleanField(default=False, db_default=False)
    is_open = models.BooleanField(default=True)
    version = models.IntegerField(default=1)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    target_seconds__gt=0, offer_seconds__gt=0, wrap_up_seconds__gt=0, strikes__gt=0
                ),
                name="queue_numbers_positive",
            ),
            models.CheckConstraint(condition=models.Q(units__range=(1, 100)), name="queue_units_of_100"),
            models.CheckConstraint(
                condition=models.Q(target_share__range=(1, 100)), name="queue_share_of_100"
            ),
            models.CheckConstraint(
                condition=models.Q(leave_after__isnull=True) | models.Q(leave_after__gt=0),
                name="queue_leave_after_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(callback_after__isnull=True) | models.Q(callback_after__gt=0),
                name="queue_callback_after_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(nudge_seconds__gte=0, idle_close_seconds__gte=0, resume_hours__gte=0)
                & (
                    models.Q(nudge_seconds=0)
                    | models.Q(idle_close_seconds=0)
                    | models.Q(idle_close_seconds__gt=models.F("nudge_seconds"))
                ),
                name="queue_nudges_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Say in words what the constraints would refuse, without asking the database."""
        super().clean()
        positive = (
            "target_seconds",
            "offer_seconds",
            "wrap_up_seconds",
            "strikes",
            "leave_after",
            "callback_after",
        )
        numbers = {name: getattr(self, name) for name in (*positive, "units", "target_share")}
        wrong = {
            name: _("Write a number above 0.") if name in positive else _("Write a number from 1 to 100.")
            for name, number in numbers.items()
            if isinstance(number, int) and (number < 1 or (name not in positive and number > 100))
        }
        silent = idle_errors({name: getattr(self, name) for name in IDLE_NUMBERS})
        if wrong or silent:
            raise ValidationError({**wrong, **silent})


class Inbox(BrandModel):
    """A configured entry point: a widget, later a number or a mailbox."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Channel, default=Channel.WEBCHAT)
    name = models.CharField(max_length=120)
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="inboxes", db_index=False)
    config = models.JSONField(default=dict, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        pass

    def __str__(self) -> str:
        return self.name


class RoutingRule(BrandModel):
    """A rule of an inbox: contacts that meet its conditions wait in its queue (interactions.rules).

    Asked by `position`; not unique, as a removed one keeps its place to come back to. `version` rises with
    each change of what it says; a conversation keeps the ref and version of the rule that took it.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="rules", db_index=False)
    position = models.SmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    conditions = models.JSONField(default=list)
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+", db_index=False)
    need = models.CharField(max_length=400, blank=True)
    priority = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(priority__range=(0, 10)), name="routing_rule_priority_0_to_10"
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="routing_rule_version_from_1"),
        ]
        indexes = [
            models.Index(
                fields=["inbox", "position"],
                condition=models.Q(removed_at__isnull=True),
                name="routing_rule_order",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Disposition(BrandModel):
    """What a contact was about (reason) or how it ended (outcome), in the brand's words.

    `hard`: who handled a contact that ended so had a hard one.
    """

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=DispositionKind)
    label = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_index=False)
    resolves = models.BooleanField(default=False)
    not_a_contact = models.BooleanField(default=False)
    hard = models.BooleanField(default=False, db_default=False)
    active = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="disposition_code_once")]

    def __str__(self) -> str:
        return self.label
