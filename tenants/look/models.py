"""The logos of a brand: the one that is shown (`Brand.logo` names it), and earlier ones for the way back."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.choices import LogoKind


class BrandLogo(models.Model):
    """A picture as it is served. `digest` is the SHA-256 of `body` in hex and stands in its address."""

    brand = models.ForeignKey("tenants.Brand", on_delete=models.CASCADE, related_name="logos")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=LogoKind)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
        constraints = [models.UniqueConstraint(fields=["brand", "digest"], name="logo_once")]

    def __str__(self) -> str:
        return f"logo {self.digest[:12]} of brand {self.brand_id}"
