"""How a screen of the console says what became of a click."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from core import refusals
from core.refusals import Refused

Verb = Callable[[], object]


@contextmanager
def said(request: HttpRequest, done: str | Promise) -> Iterator[Refused]:
    """Run one verb and leave its outcome for the next page: `done`, or why the verb refused.

    What is absent stays absent: raises NotFound.
    """
    with refusals.caught() as refused:
        yield refused
    if refused.error:
        messages.error(request, refused.message)
    else:
        messages.success(request, str(done))


def told(request: HttpRequest, verb: Verb, done: str | Promise) -> bool:
    """Run the verb and leave its outcome for the next page; tell whether it was done. Raises NotFound."""
    with said(request, done) as refused:
        verb()
    return refused.status is None


def saved(
    request: HttpRequest, form: forms.Form, verb: Verb, done: str | Promise, *, at: str | None = None
) -> bool:
    """Run the verb if the form is in order, and leave `done` for the next page.

    Tells whether it was done; what is refused stands at the form's fields (`core.refusals`). Raises NotFound.
    """
    if not refusals.done(form, verb, at=at):
        return False
    messages.success(request, str(done))
    return True
