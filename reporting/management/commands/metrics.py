"""Writes docs/metrics.md from the catalogue."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reporting.dictionary import markdown


class Command(BaseCommand):
    help = "Write docs/metrics.md: what every number means."

    def handle(self, *args: Any, **options: Any) -> None:
        page = settings.BASE_DIR / "docs" / "metrics.md"
        page.write_text(markdown())
        self.stdout.write(f"{page} is written.")
