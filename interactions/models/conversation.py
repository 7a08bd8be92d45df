"""A contact on a channel, whose it is, and what is said in it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from interactions.choices import (
    GOING_ON,
    IN_HAND,
    LIVE_CHANNELS,
    WITH_AGENT,
    AuthorKind,
    Channel,
    Direction,
    DraftKind,
    OwnerKind,
    State,
)
from interactions.models.intake import Disposition, Inbox, Queue
from tenants.guard import BrandManager, BrandModel


class Interaction(BrandModel):
    """One contact on one channel from open to close. List columns are kept here, in the same transaction.

    `waiting_since`: the instant of the customer's first message that nobody has answered yet. `idle_due_at`:
    when something is done about their silence, `nudged_at`: when they were asked. `calls_back`: a promised
    call is neither made nor given up. `need`: what
    its agent must be able to do; `rule_ref` and `rule_version`: the rule that gave it its queue, null
    for none. `page`: the address it was begun on, without query and fragment. `waits`: it was left as a
    message, or slept, and nobody need sit there for it. `rested_seq`: the customer's last number when it was
    put to rest; a later one of theirs ends the rest. `hold_told_at`: when its agent was told that the hold of
    `held_at` lasts too long. `places`: how many are beside its agent,
    or asked to be; `beside`: {agent id: PlaceState} of those who are there.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    inbox = models.ForeignKey(Inbox, models.PROTECT, db_index=False)
    queue = models.ForeignKey(Queue, models.PROTECT, db_index=False)
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="interactions", db_index=False)
    channel = models.CharField(max_length=12, choices=Channel)
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    agent_id = models.BigIntegerField(null=True)
    agent_shown = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    opened_by = models.CharField(max_length=10, default="contact")
    priority = models.SmallIntegerField(default=0)
    need = models.CharField(max_length=400, blank=True)
    page = models.CharField(max_length=500, blank=True)
    rule_ref = models.UUIDField(null=True)
    rule_version = models.IntegerField(null=True)
    reason = models.ForeignKey(Disposition, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.ForeignKey(Disposition, models.PROTECT, null=True, related_name="+", db_index=False)
    disposition_missing = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    calls_back = models.BooleanField(default=False, db_default=False)
    waits = models.BooleanField(default=False)
    event_n = models.IntegerField(default=0)
    last_seq = models.IntegerField(default=0)
    last_in_seq = models.IntegerField(default=0)
    last_message_at = models.DateTimeField(null=True)
    preview = models.CharField(max_length=120, blank=True)
    unread = models.IntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    idle_due_at = models.DateTimeField(null=True)
    nudged_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    wrap_up_at = models.DateTimeField(null=True)
    wrap_up_due_at = models.DateTimeField(null=True)
    wrap_up_extended = models.BooleanField(default=False)
    held_at = models.DateTimeField(null=True)
    hold_told_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    rested_seq = models.IntegerField(default=0, db_default=0)
    places = models.SmallIntegerField(default=0, db_default=0)
    beside = models.JSONField(default=dict, blank=True)
    abandoned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(
                fields=["-last_message_at", "-id"], name="interaction_open",
                condition=models.Q(state__in=sorted(GOING_ON)),
            ),
            models.Index(fields=["contact", "-id"], name="interaction_of_contact"),
            models.Index(
                fields=["agent_id", "-closed_at"], name="interaction_closed_by",
                condition=models.Q(state=State.CLOSED),
            ),
            models.Index(
                fields=["agent_id"], name="interaction_in_hand",
                condition=models.Q(state__in=sorted(IN_HAND)),
            ),
            models.Index(
                fields=["idle_due_at"], name="interaction_idle", condition=models.Q(idle_due_at__isnull=False)
            ),
            models.Index(
                fields=["held_at"], name="interaction_held", condition=models.Q(held_at__isnull=False)
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted([*WITH_AGENT, State.WRAP_UP]))
                | models.Q(agent_id__isnull=False),
                name="interaction_with_agent_has_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.SNOOZED) | models.Q(snoozed_until__isnull=False),
                name="interaction_snoozed_has_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.CLOSED) | models.Q(closed_at__isnull=False),
                name="interaction_closed_has_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.ABANDONED) | models.Q(abandoned_at__isnull=False),
                name="interaction_abandoned_has_end",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    event_n__gte=0, unread__gte=0, last_in_seq__gte=0, last_seq__gte=models.F("last_in_seq")
                ),
                name="interaction_numbers_rise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.ref}"

    @property
    def is_asleep(self) -> bool:
        """Whether its agent's units are free meanwhile, so that it comes back only if they have room."""
        awaited = self.state == State.WAITING_CUSTOMER and self.channel not in LIVE_CHANNELS
        return awaited or self.state == State.SNOOZED

    def place_of(self, agent_id: int) -> str:
        """What the agent is beside the one who has it: a PlaceState, or "" for who is not there."""
        return str(self.beside.get(str(agent_id), ""))

    @property
    def is_void(self) -> bool:
        """Whether it was found to be no contact at all: spam, a duplicate, the wrong brand."""
        return any(word is not None and word.not_a_contact for word in (self.reason, self.outcome))


