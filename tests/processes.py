"""Processes of their own beside a test: what they need to know to work on its database."""

import os

from django.db import connections


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that works on this test's database."""
    name = connections["default"].settings_dict["NAME"]
    head, mark, tail = os.environ["DATABASE_URL"].partition("?")
    return os.environ | {
        "DATABASE_URL": f"{head.rpartition('/')[0]}/{name}{mark}{tail}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DEMO": "0",
        **more,
    }
