"""Prints the permission matrix as the table of docs/permissions.md."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.permission_table import markdown


class Command(BaseCommand):
    help = "Print which role may do what, as a table of Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")
