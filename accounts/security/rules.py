"""What holds for a person now: the strictest of the rules of all their seats. Pure, but for the look-up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from accounts.actor import Seat
from accounts.security.models import SecurityPolicy
from tenants.cards import kept
from tenants.scope import labour_scope

Network = IPv4Network | IPv6Network
Place = tuple[int | None, str]

PROGRAMS = "api"
"""The role under which the networks of API keys stand: programs have no session and no second step."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`networks`: an address has to be in each of the lists. Nothing set: no rule."""

    second_factor_from: datetime | None = None
    idle_minutes: int | None = None
    session_hours: int | None = None
    networks: tuple[tuple[str, ...], ...] = ()

    def asks_second_factor(self, now: datetime) -> bool:
        return self.second_factor_from is not None and self.second_factor_from <= now

    def admits(self, address: str) -> bool:
        """Tell whether one may come from there; an address that is none is in no network."""
        return all(is_within(address, tuple(networks)) for networks in self.networks)


NO_RULES = Rules()


def strictest(all_rules: Iterable[Rules]) -> Rules:
    """Return the one set of rules that keeps every one of these."""
    found = list(all_rules)
    return Rules(
        min((one.second_factor_from for one in found if one.second_factor_from), default=None),
        min((one.idle_minutes for one in found if one.idle_minutes), default=None),
        min((one.session_hours for one in found if one.session_hours), default=None),
        tuple(dict.fromkeys(networks for one in found for networks in one.networks)),
    )


def rules_of(seats: Iterable[Seat], *, fresh: bool = False) -> Rules:
    """Return what holds for these seats; `fresh`: by the table, not by what this process remembers."""
    known = _load() if fresh else all_rules()
    return strictest(known[place] for seat in seats if (place := (seat.brand_id, str(seat.role))) in known)


def rules_of_programs(brand_id: int | None) -> Rules:
    return all_rules().get((brand_id, PROGRAMS), NO_RULES)


def all_rules() -> Mapping[Place, Rules]:
    """Return every rule by brand (None: the provider) and role; kept as the cards of brands are."""
    return kept("security rules", _load)


def _load() -> Mapping[Place, Rules]:
    with labour_scope():
        return {(row.brand_id, row.role): frozen(row) for row in SecurityPolicy.objects.all()}


def frozen(row: SecurityPolicy) -> Rules:
    networks = (tuple(row.networks),) if row.networks else ()
    return Rules(row.second_factor_from, row.idle_minutes, row.session_hours, networks)


def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Tell whether the address is in one of the networks; IPv4 inside IPv6 counts as IPv4."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in _parsed(networks))


@lru_cache(maxsize=512)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(one) for one in networks)
