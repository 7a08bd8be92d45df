from importlib import import_module

from django.apps import AppConfig

from tenants.mail.kinds import register as register_mail
from tenants.onboarding import registry


class InteractionsConfig(AppConfig):
    name = "interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from interactions import receivers  # noqa: F401

        register_mail(import_module("interactions.asking.mails").KIND)
        registry.register("interactions.onboarding")
        registry.register("interactions.opening")
        registry.register("interactions.rule_step")
        registry.register("interactions.clocks.step")
        registry.register("interactions.parts")
