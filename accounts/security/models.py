"""Tables of sign-in security: rules by seat, sessions, locks, secrets of second steps."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from core.secrets import SecretField

IDLE_MINUTES = (5, 1440)
SESSION_HOURS = (1, 336)
MOST_NETWORKS = 50


class SecurityPolicy(models.Model):
    """What a sign-in with this role has to keep to, in a brand or with the provider (`brand` null).

    Null or empty: no rule. `second_factor_from` is inclusive; before it people are only told. `networks` are
    CIDRs, IPv4 or IPv6. `former` is what stood here before the last change, to be restored.
    """

    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    role = models.CharField(_("role"), max_length=16)
    second_factor_from = models.DateTimeField(_("second step required from"), null=True, blank=True)
    idle_minutes = models.PositiveSmallIntegerField(_("idle time-out in minutes"), null=True, blank=True)
    session_hours = models.PositiveSmallIntegerField(_("longest session in hours"), null=True, blank=True)
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    former = models.JSONField(null=True, blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("security rule")
        verbose_name_plural = _("security rules")
        constraints = [
            models.UniqueConstraint(fields=["brand", "role"], nulls_distinct=False, name="policy_once"),
            models.CheckConstraint(
                condition=models.Q(idle_minutes__isnull=True) | models.Q(idle_minutes__range=IDLE_MINUTES),
                name="policy_idle_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(session_hours__isnull=True) | models.Q(session_hours__range=SESSION_HOURS),
                name="policy_session_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {f'brand {self.brand_id}' if self.brand_id else 'provider'}"


class SignIn(models.Model):
    """A session as its owner sees it: where, from what, since when. The session itself is Django's.

    `opened_at` is when the password was typed, also for a session of a brand's host. `seen_at` is the last
    request to the minute; `acted_at` the last thing that a person did, kept where a rule asks for it.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True, db_index=False
    )
    host = models.CharField(max_length=253)
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    second_factor = models.CharField(max_length=20, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    acted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [models.Index(fields=["user", "-seen_at"], name="signin_by_user")]

    def __str__(self) -> str:
        return f"user {self.user_id} on {self.host}"


class SignInLock(models.Model):
    """Failures in a row, by the digest of what was tried: an e-mail address, alone or from somewhere.

    Known and unknown addresses look the same here, so that a lock tells nobody who exists.
    """

    digest = models.CharField(max_length=64, unique=True)
    account = models.CharField(max_length=64, db_index=True)  # digest of the address alone, to unlock it by
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["failed_at"], name="signinlock_by_age")]

    def __str__(self) -> str:
        return f"{self.failures} failures"


class FactorSecret(models.Model):
    """What allauth's table of second steps refers to instead of holding it: a TOTP key, a seed of codes."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    secret = SecretField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return str(self.ref)


def values_of_policy(row: SecurityPolicy | None) -> dict[str, Any]:
    """Return the rules of the row as JSON holds them; of none: no rules."""
    row = row or SecurityPolicy()
    since = row.second_factor_from
    return {
        "second_factor_from": since.isoformat() if since else None,
        "idle_minutes": row.idle_minutes,
        "session_hours": row.session_hours,
        "networks": list(row.networks),
    }
