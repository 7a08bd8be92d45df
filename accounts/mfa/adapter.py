"""allauth.mfa's seams: secrets go to a sealed column; a client's people read the client's name."""

from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.clothes import brand_of_person
from accounts.security.models import FactorSecret
from core.context import PRODUCT
from tenants.scope import labour_scope


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        """Keep the text in the sealed column; allauth's table holds a reference."""
        with labour_scope():
            return str(FactorSecret.objects.create(secret=text).ref)

    def decrypt(self, encrypted_text: str) -> str:
        with labour_scope():
            return FactorSecret.objects.values_list("secret", flat=True).get(ref=UUID(encrypted_text))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name this host; who the browser shows as asking is the brand for its people, else the provider."""
        request = context.request
        card = brand_of_person(request.user.pk) if request.user.is_authenticated else None
        return {"id": request.get_host().partition(":")[0], "name": card.name if card else PRODUCT}


def issuer_of(user: AbstractBaseUser) -> str:
    """Return whose the entry in the person's app is: the brand's for a client's people."""
    card = brand_of_person(user.pk)
    return card.name if card else PRODUCT
