"""Which file is made of a document by what. Programs are loaded when a file of theirs is made, not before."""

from collections.abc import Callable
from importlib.metadata import version

from django.utils.safestring import SafeString

from reporting.charts.png import png
from reporting.choices import FileForm
from reporting.issued.chart import printed
from reporting.issued.values import Document

Maker = Callable[[Document, str], tuple[bytes, str]]
"""Makes a file of a document and its digest; says which program did, with its version."""
TYPES = {
    FileForm.PDF: "application/pdf",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.JSON: "application/json",
    FileForm.PNG: "image/png",
}


def _pdf(document: Document, digest: str) -> tuple[bytes, str]:
    from reporting.issued import pdf

    return pdf.made(document, digest)


def _xlsx(document: Document, digest: str) -> tuple[bytes, str]:
    from reporting.issued import xlsx

    return xlsx.made(document, digest)


def _csv(document: Document, digest: str) -> tuple[bytes, str]:
    from reporting.issued import sheets

    return sheets.made(document, digest)


def _png(document: Document, digest: str) -> tuple[bytes, str]:
    """The strip alone, for mails."""
    return png(SafeString(printed(document))), f"typst {version('typst')}"


MAKERS: dict[FileForm, Maker] = {
    FileForm.PDF: _pdf, FileForm.XLSX: _xlsx, FileForm.CSV: _csv, FileForm.PNG: _png,
}  # fmt: skip
