"""One customer behind all addresses."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from core.ids import new_ref
from crm.choices import PointKind
from tenants.guard import BrandManager, BrandModel


class Contact(BrandModel):
    """A person who writes. Unknown visitors have no name; what they call themselves is theirs to say."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    page = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(null=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        pass

    def __str__(self) -> str:
        return self.name or str(self.ref)


class ContactPoint(BrandModel):
    """One address of a contact, normalised; verified when the customer has proved it."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=12, choices=PointKind)
    value = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[BrandManager] = BrandManager()

    class Meta(BrandModel.Meta):
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="contact_point_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
