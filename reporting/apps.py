from importlib import import_module

from django.apps import AppConfig

from core.lazy import LazyModule
from tenants.mail.kinds import register as register_mail
from tenants.mail.parts import register as register_part
from tenants.onboarding import registry

mails = LazyModule("reporting.sending.mails")


class ReportingConfig(AppConfig):
    name = "reporting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        kinds = import_module("reporting.sending.kinds")
        register_mail(kinds.REPORT)
        register_mail(import_module("reporting.mails").KIND)
        register_part(kinds.SOURCE, lambda brand_id, named: mails.part_of(brand_id, named))
        registry.register("reporting.onboarding")
