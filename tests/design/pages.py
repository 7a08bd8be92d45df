"""The pages that need no row: what the axe, policy and pseudo-locale tests look at.

Pages of other rooms join by handing their HTML to `Browser.show` (conftest.py), whoever rendered it.
"""

from collections.abc import Callable
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory

from accounts.actor import Actor, Seat
from accounts.choices import Role
from accounts.forms import SignInForm
from core import views

NORTHWIND = SimpleNamespace(name="Northwind Outdoors", hue=148)
AMARA = Actor(
    7, "amara@harbour.example", "Amara Koné", (Seat(None, Role.OPERATOR), Seat(1, Role.AGENT)), theme=""
)
DEMO = [
    {"name": "Amara Koné", "what": "", "email": "amara@harbour.example", "password": "not a secret"},
    {"name": "Lena Sandberg", "what": "", "email": "lena@northwind.example", "password": "not a secret"},
]


def request(
    path: str = "/", *, host: str = "localhost", brand: object = None, actor: object = None
) -> HttpRequest:
    """Return a request as the middleware leaves it, without a session."""
    made = RequestFactory().get(path, headers={"host": host})
    made.brand, made.actor = brand, actor  # type: ignore[attr-defined]
    return made


def sign_in(brand: object = None, form: SignInForm | None = None) -> HttpResponse:
    context = {"form": form or SignInForm(), "brand": brand, "demo_signins": DEMO}
    return render(request("/accounts/login/"), "account/login.html", context)


def _refused() -> HttpResponse:
    return sign_in(NORTHWIND, SignInForm({"login": "nobody"}))


def _shell() -> HttpResponse:
    return render(request(actor=AMARA), "base_page.html", {"actor": AMARA, "product": "X"})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "components": lambda: views.styleguide(request(actor=AMARA)),
    "desk": lambda: views.styleguide(request(actor=AMARA), "desk"),
    "report": lambda: views.styleguide(request(actor=AMARA), "report"),
    "entrance": lambda: views.styleguide(request(actor=AMARA), "entrance"),
    "sign-in": sign_in,
    "sign-in-brand": lambda: sign_in(NORTHWIND),
    "sign-in-refused": _refused,
    "shell": _shell,
    "404": lambda: views.not_found(request()),
    "404-brand": lambda: views.not_found(request(brand=NORTHWIND)),
    "403": lambda: views.forbidden(request()),
    "429": lambda: views.too_many(request()),
    "500": lambda: views.failed(request()),
    "unknown-host": lambda: views.unknown_host(request()),
}
