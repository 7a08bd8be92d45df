"""One machine: what `manage.py up` runs."""

from config.settings.base import *  # noqa: F403
