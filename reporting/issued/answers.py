"""An issued report's file as an answer to a request: portal and console hand out the same."""

from datetime import datetime

from django.http import Http404, HttpResponse

from reporting.choices import FileForm
from reporting.issued.kept import Entry, Kept
from reporting.issued.making import TYPES
from tenants.audit import audit
from tenants.values import BrandCard


def form_of(said: str) -> FileForm:
    """Read which file is asked for. Raises Http404 for what is none."""
    if said not in FileForm.values:
        raise Http404
    return FileForm(said)


def file_answer(
    brand: BrandCard, one: Entry, form: FileForm, kept: Kept, *, actor: str, now: datetime
) -> HttpResponse:
    """Hand the bytes out and write down who took them along."""
    audit("report.exported", actor=actor, brand_id=brand.id, object=f"{one.name} {form}", now=now)
    name = one.file_name(brand.slug, form)
    return HttpResponse(
        kept.content, content_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
