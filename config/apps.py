from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_dependencies
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.checks import Tags, register


class ConfigConfig(AppConfig):
    name = "config"
    default = True  # of those in this module

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registers them


class Admin(SimpleAdminConfig):
    """The rooms' admin modules come with the provider's URLs, so only to the process that serves them.

    `config.checks` checks them: Django's own check would find none registered yet.
    """

    default = False

    def ready(self) -> None:
        register(check_dependencies, Tags.admin)


class StaticFiles(StaticFilesConfig):
    """Leaves out what packages bring and no page loads: one has an import in a comment that is no file."""

    default = False
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "htmx-4*",
        "htmax-*",
        "hx-*",
        "htmx-2.js",
        "htmx-2-compat*",
    ]
