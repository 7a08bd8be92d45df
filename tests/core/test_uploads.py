"""Files that are too large on their way in."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from core.uploads import MOST_KEPT
from interactions.asking.files import MOST_BYTES as OF_ANSWERS
from reporting.forecasts.parsing import MOST_BYTES as OF_FORECASTS
from workforce.staff.parsing import MOST_BYTES as OF_PEOPLE

CHUNK = 64 * 1024


def kept(request: HttpRequest) -> "UploadedFile[Any]":
    found = request.FILES["file"]
    assert isinstance(found, UploadedFile)
    return found


def it_keeps_no_more_of_a_file_than_tells_that_it_is_too_large() -> None:
    large = SimpleUploadedFile("a.txt", b"x" * 2 * MOST_KEPT)
    request = RequestFactory().post("/", {"file": large, "words": "go on"})
    assert MOST_KEPT <= (kept(request).size or 0) < MOST_KEPT + CHUNK
    assert request.POST["words"] == "go on"


def it_cuts_nothing_that_a_room_takes() -> None:
    most = max(OF_ANSWERS, OF_FORECASTS, OF_PEOPLE)
    assert most < MOST_KEPT
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.txt", b"x" * most)})
    assert kept(request).size == most
