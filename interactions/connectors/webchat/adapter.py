"""What the pages of the web chat need to know of a brand: its entrances, language, greeting, shop.

Brand rows are read in a scope of their own, and only values leave it.
"""

from django.utils.translation import gettext_lazy as _

from interactions.connectors.base import Connector
from interactions.connectors.webchat.settings import MAX_CHARACTERS
from interactions.models import Inbox
from interactions.spoken import language_of, text_in
from tenants.cards import endpoint_by_key
from tenants.choices import BrandState
from tenants.models import Brand, Endpoint
from tenants.scope import labour_scope, tenant_scope, visitor
from tenants.values import BrandCard, EndpointCard

WEBCHAT = Connector(kind="webchat", label=_("Web chat"), max_characters=MAX_CHARACTERS, takes_files=False)
SHOPS = ("outdoor", "energy")


def endpoint_for(brand: BrandCard, key: str) -> EndpointCard | None:
    """Return the brand's open web chat of that key; None for any other, another brand's too."""
    endpoint = endpoint_by_key(key) if key.isascii() else None
    if endpoint is None or endpoint.kind != WEBCHAT.kind or endpoint.brand_id != brand.id:
        return None
    return endpoint if endpoint.is_active else None


def paused_for(brand: BrandCard, key: str) -> EndpointCard | None:
    """Return the brand's web chat of that key while the brand is paused: its visitors are told so."""
    endpoint = endpoint_by_key(key) if key.isascii() else None
    if endpoint is None or endpoint.kind != WEBCHAT.kind or endpoint.brand_id != brand.id:
        return None
    return endpoint if brand.state == BrandState.PAUSED and not endpoint.is_active else None


def endpoints_of(brand: BrandCard) -> dict[str, EndpointCard]:
    """Return the brand's open web chats by their keys, the oldest first; not the one for tests."""
    with labour_scope():
        rows = Endpoint.objects.filter(brand_id=brand.id, kind=WEBCHAT.kind).order_by("pk")
        keys = list(rows.values_list("key", flat=True))
    found = ((key, endpoint_for(brand, key)) for key in keys)
    return {key: endpoint for key, endpoint in found if endpoint and not endpoint.is_test}


def language_for(wanted: str, brand: BrandCard) -> str:
    """Return the language of the texts: the page's if we have it, else the brand's first that we have."""
    return language_of(wanted, brand.locales)


def greeting(brand: BrandCard, endpoint: EndpointCard, *, language: str) -> str:
    """Return the inbox's greeting, our own without one."""
    return _text(brand, endpoint, "greeting", language) or str(_("Hello! How can we help you?"))


def launcher_text(brand: BrandCard, endpoint: EndpointCard, *, language: str) -> str:
    """Return what stands beside the launcher's sign; "" where it has none."""
    return _text(brand, endpoint, "launcher", language)


def _text(brand: BrandCard, endpoint: EndpointCard, name: str, language: str) -> str:
    with tenant_scope(brand, visitor(endpoint)):
        config = Inbox.objects.values_list("config", flat=True).get(ref=endpoint.inbox_ref)
    return text_in(config, name, language)


def shop_kind(brand: BrandCard) -> str:
    """Return which demo shop the brand's `features` ask for."""
    with labour_scope():
        features = Brand.objects.values_list("features", flat=True).get(pk=brand.id)
    kind = (features or {}).get("shop")
    return kind if kind in SHOPS else SHOPS[0]
