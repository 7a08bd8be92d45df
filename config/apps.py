from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registers them
        from config.celery import app

        app.set_default()  # for every thread: pages and commands send tasks too


class StaticFiles(StaticFilesConfig):
    """Leaves out what packages bring and no page loads: one has an import in a comment that is no file."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "htmx-4*",
        "htmax-*",
        "hx-*",
        "htmx-2.js",
        "htmx-2-compat*",
    ]
