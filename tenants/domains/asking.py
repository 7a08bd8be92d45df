"""What the name service says: does the record prove that the host name is the client's, and where it leads.

`settings.DNS_RESOLVER` names the resolver that is asked, as `address` or `address:port`.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from core.lazy import LazyModule

if TYPE_CHECKING:
    from dns.resolver import Resolver

resolving, failures = LazyModule("dns.resolver"), LazyModule("dns.exception")
LABEL = "_brand-check"
SECONDS = 4.0
MOST_SEEN = 5
LONGEST_SEEN = 120

Code = Literal["found", "other", "absent", "unreachable"]


@dataclass(frozen=True, slots=True)
class Answer:
    """`code`: `found`; `other` records stand there; `absent`; `unreachable`, which says nothing.

    `seen` are the texts that stand there, cut; `leads_to` is the host's CNAME, "" for none.
    """

    code: Code
    seen: tuple[str, ...] = ()
    leads_to: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"seen": list(self.seen)}


def record_name(host: str) -> str:
    return f"{LABEL}.{host}"


def ask(host: str, token: str) -> Answer:
    """Ask for the record that proves the host, and for its CNAME. Waits at most 2 x SECONDS."""
    resolver = _resolver()
    texts = _texts(resolver, host)
    if texts is None:
        return Answer("unreachable")
    code: Code = "found" if token and token in texts else "other" if texts else "absent"
    seen = tuple(text[:LONGEST_SEEN] for text in texts[:MOST_SEEN])
    return Answer(code, seen, _leads_to(resolver, host))


def _resolver() -> "Resolver":
    asked = settings.DNS_RESOLVER
    resolver: Resolver = resolving.Resolver(configure=not asked)
    if asked:
        address, colon, port = asked.rpartition(":") if asked.count(":") == 1 else (asked, "", "")
        resolver.nameservers = [address if colon else asked]
        resolver.port = int(port) if colon else 53
    resolver.lifetime = SECONDS
    resolver.search = []
    return resolver


def _texts(resolver: "Resolver", host: str) -> list[str] | None:
    """Return the texts at the host's check name; None when the name service gave no answer."""
    try:
        found = resolver.resolve(f"{record_name(host)}.", "TXT")
    except (resolving.NXDOMAIN, resolving.NoAnswer):
        return []
    except (failures.DNSException, OSError):
        return None
    return [b"".join(each.strings).decode(errors="replace").strip() for each in found]


def _leads_to(resolver: "Resolver", host: str) -> str:
    try:
        found = resolver.resolve(f"{host}.", "CNAME")
    except (failures.DNSException, OSError):
        return ""
    return str(found[0].target).rstrip(".").lower()
