"""The forms of the entrance: sign-in, a new password, a new person."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language
from accounts.models import User
from core.hours import zones_to_choose

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


class ReadingForm(forms.Form):
    """By which clock one reads, and a client's people in which language; `said` is what holds."""

    timezone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times on your pages are by this clock."))
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, data: Any, *, said: Mapping[str, str], is_client: bool) -> None:
        super().__init__(data)
        known = {*zones_to_choose(), said["timezone"]}
        self._offer("timezone", [(name, name) for name in sorted(known)])
        if is_client:
            self._offer("language", [(one, Language(one).label) for one in settings.CLIENT_LANGUAGES])
        else:
            del self.fields["language"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields[name].widget.attrs |= {"translate": "no"}
