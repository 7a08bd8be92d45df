from importlib import import_module

from django.apps import AppConfig

from tenants.mail.kinds import register as register_mail
from tenants.onboarding.registry import register_check, register_step


class WorkforceConfig(AppConfig):
    name = "workforce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from workforce import receivers  # noqa: F401

        for kind in import_module("workforce.mails").KINDS:
            register_mail(kind)
        onboarding = import_module("workforce.onboarding")
        register_step(onboarding.STEP)
        register_check(onboarding.CHECK)
