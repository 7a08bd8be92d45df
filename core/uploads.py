"""Files on their way in: no more of one is kept than tells that it is too large.

Forms are read before anybody is known, and whatever is sent is written to the disk of all brands.
"""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

MOST_KEPT = 6 * 1024 * 1024
"""Bytes of a file; more than any room takes."""


class Cut(FileUploadHandler):
    """Stands before the handlers that keep: what comes after MOST_KEPT reaches none of them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start < MOST_KEPT else None

    def file_complete(self, file_size: int) -> Any:
        return None
