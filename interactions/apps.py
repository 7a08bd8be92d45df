from importlib import import_module

from django.apps import AppConfig

from tenants.onboarding.registry import register_check, register_finish, register_part, register_step


class InteractionsConfig(AppConfig):
    name = "interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        onboarding = import_module("interactions.onboarding")
        for step in onboarding.STEPS:
            register_step(step)
        for check in onboarding.CHECKS:
            register_check(check)
        register_finish(onboarding.tell_routing)
        opening = import_module("interactions.opening")
        register_step(opening.STEP)
        register_check(opening.CHECK)
        for part in import_module("interactions.parts").PARTS:
            register_part(part)
