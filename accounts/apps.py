from importlib import import_module

from django.apps import AppConfig

from tenants.mail.kinds import register as register_mail
from tenants.onboarding.registry import register_check, register_step


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("accounts.receivers")
        for kind in import_module("accounts.mails").KINDS:
            register_mail(kind)
        onboarding = import_module("accounts.onboarding")
        register_step(onboarding.STEP)
        register_check(onboarding.CHECK)
