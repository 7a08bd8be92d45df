"""The two exchanges with a security key, over allauth's. The challenge waits in the session, good once."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.mfa.errors import WrongCode
from accounts.models import User
from core.lazy import LazyModule

webauthn = LazyModule("allauth.mfa.webauthn.internal.auth")


def registration_of(user: User) -> dict[str, Any]:
    """Begin to add a key: return what the browser is asked."""
    return {"creation_options": webauthn.begin_registration(user, False)}


def challenge_of(user: User) -> dict[str, Any]:
    """Begin to use a key: return what the browser is asked."""
    return {"request_options": webauthn.begin_authentication(user)}


def proven(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return the new key's credential once it answers the challenge. Raises WrongCode."""
    credential = answer_of(request, text)
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise WrongCode from error
    return credential


def answer_of(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return what the browser sent, if it was made on this very host: the standard lets subdomains ask too.

    Raises WrongCode.
    """
    try:
        credential: Any = json.loads(text)
        made_on = _client_data(credential)["origin"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WrongCode from error
    if made_on != f"{request.scheme}://{request.get_host()}":
        raise WrongCode
    return dict(credential)


def _client_data(credential: Mapping[str, Any]) -> dict[str, Any]:
    text = credential["response"]["clientDataJSON"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found
