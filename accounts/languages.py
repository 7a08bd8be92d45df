"""Which language the staff's screens speak: one that all of their texts are in."""

from django.conf import settings


def staff_language(wanted: str) -> str:
    """Return the wanted language if it is one of STAFF_LANGUAGES, else the default.

    The widget has more: a page that claimed one of those would have its English read out as such.
    """
    return wanted if wanted in settings.STAFF_LANGUAGES else settings.LANGUAGE_CODE
