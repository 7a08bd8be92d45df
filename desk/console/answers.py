"""How a screen of the console says what became of a click."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from core.errors import NotFound, RoomError


@contextmanager
def said(request: HttpRequest, done: str | Promise) -> Iterator[None]:
    """Run one verb and leave its outcome for the next page: `done`, or why the verb refused.

    What is absent stays absent: raises NotFound.
    """
    try:
        yield
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(done))


class Refused:
    """What a form's verb said no with: `status` for the answer, None when it was done."""

    status: int | None = None


@contextmanager
def refusals(form: forms.Form, field: str | None) -> Iterator[Refused]:
    """Run one verb for a form and put its refusal to that field (None: to the form). Raises NotFound."""
    refused = Refused()
    try:
        yield refused
    except NotFound:
        raise
    except RoomError as error:
        form.add_error(field, str(error.message))
        refused.status = error.status
