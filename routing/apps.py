from importlib import import_module

from django.apps import AppConfig

from tenants.onboarding.registry import register_check


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("routing.receivers")
        register_check(import_module("routing.onboarding").CHECK)
