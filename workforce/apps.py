from django.apps import AppConfig

from tenants.onboarding import registry


class WorkforceConfig(AppConfig):
    name = "workforce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from workforce import receivers  # noqa: F401

        registry.register("workforce.onboarding")
