from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import checks  # noqa: F401 - registers them
        from tenants.mail import kinds, own
        from tenants.onboarding import registry

        kinds.register(own.TEST)
        registry.register("tenants.onboarding.brand")
        registry.register("tenants.onboarding.parts")
