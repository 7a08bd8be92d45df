"""System checks: illegal combinations of settings, each naming what to change."""

import secrets
from collections.abc import Sequence
from importlib import import_module
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.checks import check_admin_app
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from core.secrets import BadKeys, key_ring, new_key

# Schema home (HOUSE.md section 1): moving an app between the lists later means moving its rows.
PUBLIC_ROOMS = ("tenants", "accounts", "workforce", "routing")
BRAND_ROOMS = ("events", "crm", "interactions", "reporting")
NO_MODELS = ("config", "core", "desk", "portal")

FEWEST_DAYS = 32

Apps = Sequence[AppConfig] | None


@register(Tags.models)
def every_app_in_one_list(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """An app has its tables in `public` or in each brand's schema, never in both."""
    shared, tenant = set(settings.SHARED_APPS), set(settings.TENANT_APPS)
    both = [
        Error(
            f"{name} is in SHARED_APPS and in TENANT_APPS.",
            hint="An app has one schema home: take it out of one of the lists in config/settings/base.py.",
            id="config.E001",
        )
        for name in sorted(shared & tenant)
    ]
    neither = [
        Error(
            f"{name} is installed, but in neither list.",
            hint="Put it in SHARED_APPS (public) or TENANT_APPS (each brand's schema).",
            id="config.E002",
        )
        for name in settings.INSTALLED_APPS
        if name not in shared | tenant
    ]
    return [*both, *neither]


@register(Tags.models)
def rooms_are_at_home(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Each room is in the list its charter names, and rooms without models have none."""
    expected = [
        *((room, "SHARED_APPS") for room in PUBLIC_ROOMS),
        *((room, "TENANT_APPS") for room in BRAND_ROOMS),
    ]
    moved = [
        Error(f"{room} is not in {home}.", hint="Its schema home is part of its charter.", id="config.E003")
        for room, home in expected
        if room not in getattr(settings, home)
    ]
    grown = [
        Error(f"{room} has models.", hint="Models live in the room that owns the noun.", id="config.E004")
        for room in NO_MODELS
        if apps.is_installed(room) and any(apps.get_app_config(room).get_models())
    ]
    return [*moved, *grown]


@register(Tags.admin)
def admin_is_sound(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Django's checks of the rooms' admin modules, which come with the provider's URLs."""
    import_module(settings.PUBLIC_URLCONF)
    return list(check_admin_app(app_configs, **kwargs))


@register(Tags.security)
def secrets_are_set(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if len(settings.SECRET_KEY) >= 32 or settings.SETTINGS_MODULE.endswith(".test"):
        return []
    return [
        Error(
            "SECRET_KEY is missing or shorter than 32 characters.",
            hint=f"Set SECRET_KEY (or SECRET_KEY_FILE), for example to {secrets.token_urlsafe(50)!r}; "
            "`manage.py up` writes one into var/run/env.",
            id="config.E010",
        )
    ]


@register(Tags.security)
def field_keys_are_set(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Secrets in the tables need a key: without one nothing is stored, with a wrong one nothing opens."""
    try:
        key_ring()
    except BadKeys as error:
        hint = (
            f"Set FIELD_KEYS (or FIELD_KEYS_FILE), for example to {new_key()!r}; `manage.py up` writes one"
            " into var/run/env. Keep it: what it sealed opens with no other."
        )
        return [Error(str(error), hint=hint, id="config.E016")]
    return []


@register()
def mail_has_one_kind_of_tls(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not (settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL):
        return []
    return [
        Error(
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.",
            hint="Port 587 wants EMAIL_USE_TLS=1 (STARTTLS), port 465 EMAIL_USE_SSL=1.",
            id="config.E017",
        )
    ]


@register()
def ports_differ(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if settings.PORT != settings.LIVE_PORT:
        return []
    return [
        Error(
            "PORT and LIVE_PORT are the same.",
            hint="Set LIVE_PORT; by default it is PORT + 1.",
            id="config.E011",
        )
    ]


@register()
def base_host_is_a_bare_name(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    host = settings.BASE_HOST
    if host and host == host.lower() and not set(host) & set(":/ "):
        return []
    return [
        Error(
            f"BASE_HOST is {host!r}.",
            hint="Set BASE_HOST to a lower-case host name without scheme and port, such as desk.example.com.",
            id="config.E012",
        )
    ]


@register()
def redis_is_understood(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if urlsplit(settings.REDIS_URL).scheme in {"redis", "rediss", "unix"}:
        return []
    return [
        Error(
            f"REDIS_URL begins with {urlsplit(settings.REDIS_URL).scheme!r}.",
            hint="Set REDIS_URL to redis://host:6379/0, rediss://... or unix:///path/to.sock?db=0.",
            id="config.E013",
        )
    ]


@register()
def pool_feeds_the_threads(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Connections come from the pool: threads of the pages, or the sockets' executor, and two."""
    database: dict[str, Any] = settings.DATABASES["default"]
    pool = database.get("OPTIONS", {}).get("pool", {})
    if not isinstance(pool, dict) or pool.get("max_size", 0) >= 10:
        return []
    return [
        Warning(
            f"The pool holds {pool.get('max_size')} connections for 8 threads and 2 to spare.",
            hint="Set DATABASE_POOL to 10 or more.",
            id="config.W014",
        )
    ]


@register(Tags.security, deploy=True)
def demo_is_off(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Warning("DEMO is on: sign-ins of the demo world are shown.", hint="Unset DEMO.", id="config.W015"),
    ]


@register()
def trusted_proxies_are_networks(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A word that is no network would let no proxy, or everybody, say whom a request is from."""
    return [
        Error(
            f"TRUSTED_PROXIES holds {proxy!r}, which is no network of proxies.",
            hint="Write addresses or CIDRs with commas between them, like 10.0.0.7,2001:db8::/64.",
            id="config.E018",
        )
        for proxy in settings.TRUSTED_PROXIES
        if not _is_network(proxy)
    ]


def _is_network(text: str) -> bool:
    try:
        return ip_network(text, strict=False).prefixlen > 0
    except ValueError:
        return False


@register()
def keeps_a_month_of_work(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Work items stay for as long as a contract counts them, a month, and a day of grace."""
    if settings.ROUTING_KEEP_DAYS >= FEWEST_DAYS:
        return []
    return [
        Error(
            f"Work items would be removed after {settings.ROUTING_KEEP_DAYS} days.",
            hint=f"A month's contract is counted from them: set ROUTING_KEEP_DAYS to {FEWEST_DAYS} or more.",
            id="config.E020",
        )
    ]
