"""Which app's tables live where: SHARED_APPS in `public`, TENANT_APPS in each brand's schema."""

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

Apps = frozenset[str]


@cache
def labels(setting: str) -> Apps:
    """Return the app labels of SHARED_APPS or TENANT_APPS."""
    names = set(getattr(settings, setting))
    configs = apps.get_app_configs()
    return frozenset(
        c.label for c in configs if c.name in names or f"{type(c).__module__}.{type(c).__name__}" in names
    )


class SchemaRouter:
    """Lets migrations touch only the apps of the schema that is bound."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        public = connections[db].schema_name == "public"  # type: ignore[attr-defined]
        return app_label in labels("SHARED_APPS" if public else "TENANT_APPS")
