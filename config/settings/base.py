"""Every setting with its embedded default; the overlays only say what differs.

An app is in SHARED_APPS (tables in `public`, the labour plane) or in TENANT_APPS (tables in each brand's
schema, the work plane), in none twice: `config.checks` refuses the rest.
"""

from pathlib import Path

from config import env
from core import heap
from core.lazy import put_off

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR = Path(env.text("TRUNKLINE_VAR", str(BASE_DIR / "var")))
ENV_FILE = VAR / "run" / "env"
env.load(ENV_FILE)
heap.leave_out(env.words("LEAVE_OUT"))
put_off(env.words("PUT_OFF"))

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY", "")
ALLOWED_HOSTS = ["*"]  # tenants.middleware.HostMiddleware decides: custom domains are data
BASE_HOST = env.text("BASE_HOST", "localhost")
PORT = env.number("PORT", 8000)
LIVE_PORT = env.number("LIVE_PORT", PORT + 1)
SCHEME = env.text("SCHEME", "http")
DNS_RESOLVER = env.text(
    "DNS_RESOLVER", ""
)  # address[:port] that checks clients' host names; empty: the system's
DEMO = env.flag("DEMO")
ROUTING_KEEP_DAYS = env.number("ROUTING_KEEP_DAYS", 35)
DEMO_SIGNINS = "config.worlds.signins.signins"
FIELD_KEYS = [key.strip() for key in env.text("FIELD_KEYS", "").split(",") if key.strip()]  # core.secrets

SHARED_APPS = [
    "django_tenants",
    "config",
    "core",
    "tenants",
    "accounts",
    "workforce",
    "routing",
    "desk",
    "portal",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.Admin",
    "config.apps.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_htmx",
    "lucide",
    "channels",
]
TENANT_APPS = ["events", "crm", "interactions", "reporting"]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]

TENANT_MODEL = "tenants.Brand"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["tenants.router.SchemaRouter"]
TENANT_SYNC_ROUTER = "tenants.router.SchemaRouter"
DATABASES = {
    "default": {
        "ENGINE": "tenants.postgresql",
        **env.database(env.text("DATABASE_URL", "postgresql:///trunkline")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "min_size": 0,
                "max_size": env.number("DATABASE_POOL", 12),
                "timeout": 10,
                "max_lifetime": 1200,
            },
        },
    }
}
DATABASE_SIDE_TIMEOUTS = {"idle_in_transaction_session_timeout": "10s", "statement_timeout": "30s"}
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenants.cache.make_key",
        "OPTIONS": {"socket_timeout": 5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "core.layer.ChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL}], "prefix": "asgi"},
    }
}
TASK_APP = "config.celery.app"  # loaded by what sends or runs tasks, see tenants.tasks
CELERY_BROKER_URL = env.celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.HostMiddleware",
    "core.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.security.middleware.SecurityMiddleware",
    "core.middleware.NotFoundMiddleware",
]
ROOT_URLCONF = "config.urls_public"
PUBLIC_URLCONF = "config.urls_public"
BRAND_URLCONF = "config.urls_brand"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "lucide.templatetags.lucide",
                "core.templatetags.ui",
                "reporting.templatetags.charts",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "core.context.page",
                "accounts.context.actor",
                "desk.rail.rail",
                "portal.rail.doors",
                "portal.group.sisters",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = False  # core.ratelimit counts, in accounts.adapter
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # who has no account gets no mail
MFA_ADAPTER = "accounts.mfa.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
PASSWORD_RESET_TIMEOUT = 7200
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

# Proxies that may say whom a request is from, as CIDRs (core.addresses); those on this machine always may.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")

SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

EMAIL_HOST = env.text("EMAIL_HOST", "")  # without one, mail waits (in the demo it is shown, never sent)
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", not EMAIL_USE_SSL)
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 20)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"no-reply@{BASE_HOST}")

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "accounts.api.schema.ApiSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "API",  # no product's name: clients read it on their own hosts
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "BrandState": "tenants.choices.BrandState",
        "CheckState": ["good", "warn", "bad"],
        "ConversationState": "interactions.choices.State",
        "SeatRole": "accounts.choices.Role",
        "Weekday": "interactions.opening.WEEKDAYS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.add_problems",
    ],
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska")]  # the web chat's
CLIENT_LANGUAGES = ["en", "sv"]  # of the pages that a client's people read, and of mails
STAFF_LANGUAGES = ["en"]  # of every other page
MAIL_LANGUAGES = CLIENT_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.staticfiles.ModuleManifestStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
FILE_UPLOAD_HANDLERS = [
    "core.uploads.Cut",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"links": {"()": "core.logs.ShortLinks"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]},
    },
    "loggers": {"django": {"handlers": []}},  # its own write addresses as they came
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
