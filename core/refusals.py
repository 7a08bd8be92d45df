"""What a verb refuses, kept for the screen: in words, or at the fields of a form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from core.errors import NotFound, RoomError


class Refused:
    """What a verb said no with, None when it was done."""

    error: RoomError | None = None

    @property
    def status(self) -> int | None:
        """For the answer."""
        return self.error.status if self.error else None

    @property
    def message(self) -> str:
        return str(self.error.message) if self.error else ""


@contextmanager
def caught() -> Iterator[Refused]:
    """Run one verb and keep what it refuses. What is absent stays absent: raises NotFound."""
    refused = Refused()
    try:
        yield refused
    except NotFound:
        raise
    except RoomError as error:
        refused.error = error


@contextmanager
def said(request: HttpRequest, done: str | Promise) -> Iterator[Refused]:
    """Run one verb and leave its outcome for the next page: `done`, or why the verb refused.

    What is absent stays absent: raises NotFound.
    """
    with caught() as refused:
        yield refused
    if refused.error:
        messages.error(request, refused.message)
    else:
        messages.success(request, str(done))


@contextmanager
def refusals(form: forms.Form, field: str | None = None) -> Iterator[Refused]:
    """Run one verb for a form. What it refuses stands at the fields that it names (`error.errors`).

    What names none stands at `field` (None: above the form). Raises NotFound.
    """
    with caught() as refused:
        yield refused
    if refused.error:
        wrong: dict[str | None, str] = getattr(refused.error, "errors", {field: refused.message})
        for name, words in wrong.items():
            form.add_error(name if name in form.fields else None, words)


def done(form: forms.Form, verb: Callable[[], object], *, at: str | None = None) -> bool:
    """Run the verb if the form is in order; tell whether it was done. Raises NotFound."""
    if not form.is_valid():
        return False
    with refusals(form, at) as refused:
        verb()
    return refused.error is None
