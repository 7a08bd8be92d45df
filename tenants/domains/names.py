"""Host names as people type them: made plain, and refused when they can be no client's."""

import re
from functools import cache
from ipaddress import ip_address

import idna
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from publicsuffixlist import PublicSuffixList

from core.errors import RoomError

LONGEST = 253
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOCAL = frozenset(
    {
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "arpa",
        "onion",
        "invalid",
    }
)
"""Last labels that no public name service answers for (RFC 6761, RFC 6762, RFC 8375)."""


class BadHost(RoomError):
    """The host name can be no client's; the message says why."""

    status = 422
    code = "host"


def normal(typed: str) -> str:
    """Return the name as the name service knows it: lower case, IDNA 2008, no last dot. Raises BadHost."""
    text = typed.strip().rstrip(".")
    if not text:
        raise BadHost(_("Write a host name, like help.example.com."))
    if any(sign in text for sign in "/:@?#*_ \\\t\r\n") and not _is_address(text):
        raise BadHost(_("A host name alone, like help.example.com: no address of a page, no port, no star."))
    if _is_address(text):
        raise BadHost(_("This is an IP address. Write a host name."))
    host = _encoded(text)
    _check_shape(host)
    _check_owner(host)
    return host


def shown(host: str) -> str:
    """Return the name as people write it: `xn--` labels in their letters."""
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host


def is_registered(host: str) -> bool:
    """Tell whether the name is one that somebody registered, with none of their own before it: `acme.co.uk`.

    Such a name cannot hold a CNAME beside its other records (RFC 1912, 2.4).
    """
    return bool(_suffixes().privatesuffix(host) == host)


@cache
def _suffixes() -> PublicSuffixList:
    """The list of publicsuffix.org that comes with the package, with what companies hand out."""
    return PublicSuffixList()


def _is_address(text: str) -> bool:
    """Tell whether it is an IP address in one of the forms that programs take."""
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return bool(re.fullmatch(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*", text, re.IGNORECASE))
    return True


def _encoded(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode().lower()
    except idna.IDNAError:
        raise BadHost(_("This is no host name: a letter, a sign or its length does not fit.")) from None


def _check_shape(host: str) -> None:
    labels = host.split(".")
    if len(host) > LONGEST or not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        raise BadHost(_("This is no host name: a letter, a sign or its length does not fit."))
    if len(labels) < 2 or labels[-1] in LOCAL:
        raise BadHost(_("No public name service knows such a name. Write one like help.example.com."))
    if _suffixes().publicsuffix(host) == host:
        raise BadHost(_("Many people have names below this one. Write the client's own."))


def _check_owner(host: str) -> None:
    base = settings.BASE_HOST.lower()
    if host == base or host.endswith(f".{base}") or base.endswith(f".{host}"):
        raise BadHost(_("This name is ours. Write one of the client's own."))
