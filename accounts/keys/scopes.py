"""What a key may do. A scope belongs to the provider's keys or to a client's, never to both."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """`<what>:<read or write>`; the value is what callers and documents call it."""

    BRANDS_READ = "brands:read", _("Read clients, their hosts and how far they are")
    BRANDS_WRITE = "brands:write", _("Set clients up, open, pause and take them back")
    PEOPLE_READ = "people:read", _("Read agents, sites, teams, skills and seats")
    PEOPLE_WRITE = "people:write", _("Keep sites, teams, skills and agents; give and take seats")
    TARGETS_READ = "targets:read", _("Read what clients' contracts promise")
    TARGETS_WRITE = "targets:write", _("Agree, change, end and take back service targets; agree on clocks")
    ROUTING_READ = (
        "routing:read",
        _("Read clients' routing rules, queues and hours; what agents are asked for"),
    )
    ROUTING_WRITE = "routing:write", _("Keep clients' routing rules; say what agents are asked for")
    BRAND_READ = "brand:read", _("Read the client itself")
    SETUP_READ = "setup:read", _("Read queues, routing rules, calendars, service targets and clocks")
    CONVERSATIONS_READ = "conversations:read", _("Read the list of conversations, without what was said")


PROVIDER_SCOPES = (
    Scope.BRANDS_READ, Scope.BRANDS_WRITE, Scope.PEOPLE_READ, Scope.PEOPLE_WRITE, Scope.TARGETS_READ,
    Scope.TARGETS_WRITE, Scope.ROUTING_READ, Scope.ROUTING_WRITE,
)  # fmt: skip
BRAND_SCOPES = (Scope.BRAND_READ, Scope.SETUP_READ, Scope.CONVERSATIONS_READ)


def scopes_for(brand_id: int | None) -> tuple[Scope, ...]:
    """Return what a key of that brand may be given; None is the provider."""
    return PROVIDER_SCOPES if brand_id is None else BRAND_SCOPES
