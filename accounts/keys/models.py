"""The table of API keys."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.keys.scopes import Scope
from core.ids import new_ref

M = TypeVar("M", bound=models.Model)


class ApiKeyQuerySet(models.QuerySet[M]):
    def of(self, brand_id: int | None) -> Self:
        """The brand's keys; None: the provider's."""
        return self.filter(brand_id=brand_id)

    def good(self, now: datetime) -> Self:
        """Neither revoked nor expired (`expires_at` is exclusive)."""
        lasting = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now)
        return self.filter(lasting, revoked_at__isnull=True)


class ApiKey(models.Model):
    """A way in for a program, on one brand's host (null: on the provider's). Revoked ones stay as history.

    Only the SHA-256 of the secret is kept: it has 256 bits of chance, so a slow hash would protect nothing.
    `prefix` is its beginning, by which people and the audit trail tell keys apart. `last_used_at` is cut to
    the hour: a key in use costs one write an hour.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    brand = models.ForeignKey(
        "tenants.Brand", on_delete=models.CASCADE, related_name="+", null=True, blank=True, db_index=False
    )
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("beginning"), max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(_("made at"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        app_label = "accounts"
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("created_at")),
                name="api_key_expires_after_it_began",
            ),
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="api_key_may_do_something"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["brand", "-created_at"], name="api_key_by_brand")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}: {self.name}"

    @property
    def scope_names(self) -> list[str]:
        """The scopes' words for the screen; one that is no more speaks for itself."""
        return [str(Scope(one).label) if one in Scope.values else str(one) for one in self.scopes]

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
