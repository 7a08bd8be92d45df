"""The test suite: real PostgreSQL and Valkey, cheap password hashes."""

from config.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # no collectstatic before the tests
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SECRET_KEY = "only for tests"  # noqa: S105
FIELD_KEYS = ["b25seSBmb3IgdGVzdHMsIG5ldmVyIGZvciByZWFsISE"]
