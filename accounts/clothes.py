"""Whose clothes a page of the entrance, or a mail to a person, wears: a brand's, or the provider's."""

from typing import cast
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpRequest

from accounts import invitations
from accounts.access import actor_for
from accounts.hosts import host_url, safe_path
from accounts.http import Request
from tenants.cards import BrandCard, card_by_id, card_by_slug, hosts_of
from tenants.groups import group_of


def brand_ahead(request: HttpRequest) -> BrandCard | None:
    """Return the brand that the sign-in leads to: its `next` is a hand-off, or an invitation's link."""
    return brand_on_the_way(_following(request))


def own_host_ahead(request: HttpRequest) -> str:
    """Return the origin of the client's own host that the sign-in leads to, "" for another or none."""
    return own_host_on_the_way(request, _following(request))


def _following(request: HttpRequest) -> str:
    return safe_path(request.POST.get("next") or request.GET.get("next"))


def brand_on_the_way(path: str) -> BrandCard | None:
    """Return the brand that the path leads to."""
    parts = urlsplit(path).path.strip("/").split("/")
    wearing = {"handoff": card_by_slug, "invitations": invitations.brand_of}.get(parts[0])
    return wearing(parts[1]) if wearing and len(parts) == 2 else None


def own_host_on_the_way(request: HttpRequest, path: str) -> str:
    """Return the origin of the client's own host that the path leads to, "" for another or none."""
    card = brand_on_the_way(path)
    host = dict(parse_qsl(urlsplit(path).query)).get("at", "")
    serves = card is not None and host in hosts_of(card)
    return host_url(cast(Request, request), card, host, "") if card and serves else ""


def brand_of_person(user_id: int) -> BrandCard | None:
    """Return the brand whose clothes mails to this person wear: that of who is one client's alone.

    The brands of one company are one client: who has seats in several of them sees the first.
    """
    actor = actor_for(user_id)
    if actor is None or not actor.is_client:
        return None
    brands = actor.brand_ids()
    company = group_of(brands[0]) if len(brands) > 1 else None
    is_one = len(brands) == 1 or (company is not None and set(brands) <= set(company.brand_ids))
    return card_by_id(brands[0]) if is_one else None