class Segment(BrandModel):
    """Contiguous ownership `[started_at, ended_at)` by a queue, an agent or a bot."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="segments", db_index=False)
    n = models.SmallIntegerField()
    owner_kind = models.CharField(max_length=6, choices=OwnerKind)
    agent_id = models.BigIntegerField(null=True)
    queue = models.ForeignKey(Queue, models.PROTECT, db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["interaction", "n"], name="segment_n_once"),
            models.UniqueConstraint(
                fields=["interaction"], condition=models.Q(ended_at__isnull=True), name="segment_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="segment_half_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}.{self.n}"


class Message(BrandModel):
    """A unit of text. `seq` is given under the interaction's row lock and has no holes for its readers.

    Both numbers of others are indexed where there is one, and only there: a planner without statistics, as of
    a brand of today, would read a conversation by any index that begins with it.
    """

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="messages", db_index=False)
    seq = models.IntegerField()
    direction = models.CharField(max_length=6, choices=Direction)
    author_kind = models.CharField(max_length=10, choices=AuthorKind)
    author_id = models.BigIntegerField(null=True)
    author_shown = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, blank=True)
    content_type = models.CharField(max_length=40, default="text/plain")
    body = models.TextField()
    data = models.JSONField(default=dict, blank=True)
    redactions = models.JSONField(default=list, blank=True)
    client_id = models.UUIDField(null=True)
    provider_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - unique when present
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["interaction", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["interaction", "client_id"],
                name="message_client_id_once",
                condition=models.Q(client_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["inbox", "provider_id"],
                name="message_provider_id_once",
                condition=models.Q(provider_id__isnull=False),
            ),
            models.CheckConstraint(condition=models.Q(seq__gt=0), name="message_seq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id}#{self.seq}"


class Draft(BrandModel):
    """What an agent has typed and not sent; a row, so that it survives a closed tab."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="drafts", db_index=False)
    agent_id = models.BigIntegerField()
    kind = models.CharField(max_length=6, choices=DraftKind)
    body = models.TextField()
    saved_at = models.DateTimeField()

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["interaction", "agent_id", "kind"], name="draft_one_each")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agent_id}"


class VisitorSession(BrandModel):
    """A web chat visitor's session; the token is the visitor's, its digest is ours.

    `interaction` is the current one, `contact` comes with the first; good until `expires_at` (exclusive).
    `address_digest`: where they wrote from when it began, in this brand's own digest; "" where not known.
    """

    token_digest = models.CharField(max_length=64)
    inbox = models.ForeignKey(Inbox, models.CASCADE, db_index=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, null=True, related_name="sessions")
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, db_index=False)
    address_digest = models.CharField(max_length=64, blank=True, db_default="")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [models.UniqueConstraint(fields=["token_digest"], name="visitor_session_once")]

    def __str__(self) -> str:
        return str(_("visitor %(number)s") % {"number": self.pk})
