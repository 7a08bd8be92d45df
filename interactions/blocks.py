"""A visitor who may not write for a time: by their session, and by their address for a shorter one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_ref
from interactions.choices import Abuse
from tenants.guard import BrandManager, BrandModel


class VisitorBlock(BrandModel):
    """Holds until `until` (exclusive; null: for good) or `lifted_at`.

    `token_digest` names the visitor's session, `address_digest` where they wrote from, in this brand's own
    digest; the address counts until `address_until` alone, as others will have it after them.
    """

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    interaction = models.ForeignKey(
        "interactions.Interaction", models.CASCADE, related_name="blocks", db_index=False
    )
    token_digest = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=12, choices=Abuse)
    blocked_by = models.BigIntegerField()
    blocked_by_shown = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    address_until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        indexes = [
            models.Index(
                fields=["token_digest"], name="block_of_session", condition=models.Q(lifted_at__isnull=True)
            ),
            models.Index(
                fields=["address_digest"],
                name="block_of_address",
                condition=models.Q(lifted_at__isnull=True) & ~models.Q(address_digest=""),
            ),
            models.Index(fields=["-created_at", "-id"], name="block_newest"),
        ]

    def __str__(self) -> str:
        return str(_("block of %(when)s") % {"when": self.created_at})
