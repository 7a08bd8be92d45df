from django.apps import AppConfig

from tenants.onboarding import registry


class ReportingConfig(AppConfig):
    name = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        registry.register("reporting.onboarding")
