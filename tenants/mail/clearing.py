"""What is left of a brand's mail when the brand goes: nothing."""

from tenants.binding import LABOUR, Bound
from tenants.mail.models import MailIdentity, SystemMail


def drop_mail(brand_id: int) -> None:
    """Delete the brand's identity and every mail of it, waiting ones too, in the caller's transaction."""
    with Bound(LABOUR):
        SystemMail.objects.of_brand(brand_id).delete()
        MailIdentity.objects.filter(pk=brand_id).delete()
