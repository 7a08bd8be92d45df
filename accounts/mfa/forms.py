"""The forms of second steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.mfa.factors import NAME_LENGTH


def _code_field(hint: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True}
    return forms.CharField(
        label=_("Code"), max_length=20, help_text=hint, widget=forms.TextInput(attrs=attrs)
    )


class CodeForm(forms.Form):
    """Six digits of the app, to set it up."""

    code = _code_field(_("The six digits that the app shows now."))


class StepForm(forms.Form):
    """A code to go on with a sign-in."""

    code = _code_field(_("Six digits of your app, or one of your recovery codes."))


class KeyForm(forms.Form):
    """A security key or passkey: its name, and what the browser answers."""

    name = forms.CharField(
        label=_("Name of the key"), max_length=NAME_LENGTH,
        help_text=_("So that you can tell it from others: this laptop, the blue key."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    credential = forms.CharField(widget=forms.HiddenInput, max_length=20_000)


class PasswordForm(forms.Form):
    """The password of who is signed in, once more."""

    password = forms.CharField(
        label=_("Password"), strip=False, max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
