from importlib import import_module

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import checks  # noqa: F401 - registers them
        from tenants.mail import kinds, own

        kinds.register(own.TEST)

        registry, brand = map(import_module, ("tenants.onboarding.registry", "tenants.onboarding.brand"))
        registry.register_step(brand.STEP)
        registry.register_part(import_module("tenants.onboarding.parts").TONE_PART)
