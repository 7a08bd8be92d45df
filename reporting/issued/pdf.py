"""A document as PDF/UA-1: typst sets `report.typ`, whose only input is the document. No network, no clock.

Loaded when a file is made, never at the start of a process.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

from reporting.charts.fonts import fonts
from reporting.issued.chart import printed, spoken
from reporting.issued.values import Document

TEMPLATE = Path(__file__).with_name("report.typ")


def made(document: Document, digest: str) -> tuple[bytes, str]:
    """Return the file. Letters that no font has would break PDF/UA-1: then it is tagged without that name."""
    compiler = typst.Compiler(
        TEMPLATE, root=TEMPLATE.parent, font_paths=fonts(), sys_inputs=_inputs(document, digest)
    )
    try:
        content: Any = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError:
        content = compiler.compile(format="pdf")
    return bytes(content), f"typst {version('typst')}"


def _inputs(document: Document, digest: str) -> dict[str, str]:
    shown = document | {"sections": [one for one in document["sections"] if not one["files"]]}
    return {
        "document": json.dumps(shown, ensure_ascii=False), "digest": digest, "chart": printed(document),
        "alt": spoken(document),
    }  # fmt: skip
