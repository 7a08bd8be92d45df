"""Static files under names that change with their content, kept for ever, compressed beforehand.

A page type's stylesheet is a list of `@import … layer(…)`: a browser would fetch twenty files, one after
another, so `collectstatic` folds them into one. Scripts are native modules: their imports get hashed names.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w-]+)\))?;')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SPACE = re.compile(r"\s+")
AROUND = re.compile(r" ?([{};,>]) ?")


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        sheets = {name: read(name) for name in paths if PurePosixPath(name).match("css/*.css")}
        entries = {name: fold(name, read) for name, text in sheets.items() if IMPORT.search(text)}
        folded = {name: (Folded(text), paths[name][1]) for name, text in entries.items()}
        yield from super().post_process(paths | folded, dry_run, **options)


class Folded(Storage):
    """One file with the given text, whatever it is called."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        return ContentFile(self.text.encode())


def fold(name: str, read: Callable[[str], str]) -> str:
    """Return the stylesheet with its imports in place, each in its layer, without comments and spaces."""

    def put(found: re.Match[str]) -> str:
        text = fold(str(PurePosixPath(name).parent / found[1]), read)
        return f"@layer {found[2]}{{{text}}}" if found[2] else text

    return squeeze(IMPORT.sub(put, read(name)))


def squeeze(text: str) -> str:
    """Drop comments and the space that means nothing (around `:`, `+`, `-` and `(` it is left alone)."""
    return AROUND.sub(r"\1", SPACE.sub(" ", COMMENT.sub("", text))).replace(";}", "}").strip()
