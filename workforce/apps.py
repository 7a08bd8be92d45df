from importlib import import_module

from django.apps import AppConfig

from tenants.mail.kinds import register as register_mail
from tenants.onboarding import registry


class WorkforceConfig(AppConfig):
    name = "workforce"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from workforce import receivers  # noqa: F401

        for kind in import_module("workforce.mails").KINDS:
            register_mail(kind)
        registry.register("workforce.onboarding")
