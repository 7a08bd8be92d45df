from django.apps import AppConfig

from tenants.onboarding import registry


class InteractionsConfig(AppConfig):
    name = "interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interactions import receivers  # noqa: F401

        registry.register("interactions.onboarding")
        registry.register("interactions.opening")
        registry.register("interactions.rule_step")
        registry.register("interactions.parts")
