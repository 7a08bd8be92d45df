"""How a screen of the console says what became of a click."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from core.errors import NotFound, RoomError

Verb = Callable[[], object]


class Refused:
    """What a verb said no with: `status` for the answer, None when it was done."""

    status: int | None = None


@contextmanager
def said(request: HttpRequest, done: str | Promise) -> Iterator[Refused]:
    """Run one verb and leave its outcome for the next page: `done`, or why the verb refused.

    What is absent stays absent: raises NotFound.
    """
    refused = Refused()
    try:
        yield refused
    except NotFound:
        raise
    except RoomError as error:
        messages.error(request, str(error.message))
        refused.status = error.status
    else:
        messages.success(request, str(done))


@contextmanager
def refusals(form: forms.Form, field: str | None = None) -> Iterator[Refused]:
    """Run one verb for a form. What it refuses stands at the fields that it names (`error.errors`).

    What names none stands at `field` (None: above the form). Raises NotFound.
    """
    refused = Refused()
    try:
        yield refused
    except NotFound:
        raise
    except RoomError as error:
        wrong: dict[str | None, str] = getattr(error, "errors", {field: str(error.message)})
        for name, words in wrong.items():
            form.add_error(name if name in form.fields else None, words)
        refused.status = error.status


def told(request: HttpRequest, verb: Verb, done: str | Promise) -> bool:
    """Run the verb and leave its outcome for the next page; tell whether it was done. Raises NotFound."""
    with said(request, done) as refused:
        verb()
    return refused.status is None


def saved(
    request: HttpRequest, form: forms.Form, verb: Verb, done: str | Promise, *, at: str | None = None
) -> bool:
    """Run the verb if the form is in order, and leave `done` for the next page.

    Tells whether it was done; what is refused stands at the form's fields (`refusals`). Raises NotFound.
    """
    if not form.is_valid():
        return False
    with refusals(form, at) as refused:
        verb()
    if refused.status is None:
        messages.success(request, str(done))
    return refused.status is None
