from importlib import import_module

from django.apps import AppConfig

from tenants.mail.kinds import register as register_mail
from tenants.onboarding import registry


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("accounts.receivers")
        for kind in import_module("accounts.mails").KINDS:
            register_mail(kind)
        registry.register("accounts.onboarding")
