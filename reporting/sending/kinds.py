"""This room's kind of mail, and what it carries. Loaded at every start: it leads to nothing heavy."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.hosts import client_url
from tenants.mail.kinds import MailKind
from tenants.values import BrandCard

SOURCE = "report"
"""As parts of mails name an issued report."""


def sample(brand: BrandCard | None) -> dict[str, Any]:
    link = client_url(brand, "/r/sample/") if brand else ""
    return {
        "title": brand.name if brand else "", "subtitle": "2026-11-26", "days": "2026-11-26", "version": 2,
        "before": 1, "changes": f"{link}#why", "note": "–", "verdict": "86.4 %", "training": False,
        "chart_words": "", "chart_cid": "", "files": ["PDF"], "link": link, "stop": f"{link}stop/",
        "tiles": [{"name": "SL", "value": "86.4 %", "detail": "190 / 220"}],
        "expires_at": datetime(2026, 12, 24, 15, 0, tzinfo=UTC),
    }  # fmt: skip


REPORT = MailKind("report", _("Issued report"), folder="reporting", wears="brand", sample=sample)
