"""This room's own mail: a test of whether mail gets through."""

from django.utils.translation import gettext_lazy as _

from tenants.mail.kinds import Context, MailKind
from tenants.values import BrandCard


def sample(brand: BrandCard | None) -> Context:
    return {"asked_by": "Amara Koné"}


TEST = MailKind(name="test", title=_("Test mail"), folder="tenants", wears="either", sample=sample)
