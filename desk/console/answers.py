"""How a screen of the console says what became of a click."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from core import refusals
from core.refusals import said

__all__ = ["Verb", "said", "saved", "told"]

Verb = Callable[[], object]


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
