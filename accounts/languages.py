"""Which language a page speaks: one that all of its texts are in.

Pages of a client's people (the portal, their list, what comes before a sign-in) have more than the staff's. A
page that claimed a language it has no texts in would have its English read out as such. The API has English.
"""

from django.conf import settings

from accounts.actor import Actor
from accounts.http import Request

API = "/api/"
BEFORE_SIGN_IN = ("/accounts/login/", "/accounts/logout/", "/accounts/password/", "/invitations/")


def page_language(request: Request, wanted: str, *, actor: Actor | None = None) -> str:
    """Return the wanted language if this page has all its texts in it, else the default."""
    if request.path.startswith(API):
        return settings.LANGUAGE_CODE
    is_clients = bool(request.brand) or bool(actor and actor.is_client)
    if is_clients or request.path.startswith(BEFORE_SIGN_IN):
        return wanted if wanted in settings.CLIENT_LANGUAGES else settings.LANGUAGE_CODE
    return staff_language(wanted)


def staff_language(wanted: str) -> str:
    """Return the wanted language if the staff's screens have all their texts in it, else the default."""
    return wanted if wanted in settings.STAFF_LANGUAGES else settings.LANGUAGE_CODE
