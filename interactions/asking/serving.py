"""A file of an answer as a response: to be kept, never to be shown by the browser as a page of ours."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from interactions.asking.files import Upload


def file_answer(one: Upload) -> HttpResponse:
    """Return the response that hands the file over."""
    response = HttpResponse(one.content, content_type=one.kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, one.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
