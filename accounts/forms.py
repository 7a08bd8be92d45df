"""The forms of the entrance: sign-in, a new password, a new person."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User

PASSWORD_HINT = _("At least ten characters, and none of the common ones. A sentence is easy to remember.")


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password, nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail"), _("Password")
        password.help_text = ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
        login.widget.attrs |= {"autocomplete": "username", "autofocus": True}


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """The address that the link to a new password goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("E-mail")
        email.widget.attrs.pop("placeholder", None)
        email.widget.attrs |= {"autocomplete": "username", "autofocus": True}


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["password1"], self.fields["password2"]
        first.label, second.label = _("New password"), _("New password, once more")
        first.help_text = PASSWORD_HINT
        for field in (first, second):
            field.widget.attrs.pop("placeholder", None)


class NewPersonForm(forms.Form):
    """Name and password of who accepts an invitation; `email` is what the password must not resemble."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=128,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password
