"""docs/metrics.md says what the catalogue says."""

from django.conf import settings

from reporting.dictionary import markdown


def it_stands_in_the_docs_as_it_is() -> None:
    page = settings.BASE_DIR / "docs" / "metrics.md"
    assert page.read_text() == markdown(), "manage.py metrics writes it anew"
