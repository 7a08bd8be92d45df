from importlib import import_module

from django.apps import AppConfig

from tenants.onboarding import registry
from workforce.staff import limits


class RoutingConfig(AppConfig):
    name = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("routing.receivers")
        registry.register("routing.onboarding")
        limits.register(import_module("routing.limits").KEEPER)
