"""What is done to many people at once, and to those who come and go."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from core.secrets import SecretField
from workforce.choices import DepartureState, ImportState
from workforce.models.people import Agent


class Welcome(models.Model):
    """The link by which a new person chooses a password: its digest, never the token.

    Good until `expires_at` (exclusive) or until it is used. `sent` counts its mails, `mail` is the newest.
    """

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="welcome")
    digest = models.CharField(max_length=64, unique=True)
    sent = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(
        "tenants.SystemMail", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")

    def __str__(self) -> str:
        return f"agent {self.agent_id}"


class StaffImport(models.Model):
    """A file of people that was handed in: looked at first, then imported as a whole or not at all.

    `text` is sealed and forgotten once the file is imported or a day old. `counts`: {"create": n, ...}.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    by = models.CharField(max_length=120)
    filename = models.CharField(max_length=200, blank=True)
    text = SecretField(blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READ)
    counts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        indexes = [models.Index(fields=["-created_at"], name="staff_import_newest")]

    def __str__(self) -> str:
        return f"{self.filename} {self.ref}"


class BulkChange(models.Model):
    """One change of many people, with what it takes to undo it.

    `asked`: what was asked for. `people`: [{"id", "before": {...}, "after": {...}}], the fields that differ.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    by = models.CharField(max_length=120)
    asked = models.JSONField(default=dict)
    people = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        indexes = [models.Index(fields=["-made_at"], name="bulk_change_newest")]

    def __str__(self) -> str:
        return f"{self.count} people, {self.ref}"


class Departure(models.Model):
    """Somebody leaves: planned for an instant, begun when seats and sign-in end, done when every brand is.

    `last_day` is a date at the agent's site; `leave_at` the end of it, or the instant for "at once". `mail`
    told the team's lead what was handed on.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="departures")
    by = models.CharField(max_length=120)
    last_day = models.DateField()
    leave_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DepartureState, default=DepartureState.PLANNED)
    planned_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(
        "tenants.SystemMail", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(state__in=["planned", "begun", "done"]),
                name="departure_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["leave_at"],
                condition=models.Q(state__in=["planned", "begun"]),
                name="departure_due",
            )
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id}, {self.last_day}"


class DepartureSeat(models.Model):
    """A seat that ended with somebody's departure, given back when they are reinstated."""

    departure = models.ForeignKey(Departure, on_delete=models.CASCADE, related_name="seats")
    brand_id = models.BigIntegerField(null=True, blank=True)
    role = models.CharField(max_length=16)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "brand_id", "role"], nulls_distinct=False, name="departure_seat_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}, brand {self.brand_id}"


class DepartureBrand(models.Model):
    """A brand that somebody leaves; done once its work waits again and its drafts are handed on.

    `handed`: {"lines": {a line's name: conversations that wait there again}, "closed": those that were in
    wrap-up, "drafts": n, "passed_on": how many of them `lead_id` has now}.
    """

    departure = models.ForeignKey(Departure, on_delete=models.CASCADE, related_name="brands")
    brand_id = models.BigIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    handed = models.JSONField(default=dict, blank=True)
    lead_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["departure", "brand_id"], name="departure_brand_once")]

    def __str__(self) -> str:
        return f"brand {self.brand_id}"
